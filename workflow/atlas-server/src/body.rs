//! The body of a request, in bounded memory, time and complexity.

use std::time::Duration;

use axum::{body::Body, http::HeaderMap, http::header};
use http_body_util::BodyExt;
use serde_json::{Map, Value};

use crate::api_error::ApiError;

/// The longest request, as on AWS.
const MOST_BYTES: usize = 1_048_576;

/// So much of a longer request is read and thrown away, so that a client which sends before it reads
/// gets to the answer.
const MOST_DISCARDED_BYTES: usize = 8 * MOST_BYTES;

/// How long a client may take to send a request's body.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How many values a request may hold. Documents are texts in this API, so it holds few; as a tree, a
/// megabyte of `[[],[],…` would take many times its bytes.
const MOST_VALUES: usize = 10_000;

/// The same of a request of the console, which says that it sends JSON: a form of another page cannot.
pub(crate) async fn json(headers: &HeaderMap, body: Body) -> Result<Map<String, Value>, ApiError> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
    if !content_type.trim().eq_ignore_ascii_case("application/json") {
        return Err(ApiError::not_serialized("expected the content type application/json"));
    }
    fields(headers, body).await
}

/// Reads the body, whose fields are the operation's.
pub(crate) async fn fields(
    headers: &HeaderMap,
    body: Body,
) -> Result<Map<String, Value>, ApiError> {
    let bytes = tokio::time::timeout(TIMEOUT, bytes(headers, body))
        .await
        .map_err(|_elapsed| ApiError::too_slow())??;
    // Each value takes a byte at least.
    if bytes.len() > MOST_VALUES && values(&bytes) > MOST_VALUES {
        let message = format!("a request holds {MOST_VALUES} values at most");
        return Err(ApiError::not_serialized(&message));
    }
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(fields)) => Ok(fields),
        Err(_) if bytes.is_empty() => Ok(Map::new()),
        Ok(_) => {
            Err(ApiError::not_serialized("Start of structure or map found where not expected."))
        }
        Err(error) => Err(ApiError::not_serialized(&error.to_string())),
    }
}

async fn bytes(headers: &HeaderMap, mut body: Body) -> Result<Vec<u8>, ApiError> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let declared = declared.and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut bytes = Vec::with_capacity(if declared > MOST_BYTES { 0 } else { declared });
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_broken| ApiError::broken_off())?;
        let Some(data) = frame.data_ref() else { continue };
        length += data.len();
        if length > MOST_DISCARDED_BYTES {
            break;
        }
        if declared.max(length) <= MOST_BYTES {
            bytes.extend_from_slice(data);
        } else {
            bytes = Vec::new();
        }
    }
    if declared.max(length) > MOST_BYTES { Err(ApiError::too_large(MOST_BYTES)) } else { Ok(bytes) }
}

/// At least how many values a JSON text holds.
fn values(text: &[u8]) -> usize {
    let (mut values, mut is_in_string, mut is_escaped) = (1, false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_in_string => is_escaped = true,
            b'"' => is_in_string = !is_in_string,
            b',' | b'[' | b'{' if !is_in_string => values += 1,
            _ => {}
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_inside_of_a_text_are_not_counted() {
        for (text, expected) in [
            ("", 1),
            ("{}", 2),
            (r#"{"a": [1, 2], "b": {}}"#, 6),
            (r#""[1,2,3]""#, 1),
            (r#"["\"[,", "\\", 1]"#, 4),
        ] {
            assert_eq!(values(text.as_bytes()), expected, "{text}");
        }
    }
}
