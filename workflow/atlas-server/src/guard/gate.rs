//! The gate before every request, of the AWS API and of the console alike.
//!
//! Without a token nobody from elsewhere gets through, however the server was put together: a guard that
//! asks for none lets in only what reached a loopback address.

use std::{net::IpAddr, sync::Arc};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, Method, header},
    middleware::Next,
    response::Response,
};

use tokio::time::Instant;

use super::{
    host::{self, AllowedHost},
    origin,
    page_headers::secured,
    refusal::{Refusal, Speech},
    session::{self, Sessions},
    token::{Token, TokenDigest},
};

/// Where SDKs put the session token of their credentials.
const SDK_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// From where a browser says that a request comes.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Where somebody who has the token trades it for a session.
const SIGN_IN: &str = "/console/api/session";

/// Who may ask. Cheap to clone.
#[derive(Clone, Default)]
pub struct Guard(Arc<Rules>);

#[derive(Clone, Default)]
struct Rules {
    /// Any of them opens; where there is none, none is asked for.
    tokens: Vec<TokenDigest>,
    allowed_hosts: Vec<AllowedHost>,
    sessions: Arc<Sessions>,
}

/// The address of ours that a connection came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reached(pub(crate) IpAddr);

impl Guard {
    /// One that asks for no token, and therefore lets in what came over loopback alone.
    pub fn of_loopback() -> Self {
        Self::default()
    }

    /// Asks for a token from here on: any that was given so opens.
    #[must_use]
    pub fn with_token(self, token: &Token) -> Self {
        self.changed(|rules| rules.tokens.push(token.digest()))
    }

    /// Lets requests be for these hosts as well.
    #[must_use]
    pub fn with_hosts(self, hosts: impl IntoIterator<Item = AllowedHost>) -> Self {
        self.changed(|rules| rules.allowed_hosts.extend(hosts))
    }

    /// Whether it asks for a token.
    pub fn asks_for_token(&self) -> bool {
        !self.0.tokens.is_empty()
    }

    fn changed(mut self, change: impl FnOnce(&mut Rules)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Opens a session with a token; none where it is not the token.
    pub(crate) fn open_session(&self, token: &str) -> Option<String> {
        self.is_token(token).then(|| self.0.sessions.open(Instant::now()))
    }

    /// Ends the sessions that a request shows.
    pub(crate) fn end_sessions(&self, headers: &HeaderMap, authority: &str) {
        for session in session::shown(headers, authority) {
            self.0.sessions.end(session, Instant::now());
        }
    }

    fn is_token(&self, text: &str) -> bool {
        let shown = TokenDigest::of(text);
        // Each is looked at, so that the time says nothing of which it was.
        self.0.tokens.iter().fold(false, |found, known| found | known.is_same(&shown))
    }

    fn check(&self, request: &Request) -> Result<(), Refusal> {
        let headers = request.headers();
        let authority = authority(request).ok_or(Refusal::Host)?;
        let reached = request.extensions().get::<Reached>().map(|reached| reached.0.to_canonical());
        if !host::is_ours(authority, &self.0.allowed_hosts, reached) {
            return Err(Refusal::Host);
        }
        let origin = headers.get(header::ORIGIN);
        let is_own = |origin: &str| origin::is_own(origin, authority);
        if origin.is_some_and(|origin| !origin.to_str().is_ok_and(is_own)) {
            return Err(Refusal::Origin);
        }
        let path = request.uri().path();
        let only_reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let is_page = only_reads && (path == "/" || is_of_page(path));
        // A page that only reads without being let see the answer says no origin; browsers say this of it.
        if !is_page
            && headers.get(FETCH_SITE).is_some_and(|site| site != "same-origin" && site != "none")
        {
            return Err(Refusal::Origin);
        }
        if !self.asks_for_token() {
            // Whoever calls the router without a connection is this process itself.
            let is_near = reached.is_none_or(|reached| reached.is_loopback());
            return if is_near { Ok(()) } else { Err(Refusal::NotLoopback) };
        }
        if is_page || path == SIGN_IN || self.is_token_shown(headers) {
            return Ok(());
        }
        // A browser says which page sends what changes something; only then does its cookie count.
        let says_page = origin.is_some() || only_reads;
        let now = Instant::now();
        let mut sessions = session::shown(headers, authority);
        if says_page && sessions.any(|shown| self.0.sessions.has(shown, now)) {
            Ok(())
        } else {
            Err(Refusal::Token)
        }
    }

    fn is_token_shown(&self, headers: &HeaderMap) -> bool {
        let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = text(&header::AUTHORIZATION).and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        [bearer, text(&SDK_TOKEN)].into_iter().flatten().any(|token| self.is_token(token))
    }
}

/// The host that a request is for. One that says none, or says two, is for nobody.
fn authority(request: &Request) -> Option<&str> {
    let mut named = request.headers().get_all(header::HOST).iter();
    let (host, None) = (named.next()?.to_str().ok()?, named.next()) else { return None };
    // RFC 9112, 3.2.2: what stands in the request line goes before the header; no page sends it.
    match request.uri().authority() {
        Some(of_line) if !of_line.as_str().eq_ignore_ascii_case(host) => None,
        _ => Some(host),
    }
}

/// The page itself tells nothing of what runs here, and is where one signs in.
fn is_of_page(path: &str) -> bool {
    path.starts_with("/console") && path != "/console/api" && !path.starts_with("/console/api/")
}

/// Lets a request through, or refuses it. What a browser shows carries the headers for browsers.
pub(crate) async fn admit(
    State(guard): State<Guard>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let is_of_console = request.uri().path().starts_with("/console");
    let is_of_sdk = !is_of_console && *request.method() == Method::POST;
    match guard.check(&request) {
        Ok(()) if is_of_sdk => next.run(request).await,
        Ok(()) => secured(next.run(request).await),
        Err(refusal) if is_of_console => secured(refusal.answer(Speech::Console)),
        Err(refusal) => secured(refusal.answer(Speech::Aws)),
    }
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Rules { tokens, allowed_hosts, .. } = &*self.0;
        let mut shown = f.debug_struct("Guard");
        shown.field("tokens", &tokens.len()).field("allowed_hosts", allowed_hosts).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef";

    fn check(
        guard: &Guard,
        reached: &str,
        host: &str,
        more: &[(&str, &str)],
        expected: Result<(), Refusal>,
    ) {
        for host in [host.to_owned(), format!("sync-{host}")] {
            let mut request = Request::post("/").header(header::HOST, &host);
            for (name, value) in more {
                request = request.header(*name, value.replace("HOST", &host));
            }
            let mut request = request.body(Body::empty()).unwrap();
            request.extensions_mut().insert(Reached(reached.parse().unwrap()));
            assert_eq!(guard.check(&request), expected, "{reached} {host} {more:?}");
        }
    }

    #[test]
    fn without_a_token_only_what_came_over_loopback_is_let_in() {
        let guard = Guard::of_loopback();
        for (reached, host, expected) in [
            ("127.0.0.1", "localhost:8083", Ok(())),
            ("127.0.0.2", "127.0.0.2:8083", Ok(())),
            ("::1", "[::1]:8083", Ok(())),
            ("::ffff:127.0.0.1", "127.0.0.1", Ok(())),
            ("192.0.2.1", "192.0.2.1:8083", Err(Refusal::NotLoopback)),
            ("192.0.2.1", "localhost", Err(Refusal::NotLoopback)),
            ("2001:db8::1", "[2001:db8::1]", Err(Refusal::NotLoopback)),
            ("192.0.2.1", "rebound.example.com", Err(Refusal::Host)),
            ("127.0.0.1", "rebound.example.com", Err(Refusal::Host)),
        ] {
            check(&guard, reached, host, &[], expected);
        }
    }

    #[test]
    fn from_elsewhere_a_token_is_needed_in_one_of_three_places() {
        let token = Token::new(TOKEN).unwrap();
        let guard = Guard::of_loopback().with_token(&token).with_token(&Token::generated());
        let bearer = format!("Bearer {TOKEN}");
        let session = guard.open_session(TOKEN).unwrap();
        let cookie = format!("atlas-session-8083={session}");
        let cookie = cookie.as_str();
        let (own, foreign) = (("origin", "http://HOST"), ("origin", "http://a.b"));
        for (more, expected) in [
            (&[][..], Err(Refusal::Token)),
            (&[("authorization", bearer.as_str())], Ok(())),
            (&[("authorization", &bearer.to_lowercase())], Ok(())),
            (&[("x-amz-security-token", TOKEN)], Ok(())),
            (
                &[
                    ("authorization", "AWS4-HMAC-SHA256 Credential=x"),
                    ("x-amz-security-token", TOKEN),
                ],
                Ok(()),
            ),
            (&[("cookie", cookie), own], Ok(())),
            (&[("cookie", cookie)], Err(Refusal::Token)),
            (&[("cookie", cookie), foreign], Err(Refusal::Origin)),
            (&[("x-amz-security-token", TOKEN), foreign], Err(Refusal::Origin)),
            (&[("x-amz-security-token", "0123456789abcdeF")], Err(Refusal::Token)),
            (&[("x-amz-security-token", "")], Err(Refusal::Token)),
            (&[("authorization", TOKEN)], Err(Refusal::Token)),
            (&[("authorization", "Basic 0123456789abcdef")], Err(Refusal::Token)),
            (&[("cookie", "atlas-session=0123456789abcdef"), own], Err(Refusal::Token)),
            (&[("cookie", "atlas-session="), own], Err(Refusal::Token)),
        ] {
            for (reached, host) in
                [("192.0.2.1", "192.0.2.1:8083"), ("127.0.0.1", "localhost:8083")]
            {
                check(&guard, reached, host, more, expected);
            }
            check(&guard, "192.0.2.1", "a.example.com", more, Err(Refusal::Host));
        }
    }

    #[test]
    fn a_page_from_elsewhere_reads_nothing_either_and_may_lead_to_the_console() {
        let guard = Guard::of_loopback();
        for (path, site, expected) in [
            ("/console/api/profile", "cross-site", Err(Refusal::Origin)),
            ("/console/api/profile", "same-site", Err(Refusal::Origin)),
            ("/console/api/profile", "same-origin", Ok(())),
            ("/console/api/profile", "none", Ok(())),
            ("/console/", "cross-site", Ok(())),
            ("/", "cross-site", Ok(())),
        ] {
            let request = Request::get(path).header(header::HOST, "localhost:8083");
            let request = request.header(FETCH_SITE, site).body(Body::empty()).unwrap();
            assert_eq!(guard.check(&request), expected, "{path} {site}");
        }
    }

    #[test]
    fn a_request_for_no_host_or_for_two_is_refused() {
        let guard = Guard::of_loopback();
        let request = |line: &str, hosts: &[&str]| {
            let mut request = Request::post(line);
            for host in hosts {
                request = request.header(header::HOST, *host);
            }
            guard.check(&request.body(Body::empty()).unwrap())
        };
        assert_eq!(request("/", &["localhost"]), Ok(()));
        assert_eq!(request("http://localhost/", &["localhost"]), Ok(()));
        for (line, hosts) in [
            ("/", &[][..]),
            ("/", &["localhost", "localhost"]),
            ("http://a.b/", &["localhost"]),
            ("http://localhost/", &[]),
        ] {
            assert_eq!(request(line, hosts), Err(Refusal::Host), "{line} {hosts:?}");
        }
    }
}
