//! What an answer that is no success means: by its error codes first, then by its status.

use reqwest::StatusCode;
use serde_json::Value;

use super::{SalesforceError, SalesforceErrorKind as Kind};
use crate::observe::{Code, Failure};

/// Why a request with a session came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The session has ended: another one may do.
    SessionEnded,
    /// All else.
    Final(SalesforceError),
}

impl Refusal {
    /// As an error, where there is no other session to try.
    pub(super) fn into_error(self) -> SalesforceError {
        match self {
            Self::SessionEnded => SalesforceError::unavailable(
                SESSION_ENDED,
                "Salesforce ended the session, and a new one at once",
            ),
            Self::Final(error) => error,
        }
    }
}

impl Failure for Refusal {
    fn code(&self) -> Code {
        match self {
            Self::SessionEnded => Code::new(SESSION_ENDED),
            Self::Final(error) => error.code(),
        }
    }
}

impl From<SalesforceError> for Refusal {
    fn from(error: SalesforceError) -> Self {
        Self::Final(error)
    }
}

const SESSION_ENDED: &str = "INVALID_SESSION_ID";

/// The codes of a request that a later one may well not meet.
const THROTTLED: [&str; 4] = [
    "REQUEST_LIMIT_EXCEEDED",
    "LOGIN_RATE_EXCEEDED",
    "TOO_MANY_REQUESTS",
    "API_CURRENTLY_DISABLED",
];
const UNAVAILABLE: [&str; 7] = [
    "UNABLE_TO_LOCK_ROW",
    "SERVER_UNAVAILABLE",
    "SERVICE_UNAVAILABLE",
    "UNKNOWN_EXCEPTION",
    "REQUEST_RUNNING_TOO_LONG",
    "QUERY_TIMEOUT",
    "PROCESSING_HALTED",
];

/// Reads an error answer of the REST API: an array of `{message, errorCode, fields}`.
pub(super) fn of_api(operation: &str, status: StatusCode, body: &Value) -> Refusal {
    let errors: Vec<&Value> = match body {
        Value::Array(errors) => errors.iter().collect(),
        Value::Object(_) => vec![body],
        _ => Vec::new(),
    };
    let codes: Vec<&str> =
        errors.iter().filter_map(|error| error.get("errorCode")?.as_str()).collect();
    let has = |list: &[&str]| codes.iter().find(|code| list.contains(code)).copied();
    if has(&[SESSION_ENDED]).is_some() {
        return Refusal::SessionEnded;
    }
    let (kind, decisive) = if let Some(code) = has(&THROTTLED) {
        (Kind::Throttled, Some(code))
    } else if let Some(code) = has(&UNAVAILABLE) {
        (Kind::Unavailable, Some(code))
    } else {
        (by_status(status), codes.first().copied())
    };
    let code = match decisive {
        Some(code) => Code::new(code),
        None => Code::new(&format!("HTTP_{}", status.as_u16())),
    };
    let verb = match kind {
        Kind::Throttled => "throttled",
        Kind::Unavailable => "could not do",
        Kind::SecretsUnavailable | Kind::AuthFailed | Kind::Rejected => "refused",
    };
    let mut cause = format!("Salesforce {verb} `{operation}`: {code} ({})", status.as_u16());
    let fields = fields_of(&errors);
    if !fields.is_empty() {
        cause.push_str(&format!(", fields {}", fields.join(", ")));
    }
    Refusal::Final(SalesforceError::new(kind, code, cause))
}

fn by_status(status: StatusCode) -> Kind {
    match status.as_u16() {
        429 => Kind::Throttled,
        // 401 without the code of an ended session: a proxy, or an answer cut off.
        401 | 408 | 500.. => Kind::Unavailable,
        // A success that could not be read, or a redirection that is not followed.
        200..=299 | 301..=399 => Kind::Unavailable,
        _ => Kind::Rejected,
    }
}

/// The names of the fields at fault: names of the schema, cut down like codes.
fn fields_of(errors: &[&Value]) -> Vec<String> {
    let fields = errors.iter().filter_map(|error| error.get("fields")?.as_array()).flatten();
    fields
        .filter_map(Value::as_str)
        .take(8)
        .map(|field| format!("`{}`", Code::new(field)))
        .collect()
}

/// Why a login came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LoginRefusal {
    /// The assertion is not accepted: the key may have been rotated.
    Assertion(Code),
    /// All else.
    Final(SalesforceError),
}

impl Failure for LoginRefusal {
    fn code(&self) -> Code {
        match self {
            Self::Assertion(code) => code.clone(),
            Self::Final(error) => error.code(),
        }
    }
}

impl From<SalesforceError> for LoginRefusal {
    fn from(error: SalesforceError) -> Self {
        Self::Final(error)
    }
}

/// Reads an error answer of the token endpoint: `{error, error_description}`.
pub(super) fn of_login(status: StatusCode, body: &Value) -> LoginRefusal {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let (error, description) = (text("error"), text("error_description").to_ascii_lowercase());
    let code = match error {
        "" => Code::new(&format!("HTTP_{}", status.as_u16())),
        error => Code::new(error),
    };
    let throttled = status == StatusCode::TOO_MANY_REQUESTS
        || error.eq_ignore_ascii_case("LOGIN_RATE_EXCEEDED")
        // `invalid_grant` too, told apart by its description only.
        || description.contains("login rate exceeded");
    let cause = |verb: &str| format!("Salesforce {verb} the login: {code} ({})", status.as_u16());
    if throttled {
        let cause = cause("throttled");
        return SalesforceError::new(Kind::Throttled, Code::new("LOGIN_RATE_EXCEEDED"), cause)
            .into();
    }
    let is_down = !status.is_client_error()
        || status == StatusCode::REQUEST_TIMEOUT
        || ["temporarily_unavailable", "server_error", "unknown_error"].contains(&error);
    if is_down {
        let cause = cause("could not do");
        return SalesforceError::new(Kind::Unavailable, code, cause).into();
    }
    LoginRefusal::Assertion(code)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_error_array_has_the_kind_of_its_codes_then_of_its_status() {
        let check = |status: u16, body: Value, kind: Kind, code: &str| {
            let status = StatusCode::from_u16(status).unwrap();
            match of_api("UpsertLead", status, &body) {
                Refusal::Final(error) => {
                    assert_eq!((error.kind, error.code.as_str()), (kind, code), "{status} {body}");
                    assert!(!error.cause.contains("ada@"), "{}", error.cause);
                }
                Refusal::SessionEnded => panic!("{body}"),
            }
        };
        let one = |code: &str| json!([{"message": "ada@example.com is wrong", "errorCode": code}]);
        for code in [
            "REQUIRED_FIELD_MISSING",
            "STRING_TOO_LONG",
            "INVALID_FIELD",
            "INVALID_EMAIL_ADDRESS",
            "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            "DUPLICATES_DETECTED",
        ] {
            check(400, one(code), Kind::Rejected, code);
        }
        check(404, one("NOT_FOUND"), Kind::Rejected, "NOT_FOUND");
        check(403, one("REQUEST_LIMIT_EXCEEDED"), Kind::Throttled, "REQUEST_LIMIT_EXCEEDED");
        check(403, one("INSUFFICIENT_ACCESS"), Kind::Rejected, "INSUFFICIENT_ACCESS");
        check(400, one("UNABLE_TO_LOCK_ROW"), Kind::Unavailable, "UNABLE_TO_LOCK_ROW");
        check(503, one("SERVER_UNAVAILABLE"), Kind::Unavailable, "SERVER_UNAVAILABLE");
        check(500, one("UNKNOWN_EXCEPTION"), Kind::Unavailable, "UNKNOWN_EXCEPTION");
        check(500, one("APEX_ERROR"), Kind::Unavailable, "APEX_ERROR");
        check(503, Value::Null, Kind::Unavailable, "HTTP_503");
        check(429, Value::Null, Kind::Throttled, "HTTP_429");
        check(401, Value::Null, Kind::Unavailable, "HTTP_401");
        check(300, json!(["/services/data/…/00Q1"]), Kind::Rejected, "HTTP_300");
        check(400, one("ada@example.com"), Kind::Rejected, "unreadable");
        check(
            400,
            json!([{"errorCode": "STRING_TOO_LONG"}, {"errorCode": "UNABLE_TO_LOCK_ROW"}]),
            Kind::Unavailable,
            "UNABLE_TO_LOCK_ROW",
        );
    }

    #[test]
    fn a_session_has_ended_by_the_code_whatever_the_status() {
        let body =
            json!([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]);
        for status in [400, 401, 403, 500] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(of_api("UpsertLead", status, &body), Refusal::SessionEnded);
        }
    }

    #[test]
    fn the_fields_at_fault_are_named() {
        let body = json!([{"errorCode": "REQUIRED_FIELD_MISSING", "message": "…",
            "fields": ["LastName", "ada@example.com"]}]);
        let error = of_api("UpsertLead", StatusCode::BAD_REQUEST, &body).into_error();
        assert_eq!(
            error.cause,
            "Salesforce refused `UpsertLead`: REQUIRED_FIELD_MISSING (400), fields `LastName`, `unreadable`"
        );
    }

    #[test]
    fn a_login_error_object_tells_a_refused_assertion_from_a_busy_server() {
        let check = |status: u16, body: Value, kind: Option<Kind>| {
            let status = StatusCode::from_u16(status).unwrap();
            let found = match of_login(status, &body) {
                LoginRefusal::Assertion(_) => None,
                LoginRefusal::Final(error) => Some(error.kind),
            };
            assert_eq!(found, kind, "{status} {body}");
        };
        let error = |error: &str, description: &str| json!({"error": error, "error_description": description});
        check(400, error("invalid_grant", "invalid assertion"), None);
        check(400, error("invalid_client", "client identifier invalid"), None);
        check(400, error("invalid_grant", "user hasn't approved this consumer"), None);
        check(400, error("invalid_grant", "login rate exceeded"), Some(Kind::Throttled));
        check(400, error("LOGIN_RATE_EXCEEDED", ""), Some(Kind::Throttled));
        check(429, Value::Null, Some(Kind::Throttled));
        check(400, error("unknown_error", "retry your request"), Some(Kind::Unavailable));
        check(503, Value::Null, Some(Kind::Unavailable));
        check(302, Value::Null, Some(Kind::Unavailable));
        check(400, Value::Null, None);
    }
}
