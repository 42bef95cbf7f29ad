//! A function's failure: what it raised itself, and what Lambda says of one that could not answer.

use std::{any::Any, time::Duration};

use serde_json::{Value, json};

use crate::body::Body;

/// The most bytes that a synchronous answer may have, as Lambda words it when it has more.
pub(crate) const MOST_ANSWER_BYTES: usize = 6_291_556;

/// A function error: the document that Lambda answers with under `X-Amz-Function-Error`.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the function failed with `{}`", .body.json().and_then(type_in).unwrap_or("no error type"))]
pub struct FunctionError {
    body: Body,
    /// What the runtime named it by in a header. Only the log shows that.
    header: Option<Box<str>>,
}

impl FunctionError {
    /// What a function raises.
    pub fn new(error_type: impl Into<String>, error_message: impl Into<String>) -> Self {
        let (error_type, error_message) = (error_type.into(), error_message.into());
        json!({"errorType": error_type, "errorMessage": error_message}).into()
    }

    /// What a runtime reported, which may be anything.
    pub(crate) fn reported(bytes: &[u8], header: Option<&str>) -> Self {
        Self { body: Body::read(bytes), header: header.map(Into::into) }
    }

    /// The function ran longer than it may (recorded: v2-timeouts.json).
    pub(crate) fn timed_out(request_id: &str, timeout: Duration) -> Self {
        let seconds = timeout.as_secs_f64();
        let message =
            format!("RequestId: {request_id} Error: Task timed out after {seconds:.2} seconds");
        Self::new("Sandbox.Timedout", message)
    }

    /// The function's process ended; `how` is `None` where it ended well.
    pub(crate) fn exited(request_id: &str, how: Option<&str>) -> Self {
        let what = match how {
            Some(how) => format!("Runtime exited with error: {how}"),
            None => "Runtime exited without providing a reason".to_owned(),
        };
        Self::new("Runtime.ExitError", format!("RequestId: {request_id} Error: {what}"))
    }

    /// The function's process could not be started.
    pub(crate) fn not_started(request_id: &str, why: &str) -> Self {
        Self::new("Runtime.InvalidEntrypoint", format!("RequestId: {request_id} Error: {why}"))
    }

    /// The answer is longer than a synchronous answer may be. Lambda writes the message first here.
    pub(crate) fn too_large() -> Self {
        let message = format!(
            "Response payload size exceeded maximum allowed payload size ({MOST_ANSWER_BYTES} bytes)."
        );
        json!({"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"}).into()
    }

    /// The function panicked: worded as `lambda_runtime` words it, which the same code runs under
    /// when it is deployed.
    pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Self {
        let said = panic
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        let message = match said {
            Some(said) => format!("Lambda panicked: {said}"),
            None => "Lambda panicked".to_owned(),
        };
        Self::new(std::any::type_name::<Box<dyn Any + Send>>(), message)
    }

    /// `errorType`, where the document has one.
    pub fn error_type(&self) -> Option<&str> {
        self.body.json().and_then(type_in)
    }

    /// The name that the log gives it.
    pub(crate) fn logged_type(&self) -> Option<&str> {
        self.header.as_deref().or_else(|| self.error_type())
    }

    /// The document.
    pub fn body(&self) -> &Body {
        &self.body
    }
}

impl From<Body> for FunctionError {
    /// An error document as it was written.
    fn from(body: Body) -> Self {
        Self { body, header: None }
    }
}

impl From<Value> for FunctionError {
    /// An error document of any shape.
    fn from(document: Value) -> Self {
        Self { body: document.into(), header: None }
    }
}

fn type_in(document: &Value) -> Option<&str> {
    document.get("errorType")?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambda_words_its_own_errors() {
        for (error, expected) in [
            (
                FunctionError::timed_out("r", Duration::from_secs(30)),
                r#"{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: r Error: Task timed out after 30.00 seconds"}"#,
            ),
            (
                FunctionError::exited("r", Some("exit status 1")),
                r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: r Error: Runtime exited with error: exit status 1"}"#,
            ),
            (
                FunctionError::exited("r", None),
                r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: r Error: Runtime exited without providing a reason"}"#,
            ),
            (
                FunctionError::too_large(),
                r#"{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}"#,
            ),
        ] {
            assert_eq!(error.body().text(), expected);
        }
    }

    #[test]
    fn a_debugged_error_shows_no_message() {
        let error = FunctionError::new("Input.Invalid", "ada@example.com");
        assert!(!format!("{error:?} {error}").contains("ada@"));
    }
}
