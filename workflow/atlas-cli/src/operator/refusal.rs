//! Why a call brought nothing: what the service refused, in its own name for it, or that nobody answered.

use std::error::Error;

use aws_sdk_sfn::error::{ProvideErrorMetadata, SdkError};

use crate::{failure::Failure, label::clean, personal::hidden};

/// A call that was not answered as it should have been.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Refusal {
    /// The service said no.
    #[error("{operation}: {code}{}", said(.message))]
    Refused { operation: &'static str, code: String, message: String },
    /// Nobody said anything.
    #[error(
        "{operation}: no answer: {cause}; expected a Step Functions API there (--endpoint, \
         AWS_ENDPOINT_URL_SFN) or credentials for AWS (--profile)"
    )]
    Unanswered { operation: &'static str, cause: String },
}

impl Refusal {
    /// Reads what an SDK reports.
    pub(crate) fn of<E, R>(operation: &'static str, error: &SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
        R: std::fmt::Debug,
    {
        if let Some(service) = error.as_service_error()
            && let Some(code) = service.code()
        {
            let message = hidden(&clean(service.message().unwrap_or_default()));
            return Self::Refused { operation, code: clean(code), message };
        }
        Self::Unanswered { operation, cause: root(error) }
    }

    /// AWS's name of it, where it is AWS's.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Refused { code, .. } => code,
            Self::Unanswered { .. } => "",
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Refused { .. } => Self::theirs(refusal),
            Refusal::Unanswered { .. } => Self::ours(refusal),
        }
    }
}

fn said(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}

/// What stands at the end of an SDK's chain of causes, where the words are.
fn root<E, R>(error: &SdkError<E, R>) -> String
where
    E: Error + 'static,
    R: std::fmt::Debug,
{
    let mut words = error.to_string();
    let mut next: Option<&dyn Error> = error.source();
    while let Some(cause) = next {
        words = cause.to_string();
        next = cause.source();
    }
    hidden(&clean(&words))
}
