//! The Invoke call: what it is asked, what it answers, and why it refuses.

use std::sync::Arc;

use atlas_core::Payload;
use atlas_engine::Place;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;

use crate::{
    body::Body,
    function_error::FunctionError,
    name::{FunctionName, InvalidFunctionName},
};

/// The most bytes of a payload that somebody waits for.
pub(crate) const MOST_SYNCHRONOUS_BYTES: usize = 6_291_456;

/// The most bytes of an event.
const MOST_EVENT_BYTES: usize = 1_048_576;

/// A call of Invoke.
#[derive(Debug, Clone)]
pub struct InvokeRequest {
    /// The function.
    pub function: FunctionName,
    /// Whoever calls: what the function's name leaves out is theirs.
    pub place: Place,
    /// What the function is invoked with.
    pub payload: Payload,
    /// Whether the caller waits.
    pub invocation_type: InvocationType,
    /// Whether the caller wants the log.
    pub log_type: LogType,
    /// About the client, as JSON.
    pub client_context: Option<String>,
    /// The execution whose task it is.
    pub execution_arn: Option<Arc<str>>,
    /// The X-Ray header; a new trace begins where there is none.
    pub trace_id: Option<String>,
}

impl InvokeRequest {
    /// Calls a function and waits, by the defaults of Lambda.
    pub fn new(function: FunctionName, place: Place, payload: Payload) -> Self {
        Self {
            function,
            place,
            payload,
            invocation_type: InvocationType::RequestResponse,
            log_type: LogType::None,
            client_context: None,
            execution_arn: None,
            trace_id: None,
        }
    }

    pub(crate) fn check_size(&self) -> Result<(), InvokeError> {
        let (kind, limit) = match self.invocation_type {
            InvocationType::RequestResponse => ("RequestResponse", MOST_SYNCHRONOUS_BYTES),
            InvocationType::Event => ("Event", MOST_EVENT_BYTES),
            InvocationType::DryRun => return Ok(()),
        };
        if !self.payload.is_longer_than(limit) {
            return Ok(());
        }
        Err(InvokeError::TooLarge { bytes: self.payload.text().len(), kind, limit })
    }
}

/// Whether the caller waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InvocationType {
    /// For the answer.
    #[default]
    RequestResponse,
    /// For nothing: the event is tried again where the function fails.
    Event,
    /// For nothing, and the function is not invoked.
    DryRun,
}

impl InvocationType {
    /// The type by AWS's name for it.
    pub fn by_name(name: &str) -> Result<Self, InvokeError> {
        match name {
            "RequestResponse" => Ok(Self::RequestResponse),
            "Event" => Ok(Self::Event),
            "DryRun" => Ok(Self::DryRun),
            _ => Err(InvokeError::InvalidType(name.to_owned())),
        }
    }
}

/// Decodes a client context.
pub(crate) fn client_context(encoded: &str) -> Result<String, InvokeError> {
    let decoded = BASE64_STANDARD.decode(encoded).ok().and_then(|it| String::from_utf8(it).ok());
    let is_object =
        |text: &String| serde_json::from_str(text).is_ok_and(|value: Value| value.is_object());
    decoded.filter(is_object).ok_or_else(|| {
        let message = "Client context must be a valid Base64-encoded JSON object.";
        InvokeError::InvalidContent(message.to_owned())
    })
}

/// Whether the caller wants the end of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogType {
    /// No.
    #[default]
    None,
    /// The last 4 KB.
    Tail,
}

/// What Invoke answers.
#[derive(Debug, Clone)]
pub struct Invoked {
    /// The invocation's id.
    pub request_id: String,
    /// The X-Ray header of the invocation.
    pub trace_id: String,
    /// 200, 202 for an event, 204 for a dry run.
    pub status_code: u16,
    /// The version that ran, where the caller waited.
    pub executed_version: Option<String>,
    /// The end of the log in Base64, where the caller asked for it.
    pub log_result: Option<String>,
    /// What the function answered, where the caller waited.
    pub outcome: Option<Result<Body, FunctionError>>,
}

/// Why Invoke refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// The name is none.
    #[error(transparent)]
    InvalidName(#[from] InvalidFunctionName),
    /// The invocation type is none.
    #[error(
        "1 validation error detected: Value '{0}' at 'invocationType' failed to satisfy constraint: \
         Member must satisfy enum value set: [Event, RequestResponse, DryRun]"
    )]
    InvalidType(String),
    /// No function has this name, version or alias.
    #[error("Function not found: {arn}")]
    NotFound {
        /// What was asked for.
        arn: String,
    },
    /// As many invocations run as may.
    #[error("Rate Exceeded.")]
    Throttled,
    /// The payload or the client context is no JSON.
    #[error("{0}")]
    InvalidContent(String),
    /// The payload is too long.
    #[error(
        "{bytes} byte payload is too large for the {kind} invocation type (limit {limit} bytes)"
    )]
    TooLarge {
        /// How long it is.
        bytes: usize,
        /// The invocation's type.
        kind: &'static str,
        /// How long it may be.
        limit: usize,
    },
    /// [`crate::Functions::close`] ended the invocation, or came before it.
    #[error("the functions are shut down")]
    Closed,
}

impl InvokeError {
    /// The exception, by AWS's name for it.
    pub fn exception(&self) -> &'static str {
        match self {
            Self::InvalidName(_) | Self::InvalidType(_) => "ValidationException",
            Self::NotFound { .. } => "ResourceNotFoundException",
            Self::Throttled => "TooManyRequestsException",
            Self::InvalidContent(_) => "InvalidRequestContentException",
            Self::TooLarge { .. } => "RequestTooLargeException",
            Self::Closed => "ServiceException",
        }
    }

    /// The HTTP status that goes with it.
    pub fn status_code(&self) -> u16 {
        match self {
            Self::InvalidName(_) | Self::InvalidType(_) | Self::InvalidContent(_) => 400,
            Self::NotFound { .. } => 404,
            Self::TooLarge { .. } => 413,
            Self::Throttled => 429,
            Self::Closed => 500,
        }
    }
}
