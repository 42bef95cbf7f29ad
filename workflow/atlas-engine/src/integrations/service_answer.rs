//! How AWS's own services answer to Step Functions: metadata on success, a worded cause on failure.

use atlas_core::{Failure, Timestamp};
use serde_json::{Value, json};

use crate::error::EngineError;

/// Adds what the SDK tells of the answer of this length: `SdkHttpMetadata` and
/// `SdkResponseMetadata`, as recorded.
pub(crate) fn with_metadata(
    mut answer: serde_json::Map<String, Value>,
    body_bytes: usize,
    request_id: &str,
    now: Timestamp,
) -> Value {
    let date = http_date(now);
    let length = body_bytes.to_string();
    let metadata = json!({
        "AllHttpHeaders": {
            "x-amzn-RequestId": [request_id],
            "connection": ["keep-alive"],
            "Content-Length": [length],
            "Date": [date],
            "Content-Type": ["application/x-amz-json-1.0"],
        },
        "HttpHeaders": {
            "connection": "keep-alive",
            "Content-Length": length,
            "Content-Type": "application/x-amz-json-1.0",
            "Date": date,
            "x-amzn-RequestId": request_id,
        },
        "HttpStatusCode": 200,
    });
    answer.insert("SdkHttpMetadata".into(), metadata);
    answer.insert("SdkResponseMetadata".into(), json!({ "RequestId": request_id }));
    Value::Object(answer)
}

/// A refusal of Step Functions, as a task of `states:startExecution` fails with it (recorded: test
/// start_execution_no_such_arn).
pub(crate) fn refused(error: &EngineError, request_id: &str) -> Failure {
    let code = error.exception().unwrap_or("InternalServerError");
    Failure {
        error: Some(format!("StepFunctions.{code}Exception")),
        cause: Some(format!(
            "{error} (Service: AWSStepFunctions; Status Code: 400; Error Code: {code}; Request ID: \
             {request_id}; Proxy: null)"
        )),
    }
}

fn http_date(now: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(now.as_millis())
        .map(|moment| moment.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_an_answer_is_an_http_date() {
        let now = Timestamp::from_millis(1_763_658_245_250);
        assert_eq!(http_date(now), "Thu, 20 Nov 2025 17:04:05 GMT");
    }
}
