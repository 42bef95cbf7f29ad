//! What is answered to whoever may not ask: the same whatever is wrong with a token, and nothing of what
//! was sent.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::json;

use crate::protocol;

/// Why a request is not let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It asks for a host that is not this one, or for none.
    Host,
    /// A page of another server asks.
    Origin,
    /// It came from elsewhere, and there is no token that could be asked for.
    NotLoopback,
    /// It shows no token, or a wrong one.
    Token,
}

/// In whose words an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speech {
    /// As AWS's services, for SDKs.
    Aws,
    /// As the console's API.
    Console,
}

impl Refusal {
    const fn message(self) -> &'static str {
        match self {
            Self::Host => {
                "the request is for a host of another name; expected localhost, the address that this \
                 server was reached at, or a name that --allow-host gives"
            }
            Self::Origin => "a web page of another server may not use this endpoint",
            Self::NotLoopback => {
                "this server has no token, and without one it answers on loopback addresses alone"
            }
            Self::Token => {
                "the token of this server is missing or wrong; expected it as `Authorization: Bearer`, or \
                 as AWS_SESSION_TOKEN of an AWS SDK"
            }
        }
    }

    const fn status(self, speech: Speech) -> StatusCode {
        match (self, speech) {
            (Self::Token, Speech::Console) => StatusCode::UNAUTHORIZED,
            (Self::Token, Speech::Aws) | (Self::Host | Self::Origin | Self::NotLoopback, _) => {
                StatusCode::FORBIDDEN
            }
        }
    }

    const fn code(self, speech: Speech) -> &'static str {
        match (self, speech) {
            (Self::Token, Speech::Console) => "Unauthorized",
            // What AWS says of credentials that it does not know; SDKs do not ask again.
            (Self::Token, Speech::Aws) => "UnrecognizedClientException",
            (Self::Host, Speech::Console) => "WrongHost",
            (Self::Origin, Speech::Console) => "WrongOrigin",
            (Self::NotLoopback, Speech::Console) => "NotLoopback",
            (Self::Host | Self::Origin | Self::NotLoopback, Speech::Aws) => "AccessDeniedException",
        }
    }

    pub(super) fn answer(self, speech: Speech) -> Response {
        let (code, message) = (self.code(speech), self.message());
        let status = self.status(speech);
        let mut response = match speech {
            Speech::Aws => {
                let body = json!({ "__type": code, "message": message });
                protocol::respond(status, body.to_string().into_bytes())
            }
            Speech::Console => {
                let body = json!({ "error": { "code": code, "message": message } });
                (status, Json(body)).into_response()
            }
        };
        if (self, speech) == (Self::Token, Speech::Console) {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
