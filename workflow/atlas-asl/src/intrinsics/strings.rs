//! `States.Format`, `States.StringSplit` and `States.UUID`.

use serde_json::Value;

use super::arguments::{Arguments, as_text};
use crate::scope::Scope;

/// Replaces each `{}` of the template by the next argument; `\{`, `\}`, `\'` and `\\` are themselves.
pub(super) fn format(arguments: &Arguments<'_>, _: &dyn Scope) -> Result<Value, String> {
    let template = match arguments.written {
        Some(written) => written,
        None => arguments.text(0)?,
    };
    let mut values = arguments.values.iter().skip(1);
    let mut text = String::with_capacity(template.len());
    let mut characters = template.chars().peekable();
    let mut places = 0;
    while let Some(c) = characters.next() {
        match (c, characters.peek().copied()) {
            ('\\', Some(escaped @ ('{' | '}' | '\'' | '\\'))) => {
                characters.next();
                text.push(escaped);
            }
            ('{', Some('}')) => {
                characters.next();
                places += 1;
                if let Some(value) = values.next() {
                    text.push_str(&as_text(value));
                }
            }
            (c, _) => text.push(c),
        }
    }
    let given = arguments.values.len() - 1;
    if places != given {
        return Err(format!(
            "the template has {places} occurrences of `{{}}`, but {given} arguments were given"
        ));
    }
    Ok(text.into())
}

/// Splits at each of the given characters; empty pieces are dropped (recorded: `,,,,` gives `[]`).
pub(super) fn split(arguments: &Arguments<'_>, _: &dyn Scope) -> Result<Value, String> {
    let (text, splitters) = (arguments.text(0)?, arguments.text(1)?);
    let pieces = text.split(|c| splitters.contains(c));
    Ok(pieces.filter(|piece| !piece.is_empty()).map(Value::from).collect())
}

/// A version 4 UUID of two draws.
pub(super) fn uuid(_: &Arguments<'_>, scope: &dyn Scope) -> Result<Value, String> {
    let drawn = (u128::from(scope.random()) << 64) | u128::from(scope.random());
    let version = (drawn & !(0xF << 76)) | (0x4 << 76);
    let bits = (version & !(0x3 << 62)) | (0x2 << 62);
    let digits = format!("{bits:032x}");
    let mut text = String::with_capacity(36);
    for (at, digit) in digits.chars().enumerate() {
        if [8, 12, 16, 20].contains(&at) {
            text.push('-');
        }
        text.push(digit);
    }
    Ok(text.into())
}
