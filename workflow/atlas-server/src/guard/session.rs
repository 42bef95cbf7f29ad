//! The browser's side of a token: a cookie that scripts cannot read and other sites cannot send.

use axum::http::{HeaderMap, header};

const NAME: &str = "atlas-session";

/// The value of `Set-Cookie` that opens a session.
pub(crate) fn cookie_of(session: &str) -> String {
    format!("{NAME}={session}; Path=/; HttpOnly; SameSite=Strict")
}

/// The value of `Set-Cookie` that ends one.
pub(crate) const fn forgotten_cookie() -> &'static str {
    "atlas-session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
}

/// The session that a request shows.
pub(super) fn shown(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|cookies| cookies.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix(NAME)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_found_among_other_cookies() {
        for (cookies, expected) in [
            ("atlas-session=abc", Some("abc")),
            ("a=b; atlas-session=abc; c=d", Some("abc")),
            ("atlas-session-of-others=abc", None),
            ("a=atlas-session=abc", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(header::COOKIE, cookies.parse().unwrap())]);
            assert_eq!(shown(&headers), expected, "{cookies}");
        }
    }
}
