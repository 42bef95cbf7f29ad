//! What Step Functions says of a service that refuses or does not answer.
//!
//! Step Functions calls its optimised integrations with the first SDK for Java, and its errors show it:
//! the names are those of the exceptions' classes, and the causes are their messages. Recorded:
//! `Lambda.ResourceNotFoundException` with `(Service: AWSLambda; Status Code: 404; …; Proxy: null)`.

use std::borrow::Cow;

use atlas_core::Failure;

use crate::transport::NoAnswer;

/// What an SDK for Java calls a service and its exceptions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Naming<'a> {
    /// What stands before the dot of an error's name.
    pub(crate) prefix: &'a str,
    /// The service in a cause.
    pub(crate) service: &'a str,
    /// The exception of an error that has none of its own.
    pub(crate) general: &'a str,
    /// The error codes that have an exception of their own, in alphabetical order.
    pub(crate) exceptions: &'a [&'a str],
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
    let known = naming.exceptions.binary_search(&&**name).is_ok();
    let exception = if known { exception_of(name) } else { naming.general.into() };
    let message = message.as_deref().unwrap_or("null");
    let (service, code) = (naming.service, code.as_deref().unwrap_or(name));
    let cause = format!(
        "{message} (Service: {service}; Status Code: {status}; Error Code: {code}; Request ID: \
         {request_id}; Proxy: null)"
    );
    Failure { error: Some(format!("{}.{exception}", naming.prefix)), cause: Some(cause) }
}

/// The failure of a task whose service did not answer: the SDK throws `SdkClientException`.
pub(crate) fn unreached(naming: &Naming<'_>, why: NoAnswer, authority: &str) -> Failure {
    let what = match why {
        NoAnswer::NotConnected => format!("Connect to {authority} failed"),
        NoAnswer::TimedOut => "Read timed out".to_owned(),
        NoAnswer::BrokenOff => "The target server failed to respond".to_owned(),
        NoAnswer::TooLong => "The answer is longer than any that is read".to_owned(),
        NoAnswer::NotSendable => "A header cannot be sent".to_owned(),
        NoAnswer::NoCertificates => {
            format!("The system has no certificates to verify {authority} with")
        }
    };
    Failure {
        error: Some(format!("{}.SdkClientException", naming.prefix)),
        cause: Some(format!("Unable to execute HTTP request: {what}")),
    }
}

/// The class of an error. It makes a `…Fault` an exception and any other name the beginning of
/// one.
fn exception_of(name: &str) -> Cow<'_, str> {
    let mut letters = name.chars();
    let capitalised: Cow<'_, str> = match letters.next() {
        Some(first) if first.is_lowercase() => {
            first.to_uppercase().chain(letters).collect::<String>().into()
        }
        _ => name.into(),
    };
    if capitalised.ends_with("Exception") {
        return capitalised;
    }
    let stem = capitalised.strip_suffix("Fault").unwrap_or(&capitalised);
    format!("{stem}Exception").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMING: Naming<'_> = Naming {
        prefix: "DynamoDB",
        service: "AmazonDynamoDBv2",
        general: "AmazonDynamoDBException",
        exceptions: &["ConditionalCheckFailedException", "InternalServerError", "someFault"],
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
    }

    #[test]
    fn an_error_is_called_after_its_exception_or_after_that_of_the_service() {
        check("ConditionalCheckFailedException", "DynamoDB.ConditionalCheckFailedException");
        check("InternalServerError", "DynamoDB.InternalServerErrorException");
        check("someFault", "DynamoDB.SomeException");
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
