//! What the console's API answers where it cannot do what it was asked: status, code and a message for
//! whoever reads it.

use atlas_engine::EngineError;
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::api_error::ApiError;

/// An answer that is an error.
#[derive(Debug)]
pub(super) struct Fault {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Fault {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    pub(super) fn no_such_place() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", "the console has no such page or file")
    }

    /// What is asked for makes no sense; the message says what would.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidParameter", message)
    }

    /// There is no such thing in what was found.
    pub(super) fn missing(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", message)
    }

    pub(super) fn wrong_method() -> Self {
        let message = "the console does not take this method here";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
    }

    /// It could be done, but not now.
    pub(super) fn too_many(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "TooMany", message)
    }

    pub(super) fn wrong_token() -> Self {
        let message = "the token is not that of this server";
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", message)
    }
}

impl From<ApiError> for Fault {
    fn from(error: ApiError) -> Self {
        Self::new(error.status(), error.code(), error.message())
    }
}

impl From<EngineError> for Fault {
    fn from(error: EngineError) -> Self {
        let fault = Self::from(ApiError::from(error));
        // What AWS answers with 400 as well.
        let is_missing = fault.code.ends_with("DoesNotExist") || fault.code == "ResourceNotFound";
        if is_missing { Self { status: StatusCode::NOT_FOUND, ..fault } } else { fault }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let body = json!({ "error": { "code": self.code, "message": self.message } });
        (self.status, Json(body)).into_response()
    }
}
