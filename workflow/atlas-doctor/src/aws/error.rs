//! Why AWS does not say what was asked.

use std::fmt;

use handlers::observe::Code;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::no_answer;

/// No answer, or one that refuses.
pub(crate) enum AwsError {
    /// The service refuses. Its message decides what is found, and is never repeated: it may name anything.
    Refused { code: Code, status: u16, message: String },
    /// Nobody answers, for this reason.
    NoAnswer(&'static str),
}

impl AwsError {
    pub(crate) fn refused(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let header = headers.get("x-amzn-errortype").and_then(|code| code.to_str().ok());
        let document: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = String::from_utf8_lossy(body);
        let of_body = ["__type", "code", "Code"].iter().find_map(|name| document[name].as_str());
        let code = header.or(of_body).or_else(|| element(&text, "Code")).unwrap_or_default();
        // `com.amazonaws.sqs#QueueDoesNotExist`, `ValidationException:http://…`.
        let code = code.rsplit('#').next().unwrap_or(code);
        let code = code.split(':').next().unwrap_or(code);
        let message = ["message", "Message"].iter().find_map(|name| document[name].as_str());
        let message = message.or_else(|| element(&text, "Message")).unwrap_or_default();
        Self::Refused { code: Code::new(code), status, message: message.to_owned() }
    }

    pub(crate) fn no_answer(error: &reqwest::Error) -> Self {
        Self::NoAnswer(no_answer::why(error))
    }

    /// Whether the same request may well be answered a moment later.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::NoAnswer(_) => true,
            Self::Refused { code, status, .. } => {
                *status >= 500
                    || *status == 429
                    || ["ThrottlingException", "Throttling", "TooManyRequestsException"]
                        .contains(&code.as_str())
            }
        }
    }

    /// The code of a refusal.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Refused { code, .. } => code.as_str(),
            Self::NoAnswer(_) => "",
        }
    }

    /// Whether the message of a refusal has these words.
    pub(crate) fn tells(&self, words: &str) -> bool {
        match self {
            Self::Refused { message, .. } => message.contains(words),
            Self::NoAnswer(_) => false,
        }
    }
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { code, status, .. } => write!(f, "refused with {code} ({status})"),
            Self::NoAnswer(why) => f.write_str(why),
        }
    }
}

/// The text of the first XML element of this name.
pub(crate) fn element<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_known_by_its_code_in_every_form_and_its_message_is_not_shown() {
        let check = |header: Option<&str>, body: &str, expected: &str| {
            let mut headers = HeaderMap::new();
            if let Some(header) = header {
                headers.insert("x-amzn-errortype", header.parse().unwrap());
            }
            let error = AwsError::refused(400, &headers, body.as_bytes());
            assert_eq!(error.code(), expected, "{body}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        };
        check(
            Some("ValidationException:http://a/"),
            r#"{"message":"hunter2"}"#,
            "ValidationException",
        );
        check(
            None,
            r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"hunter2"}"#,
            "QueueDoesNotExist",
        );
        check(None, r#"{"__type":"ExpiredTokenException"}"#, "ExpiredTokenException");
        check(
            None,
            "<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>hunter2</Message></Error></ErrorResponse>",
            "InvalidClientTokenId",
        );
        check(None, "<html>hunter2</html>", "unreadable");
    }
}
