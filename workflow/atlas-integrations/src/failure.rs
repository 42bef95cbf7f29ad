//! What Step Functions says of a service that refuses or does not answer.
//!
//! Step Functions calls its optimised integrations with the first SDK for Java and all others with
//! the second, and its errors show it: the names are those of the exceptions' classes, and the causes
//! are their messages. Recorded: `Lambda.ResourceNotFoundException` with `(Service: AWSLambda; Status
//! Code: 404; …; Proxy: null)`, and `Sfn.InvalidTokenException` with `(Service: Sfn, Status Code: 400,
//! Request ID: …) (SDK Attempt Count: 1)`.

use std::borrow::Cow;

use atlas_asl::aws_services::AwsService;
use atlas_core::Failure;

use crate::transport::NoAnswer;

/// What an SDK for Java calls a service and its exceptions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Naming<'a> {
    pub(crate) sdk: Sdk,
    /// What stands before the dot of an error's name.
    pub(crate) prefix: &'a str,
    /// The service in a cause.
    pub(crate) service: &'a str,
    /// The errors that have an exception of their own, and that of all others.
    pub(crate) exceptions: Exceptions<'a>,
}

/// The exceptions of a service.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Exceptions<'a> {
    /// Those of the operations that are called, in alphabetical order.
    Listed { own: &'a [&'a str], general: &'a str },
    /// Those of the whole service.
    OfService(AwsService),
}

/// The SDK for Java.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sdk {
    One,
    Two,
}

/// A service said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The error's name in the API model, or what the service calls it.
    pub(crate) name: String,
    /// The error code that the cause shows, where that is another.
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) status: u16,
    pub(crate) request_id: String,
}

/// The failure of a task whose service said no.
pub(crate) fn refused(naming: &Naming<'_>, refusal: &Refusal) -> Failure {
    let Refusal { name, code, message, status, request_id } = refusal;
    let exception: Cow<'_, str> = match naming.exceptions {
        Exceptions::Listed { own, .. } if own.binary_search(&&**name).is_ok() => exception_of(name),
        Exceptions::Listed { general, .. } => general.into(),
        Exceptions::OfService(service) => {
            let general = || format!("{}Exception", service.error_prefix).into();
            service.exception(name).unwrap_or_else(general)
        }
    };
    let message = message.as_deref().unwrap_or("null");
    let service = naming.service;
    let cause = match naming.sdk {
        Sdk::One => {
            let code = code.as_deref().unwrap_or(name);
            format!(
                "{message} (Service: {service}; Status Code: {status}; Error Code: {code}; Request \
                 ID: {request_id}; Proxy: null)"
            )
        }
        Sdk::Two => format!(
            "{message} (Service: {service}, Status Code: {status}, Request ID: {request_id}) (SDK \
             Attempt Count: 1)"
        ),
    };
    Failure { error: Some(format!("{}.{exception}", naming.prefix)), cause: Some(cause) }
}

/// Why there is no answer, in words.
pub(crate) fn reason(why: NoAnswer, authority: &str) -> String {
    match why {
        NoAnswer::NotConnected => format!("Connect to {authority} failed"),
        NoAnswer::TimedOut => "Read timed out".to_owned(),
        NoAnswer::BrokenOff => "The target server failed to respond".to_owned(),
        NoAnswer::TooLong => "The answer is longer than any that is read".to_owned(),
        NoAnswer::NotSendable => "A header cannot be sent".to_owned(),
        NoAnswer::NoCertificates => {
            format!("The system has no certificates to verify {authority} with")
        }
    }
}

/// The failure of a task whose service did not answer: both SDKs throw `SdkClientException`.
pub(crate) fn unreached(naming: &Naming<'_>, why: NoAnswer, authority: &str) -> Failure {
    let what = reason(why, authority);
    let attempts = match naming.sdk {
        Sdk::One => "",
        Sdk::Two => " (SDK Attempt Count: 1)",
    };
    Failure {
        error: Some(format!("{}.SdkClientException", naming.prefix)),
        cause: Some(format!("Unable to execute HTTP request: {what}{attempts}")),
    }
}

/// The class of an error in the first SDK.
fn exception_of(name: &str) -> Cow<'_, str> {
    if name.ends_with("Exception") { name.into() } else { format!("{name}Exception").into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMING: Naming<'_> = Naming {
        sdk: Sdk::One,
        prefix: "DynamoDB",
        service: "AmazonDynamoDBv2",
        exceptions: Exceptions::Listed {
            own: &["ConditionalCheckFailedException", "InternalServerError"],
            general: "AmazonDynamoDBException",
        },
    };

    fn check(name: &str, error: &str) {
        let refusal = Refusal {
            name: name.to_owned(),
            code: None,
            message: Some("No.".to_owned()),
            status: 400,
            request_id: "R".to_owned(),
        };
        let failure = refused(&NAMING, &refusal);
        assert_eq!(failure.error.as_deref(), Some(error));
        let cause = format!(
            "No. (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: {name}; Request ID: R; \
             Proxy: null)"
        );
        assert_eq!(failure.cause, Some(cause));
        let second = refused(&Naming { sdk: Sdk::Two, service: "DynamoDb", ..NAMING }, &refusal);
        let cause =
            "No. (Service: DynamoDb, Status Code: 400, Request ID: R) (SDK Attempt Count: 1)";
        assert_eq!(second.cause.as_deref(), Some(cause));
    }

    #[test]
    fn an_error_is_called_after_its_exception_or_after_that_of_the_service() {
        check("ConditionalCheckFailedException", "DynamoDB.ConditionalCheckFailedException");
        check("InternalServerError", "DynamoDB.InternalServerErrorException");
        check("ValidationException", "DynamoDB.AmazonDynamoDBException");
    }

    #[test]
    fn no_answer_is_the_sdks_own_exception() {
        let failure = unreached(&NAMING, NoAnswer::NotConnected, "127.0.0.1:1");
        assert_eq!(failure.error.as_deref(), Some("DynamoDB.SdkClientException"));
        let cause = "Unable to execute HTTP request: Connect to 127.0.0.1:1 failed";
        assert_eq!(failure.cause.as_deref(), Some(cause));
    }
}
