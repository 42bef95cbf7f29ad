//! How long a document is as compact JSON text, counted without writing it.

use std::io::{self, Write};

use serde_json::Value;

/// The most bytes that Step Functions takes a document with.
pub(crate) const MOST_BYTES: usize = 262_144;

/// The bytes of a value's compact text; `None` where there are more than this.
pub(crate) fn bytes_within(value: &Value, most: usize) -> Option<usize> {
    let mut counter = Counter { left: most };
    serde_json::to_writer(&mut counter, value).ok()?;
    Some(most - counter.left)
}

struct Counter {
    left: usize,
}

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.left = self.left.checked_sub(bytes.len()).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::bytes_within;

    #[test]
    fn a_document_is_as_long_as_its_text() {
        for value in [json!(null), json!("é\n\u{1}"), json!({"a": [1, -2.5, true, {}], "b": []})] {
            let length = value.to_string().len();
            assert_eq!(bytes_within(&value, length), Some(length), "{value}");
            assert_eq!(bytes_within(&value, length - 1), None, "{value}");
        }
    }
}
