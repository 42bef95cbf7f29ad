//! The texts that come in as JSON: the input of an execution, the output of a task.

use atlas_core::Payload;

use crate::error::EngineError;

/// The longest input and output that AWS takes, in bytes of UTF-8.
pub(crate) const MAX_BYTES: usize = 262_144;

/// Reads the input of an execution. What is wrong is said in AWS's words, where they are known.
pub fn parse_input(text: &str) -> Result<Payload, EngineError> {
    let payload = Payload::parse(text)
        .map_err(|error| EngineError::InvalidExecutionInput(complaint(text, &error)))?;
    check_length(&payload)?;
    Ok(payload)
}

pub(crate) fn check_length(input: &Payload) -> Result<(), EngineError> {
    if input.is_longer_than(MAX_BYTES) {
        return Err(EngineError::InvalidExecutionInput(format!(
            "the input has {} bytes, and an execution takes {MAX_BYTES} at most",
            input.text().len()
        )));
    }
    Ok(())
}

/// Recorded from AWS 2023 (test_sfn_api, invalid_start_execution_input).
fn complaint(text: &str, error: &serde_json::Error) -> String {
    let start = text.trim_start();
    let Some(first) = start.chars().next() else {
        return "Invalid execution input.".to_owned();
    };
    if first.is_ascii_alphabetic() {
        let token: String =
            start.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if !matches!(&*token, "null" | "true" | "false") {
            return format!(
                "Unrecognized token '{token}': was expecting (JSON String, Number, Array, Object \
                 or token 'null', 'true' or 'false')"
            );
        }
    }
    let second = start.strip_prefix('{').and_then(|rest| rest.trim_start().chars().next());
    match second {
        Some(other) if other != '"' && other != '}' => format!(
            "Unexpected character ('{other}' (code {})): was expecting double-quote to start field \
             name",
            u32::from(other)
        ),
        Some(_) | None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_inputs_are_refused_in_the_words_of_aws() {
        for (text, expected) in [
            (
                "not some json",
                "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or \
                 token 'null', 'true' or 'false')",
            ),
            (
                "{'not': 'json'",
                "Unexpected character (''' (code 39)): was expecting double-quote to start field \
                 name",
            ),
            ("", "Invalid execution input."),
        ] {
            let error = parse_input(text).unwrap_err().to_string();
            let expected = format!("Invalid State Machine Execution Input: '{expected}'");
            assert_eq!(error, expected, "{text}");
        }
    }

    #[test]
    fn any_json_is_an_input_up_to_262144_bytes() {
        for text in ["2", "\"some text\"", "null", "[]"] {
            assert!(parse_input(text).is_ok(), "{text}");
        }
        let longest = format!("\"{}\"", "x".repeat(MAX_BYTES - 2));
        assert!(parse_input(&longest).is_ok());
        assert!(parse_input(&format!("{longest} ")).is_err());
    }
}
