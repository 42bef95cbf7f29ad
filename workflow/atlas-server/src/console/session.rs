//! Trades the token for a cookie that scripts cannot read, and takes it back.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};

use super::{fault::Fault, fields::Fields};
use crate::guard::{Guard, cookie_of, forgotten_cookie};

/// `POST /console/api/session {token}`. Where no token is asked for, any opens.
pub(super) async fn open(
    State(guard): State<Guard>,
    headers: HeaderMap,
    Fields(fields): Fields,
) -> Result<Response, Fault> {
    if !guard.asks_for_token() {
        return Ok(done());
    }
    let token = fields.get("token").and_then(serde_json::Value::as_str).unwrap_or_default();
    let session = guard.open_session(token).ok_or_else(Fault::wrong_token)?;
    Ok(with_cookie(&cookie_of(&session, authority(&headers))))
}

/// `DELETE /console/api/session`
pub(super) async fn close(State(guard): State<Guard>, headers: HeaderMap) -> Response {
    let authority = authority(&headers);
    guard.end_sessions(&headers, authority);
    with_cookie(&forgotten_cookie(authority))
}

/// The guard lets nothing in that is for no host.
fn authority(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default()
}

fn with_cookie(cookie: &str) -> Response {
    let cookie = HeaderValue::try_from(cookie).expect("a session and a port are of digits");
    let mut response = done();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response
}

fn done() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
