//! The evaluated arguments of a call, and what each function may ask of them.

use std::borrow::Cow;

use serde_json::Value;

use super::IntrinsicFailureKind;
use crate::text_length::{MOST_BYTES, bytes_within};

/// The arguments of one call. The parser has seen to it that there are as many as the function takes.
pub(super) struct Arguments<'a> {
    pub(super) values: Vec<Cow<'a, Value>>,
    /// The first argument as written, where it is a text in quotes.
    pub(super) written: Option<&'a str>,
}

impl Arguments<'_> {
    /// The argument at this place, from 0.
    pub(super) fn value(&self, at: usize) -> &Value {
        self.values.get(at).map_or(&Value::Null, AsRef::as_ref)
    }

    /// Fails where the arguments together are so long that no text or array of them can be a document:
    /// twice what one may be, because of the places of a template, which are in its text only.
    pub(super) fn fit_together(&self) -> Result<(), IntrinsicFailureKind> {
        let mut left = 2 * MOST_BYTES;
        for value in &self.values {
            let length = match value.as_ref() {
                Value::String(text) => Some(text.len()),
                other => bytes_within(other, left),
            };
            let rest = length.and_then(|length| left.checked_sub(length));
            left = rest.ok_or(IntrinsicFailureKind::TooLong)?;
        }
        Ok(())
    }

    /// The argument as a text.
    pub(super) fn text(&self, at: usize) -> Result<&str, String> {
        self.value(at).as_str().ok_or_else(|| self.expected(at, "a string"))
    }

    /// The argument as an array.
    pub(super) fn array(&self, at: usize) -> Result<&[Value], String> {
        self.value(at).as_array().map(Vec::as_slice).ok_or_else(|| self.expected(at, "an array"))
    }

    /// The argument as a whole number: AWS rounds halves up, as recorded for `States.MathAdd` (-1.5
    /// is -1, 2.5 is 3).
    pub(super) fn integer(&self, at: usize) -> Result<i64, String> {
        let value = self.value(at);
        let whole = value.as_i64().or_else(|| {
            let rounded = (value.as_f64()? + 0.5).floor();
            #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
            (rounded.abs() < 9e15).then_some(rounded as i64)
        });
        whole.ok_or_else(|| self.expected(at, "a number"))
    }

    fn expected(&self, at: usize, what: &str) -> String {
        format!("argument {} must be {what}, but was: {}", at + 1, self.value(at))
    }
}

/// A value as text: a string as it is, everything else as JSON without blanks.
pub(super) fn as_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}
