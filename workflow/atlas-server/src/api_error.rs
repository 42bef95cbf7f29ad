//! What the API answers where it does not do what it was asked: the only place for `__type` and
//! status.

use atlas_engine::EngineError;
use axum::http::StatusCode;
use serde_json::{Value, json};

/// An answer that is an error.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    kind: Kind,
    message: String,
    /// AWS's name for why a request is not valid.
    reason: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    AccessDenied,
    InvalidArn,
    InvalidDefinition,
    InvalidEncryptionConfiguration,
    InvalidLoggingConfiguration,
    InvalidToken,
    MissingRequiredParameter,
    ResourceNotFound,
    StateMachineTypeNotSupported,
    TooManyTags,
    Validation,
    /// What the engine refuses, under AWS's name for it.
    Engine(&'static str),
    /// The engine cannot do what it should.
    Internal,
    UnknownOperation,
    Serialization,
    RequestTooLarge,
    RequestTimeout,
    /// The content type names no protocol of the service.
    NoProtocol,
}

impl ApiError {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), reason: None }
    }

    pub(crate) fn invalid_arn(what: &str) -> Self {
        Self::new(Kind::InvalidArn, format!("Invalid Arn: '{what}'"))
    }

    pub(crate) fn invalid_definition(faults: Vec<atlas_asl::diagnostic::Diagnostic>) -> Self {
        let message = EngineError::InvalidDefinition(faults).to_string();
        Self::new(Kind::InvalidDefinition, message)
    }

    pub(crate) fn invalid_label(message: String) -> Self {
        Self::new(Kind::InvalidDefinition, message)
    }

    pub(crate) fn invalid_encryption(what: &str) -> Self {
        let message = format!("Invalid Encryption Configuration: {what}");
        Self::new(Kind::InvalidEncryptionConfiguration, message)
    }

    /// A definition that an operation does not take, in the operation's own words.
    pub(crate) fn refused_definition(message: &str) -> Self {
        Self::new(Kind::InvalidDefinition, message)
    }

    pub(crate) fn invalid_logging(what: &str) -> Self {
        let message = format!("Invalid Logging Configuration: {what}");
        Self::new(Kind::InvalidLoggingConfiguration, message)
    }

    pub(crate) fn invalid_token() -> Self {
        Self::new(Kind::InvalidToken, "Invalid Token: 'Invalid token'")
    }

    pub(crate) fn missing_parameter(message: &str) -> Self {
        Self::new(Kind::MissingRequiredParameter, message)
    }

    pub(crate) fn resource_not_found(arn: &str) -> Self {
        Self::new(Kind::ResourceNotFound, format!("Resource not found: '{arn}'"))
    }

    pub(crate) fn type_not_supported() -> Self {
        let message = "This operation is not supported by this type of state machine";
        Self::new(Kind::StateMachineTypeNotSupported, message)
    }

    /// A tag whose key only AWS may use.
    pub(crate) fn system_tag() -> Self {
        let message = "Caller is an end user and not allowed to mutate system tags";
        Self::new(Kind::AccessDenied, message)
    }

    pub(crate) fn too_many_tags(arn: &str) -> Self {
        let message = format!("'{arn}' would have more than 50 tags");
        Self::new(Kind::TooManyTags, message)
    }

    /// A machine of the name exists, and is not what the call asks for.
    pub(crate) fn machine_exists(why: &str) -> Self {
        let message = format!("State Machine Already Exists: {why}");
        Self::new(Kind::Engine("StateMachineAlreadyExists"), message)
    }

    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(Kind::Validation, message)
    }

    /// No operation of the service has this name; `None` where no operation is named.
    pub(crate) fn unknown_operation(operation: Option<&str>) -> Self {
        let message = match operation {
            Some(operation) => format!("Step Functions has no operation `{operation}`"),
            None => "the header X-Amz-Target is not AWSStepFunctions.OPERATION".to_owned(),
        };
        Self::new(Kind::UnknownOperation, message)
    }

    /// The body is no JSON of the right shape.
    pub(crate) fn not_serialized(message: &str) -> Self {
        Self::new(Kind::Serialization, message)
    }

    pub(crate) fn too_large(most_bytes: usize) -> Self {
        let message = format!("a request has {most_bytes} bytes at most");
        Self::new(Kind::RequestTooLarge, message)
    }

    pub(crate) fn too_slow() -> Self {
        Self::new(Kind::RequestTimeout, "the request's body did not come in time")
    }

    pub(crate) fn broken_off() -> Self {
        Self::new(Kind::Serialization, "the request's body broke off")
    }

    pub(crate) fn of_no_protocol() -> Self {
        Self::new(Kind::NoProtocol, "")
    }

    /// The answer is not written in the service's protocol.
    pub(crate) fn is_of_no_protocol(&self) -> bool {
        self.kind == Kind::NoProtocol
    }

    /// The error's name, as clients know it.
    pub(crate) fn code(&self) -> &'static str {
        match self.kind {
            Kind::AccessDenied => "AccessDeniedException",
            Kind::InvalidArn => "InvalidArn",
            Kind::InvalidDefinition => "InvalidDefinition",
            Kind::InvalidEncryptionConfiguration => "InvalidEncryptionConfiguration",
            Kind::InvalidLoggingConfiguration => "InvalidLoggingConfiguration",
            Kind::InvalidToken => "InvalidToken",
            Kind::MissingRequiredParameter => "MissingRequiredParameter",
            Kind::ResourceNotFound => "ResourceNotFound",
            Kind::StateMachineTypeNotSupported => "StateMachineTypeNotSupported",
            Kind::TooManyTags => "TooManyTags",
            Kind::Validation => "ValidationException",
            Kind::Engine(name) => name,
            Kind::Internal => "InternalFailure",
            Kind::UnknownOperation | Kind::NoProtocol => "UnknownOperationException",
            Kind::Serialization => "SerializationException",
            Kind::RequestTooLarge => "RequestEntityTooLargeException",
            Kind::RequestTimeout => "RequestTimeoutException",
        }
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self.kind {
            Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Kind::RequestTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Kind::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Kind::NoProtocol => StatusCode::NOT_FOUND,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    pub(crate) fn body(&self) -> Value {
        let mut body = json!({ "__type": self.code(), "message": self.message });
        if let Some(reason) = self.reason {
            body["reason"] = reason.into();
        }
        body
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        let kind = error.exception().map_or(Kind::Internal, Kind::Engine);
        let reason = error.reason();
        Self { reason, ..Self::new(kind, error.to_string()) }
    }
}
