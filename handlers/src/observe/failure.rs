//! How a failed call is named in its line.

use atlas_asl::builder::ErrorNames;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::error::SdkError;

use super::Code;
use crate::raised::Raised;

/// An error of an external call.
pub trait Failure {
    /// Its code: the service's own where there is one.
    fn code(&self) -> Code;
}

impl<E: ErrorNames> Failure for Raised<E> {
    fn code(&self) -> Code {
        Code::new(self.error.name())
    }
}

impl<E: ProvideErrorMetadata, R> Failure for SdkError<E, R> {
    fn code(&self) -> Code {
        match self {
            Self::ConstructionFailure(_) => Code::new("ConstructionFailure"),
            Self::TimeoutError(_) => Code::new("Timeout"),
            Self::DispatchFailure(failure) if failure.is_timeout() => Code::new("Timeout"),
            Self::DispatchFailure(_) => Code::new("DispatchFailure"),
            Self::ResponseError(_) => Code::new("ResponseError"),
            other => Code::new(ProvideErrorMetadata::code(other).unwrap_or("ServiceError")),
        }
    }
}
