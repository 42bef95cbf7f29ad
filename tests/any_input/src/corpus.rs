//! The corpora, a file for each target: a line for each input, as JSON. An input that is text is a
//! string; one that is not is an array of its bytes.

use serde_json::Value;

/// The inputs of a corpus.
///
/// # Errors
///
/// When a line is no input; says which.
pub fn inputs(lines: &str) -> Result<Vec<Vec<u8>>, String> {
    let numbered = (1..).zip(lines.lines());
    numbered
        .map(|(number, line)| input(line).ok_or_else(|| format!("line {number} is no input")))
        .collect()
}

fn input(line: &str) -> Option<Vec<u8>> {
    match serde_json::from_str(line).ok()? {
        Value::String(text) => Some(text.into_bytes()),
        Value::Array(bytes) => bytes
            .iter()
            .map(|byte| byte.as_u64().and_then(|byte| u8::try_from(byte).ok()))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

/// The line for an input.
pub fn line(input: &[u8]) -> String {
    match std::str::from_utf8(input) {
        Ok(text) => Value::from(text).to_string(),
        Err(_) => Value::from(input).to_string(),
    }
}
