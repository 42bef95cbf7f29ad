//! The browser's side of a token: a cookie that scripts cannot read and other sites cannot send.
//!
//! A session is drawn anew each time somebody signs in. It ends when he signs out, after half a day, and with
//! the server.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::http::{HeaderMap, header};
use tokio::time::Instant;

use super::token::{Token, TokenDigest};

/// Cookies are of a host, whatever the port: several servers of one host have names of their own.
const NAME: &str = "atlas-session";
/// How long a session lasts.
const LASTS: Duration = Duration::from_secs(12 * 3_600);
/// Where more are opened, the oldest ends.
const MOST: usize = 256;

/// The sessions that are open.
#[derive(Default)]
pub(super) struct Sessions(Mutex<VecDeque<Open>>);

struct Open {
    digest: TokenDigest,
    ends: Instant,
}

impl Sessions {
    /// Opens one, and gives what shows it.
    pub(super) fn open(&self, now: Instant) -> String {
        let session = Token::generated();
        let mut open = self.going_on(now);
        if open.len() >= MOST {
            open.pop_front();
        }
        open.push_back(Open { digest: session.digest(), ends: now + LASTS });
        session.expose().to_owned()
    }

    /// Whether what is shown is one of them.
    pub(super) fn has(&self, shown: &str, now: Instant) -> bool {
        let shown = TokenDigest::of(shown);
        // Each is looked at, so that the time says nothing of which it was.
        self.going_on(now).iter().fold(false, |found, open| found | open.digest.is_same(&shown))
    }

    /// Ends the one that is shown.
    pub(super) fn end(&self, shown: &str, now: Instant) {
        let shown = TokenDigest::of(shown);
        self.going_on(now).retain(|open| !open.digest.is_same(&shown));
    }

    fn going_on(&self, now: Instant) -> MutexGuard<'_, VecDeque<Open>> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|open| open.ends > now);
        open
    }
}

/// The value of `Set-Cookie` that opens a session of the server at this authority.
pub(crate) fn cookie_of(session: &str, authority: &str) -> String {
    let lasts = LASTS.as_secs();
    format!("{}={session}; Path=/; HttpOnly; SameSite=Strict; Max-Age={lasts}", name_at(authority))
}

/// The value of `Set-Cookie` that ends one.
pub(crate) fn forgotten_cookie(authority: &str) -> String {
    format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0", name_at(authority))
}

/// The sessions that a request shows to the server at this authority.
pub(super) fn shown<'a>(headers: &'a HeaderMap, authority: &str) -> impl Iterator<Item = &'a str> {
    let name = name_at(authority);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(move |cookie| cookie.trim().strip_prefix(&*name)?.strip_prefix('='))
}

fn name_at(authority: &str) -> String {
    match authority.rsplit_once(':') {
        Some((_, port)) if port.parse::<u16>().is_ok() => format!("{NAME}-{port}"),
        _ => NAME.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_found_among_other_cookies_and_those_of_other_servers() {
        for (cookies, authority, expected) in [
            ("atlas-session=abc", "localhost", &["abc"][..]),
            ("atlas-session=abc", "[::1]", &["abc"]),
            ("a=b; atlas-session-80=abc; c=d", "localhost:80", &["abc"]),
            ("atlas-session-80=stale; atlas-session-80=abc", "[::1]:80", &["stale", "abc"]),
            ("atlas-session-81=abc; atlas-session=abc", "localhost:80", &[]),
            ("a=atlas-session=abc", "localhost", &[]),
            ("", "localhost", &[]),
        ] {
            let headers = HeaderMap::from_iter([(header::COOKIE, cookies.parse().unwrap())]);
            assert_eq!(shown(&headers, authority).collect::<Vec<_>>(), expected, "{cookies}");
        }
    }

    #[test]
    fn a_session_lasts_until_it_is_ended_or_over_and_the_oldest_makes_room() {
        let (sessions, begin) = (Sessions::default(), Instant::now());
        let first = sessions.open(begin);
        let second = sessions.open(begin + Duration::from_secs(1));
        assert!(sessions.has(&first, begin) && !sessions.has("else", begin));
        sessions.end(&first, begin);
        assert!(!sessions.has(&first, begin) && sessions.has(&second, begin));
        assert!(sessions.has(&second, begin + LASTS));
        assert!(!sessions.has(&second, begin + LASTS + Duration::from_secs(1)));
        let oldest = sessions.open(begin);
        let others: Vec<String> = (0..MOST).map(|_| sessions.open(begin)).collect();
        assert!(!sessions.has(&oldest, begin) && sessions.has(&others[0], begin));
    }
}
