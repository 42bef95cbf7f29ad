//! How Lambda's answers and refusals look to a state machine, as recorded (v2-base.json,
//! test_task_service_lambda).

use atlas_core::{Failure, Payload};
use serde_json::{Map, Value, json};

use crate::{
    body::Body,
    function_error::FunctionError,
    invoke::{InvokeError, Invoked},
};

/// What `lambda:invoke` results in.
pub(crate) fn answered(invoked: &Invoked, body: Option<Body>) -> Payload {
    let length = body.as_ref().map_or(0, |body| body.text().len()).to_string();
    let date = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let Invoked { request_id, trace_id, .. } = invoked;
    let mut headers = Vec::from([
        ("Connection", "keep-alive"),
        ("Content-Length", &length),
        ("Content-Type", "application/json"),
        ("Date", &date),
        ("x-amzn-Remapped-Content-Length", "0"),
        ("x-amzn-RequestId", request_id),
        ("X-Amzn-Trace-Id", trace_id),
    ]);
    let mut answer = Map::new();
    if let Some(version) = &invoked.executed_version {
        headers.push(("X-Amz-Executed-Version", version));
        answer.insert("ExecutedVersion".into(), json!(version));
    }
    if let Some(log) = &invoked.log_result {
        headers.push(("X-Amz-Log-Result", log));
        answer.insert("LogResult".into(), json!(log));
    }
    if let Some(body) = body {
        answer.insert("Payload".into(), body.into_value());
    }
    let all: Map<_, _> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), json!([value]))).collect();
    let single: Map<_, _> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    answer.insert(
        "SdkHttpMetadata".into(),
        json!({
            "AllHttpHeaders": all,
            "HttpHeaders": single,
            "HttpStatusCode": invoked.status_code,
        }),
    );
    answer.insert("SdkResponseMetadata".into(), json!({ "RequestId": request_id }));
    answer.insert("StatusCode".into(), json!(invoked.status_code));
    Payload::from(Value::Object(answer))
}

/// A function's failure, as a task fails with it: the function's error type, and its document. The
/// integration writes the document anew; a bare function's is as it was.
pub(crate) fn failed(error: &FunctionError, is_integration: bool) -> Failure {
    let body = error.body();
    let Some(error_type) = error.error_type() else {
        // As it is shown for errors without a type, such as the time-outs of older runtimes.
        return failure(
            "Lambda.Unknown",
            format!(
                "The cause could not be determined because Lambda did not return an error type. \
                 Returned payload: {}",
                body.text()
            ),
        );
    };
    let cause = match body.json() {
        Some(document) if is_integration => document.to_string(),
        Some(_) | None => body.text().to_owned(),
    };
    failure(error_type, cause)
}

/// A refusal of Lambda, as a task fails with it (recorded: test test_no_such_function).
pub(crate) fn refused(error: &InvokeError, request_id: &str) -> Failure {
    let code = error.exception();
    failure(
        &format!("Lambda.{code}"),
        format!(
            "{error} (Service: AWSLambda; Status Code: {}; Error Code: {code}; Request ID: \
             {request_id}; Proxy: null)",
            error.status_code()
        ),
    )
}

fn failure(error: &str, cause: String) -> Failure {
    Failure { error: Some(error.to_owned()), cause: Some(cause) }
}
