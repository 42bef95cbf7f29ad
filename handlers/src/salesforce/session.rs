//! The session: one for all that ask, until shortly before it ages out.
//!
//! Salesforce does not say how long a session lasts; the org's policy does, and it is configured
//! here. Logins are limited (about 3,600 an hour and user), so one at a time is made, and processes
//! that began together do not renew together.

use std::{
    collections::hash_map::RandomState,
    fmt,
    hash::BuildHasher,
    sync::{Arc, PoisonError, RwLock},
};

use jiff::{SignedDuration, Timestamp};
use reqwest::Url;

use super::{
    SalesforceError, SalesforceErrorKind,
    login::{LoggedIn, login},
    refusal::LoginRefusal,
    transport::Transport,
};
use crate::{
    clock::Clock,
    observe::Code,
    secrets::{CachedSecret, Held, Sensitive},
    single_flight::SingleFlight,
};

/// A session.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) token: Sensitive,
    pub(super) instance_url: Url,
    /// The how manieth login it comes from.
    login: u64,
    renew_at: Timestamp,
    ends_at: Timestamp,
}

type Login = Result<Session, SalesforceError>;

/// The session of this process.
#[derive(Clone)]
pub(super) struct Sessions {
    shared: Arc<Shared>,
}

struct Shared {
    transport: Transport,
    secret: CachedSecret,
    clock: Arc<dyn Clock>,
    lifetime: SignedDuration,
    login_url: Option<Url>,
    current: RwLock<Current>,
    login: SingleFlight<Login>,
}

#[derive(Default)]
struct Current {
    session: Option<Session>,
    logins: u64,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions(…)")
    }
}

impl Sessions {
    pub(super) fn new(
        transport: Transport,
        secret: CachedSecret,
        clock: Arc<dyn Clock>,
        lifetime: SignedDuration,
        login_url: Option<Url>,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                transport,
                secret,
                clock,
                lifetime,
                login_url,
                current: RwLock::default(),
                login: SingleFlight::default(),
            }),
        }
    }

    /// The session: waits only where there is none that is good.
    pub(super) async fn get(&self) -> Login {
        let Some(session) = self.shared.good() else {
            let login = self.shared.clone().log_in();
            let already = || self.shared.good().map(Ok);
            let result = self.shared.login.join_or_begin(already, login).await;
            return result.unwrap_or_else(|| {
                Err(SalesforceError::unavailable("LoginBroken", "the login broke off"))
            });
        };
        if self.shared.clock.now() >= session.renew_at {
            self.shared.login.begin(self.shared.clone().log_in());
        }
        Ok(session)
    }

    /// Forgets a session that Salesforce has ended, if it is still the one in use.
    pub(super) fn ended(&self, session: &Session) {
        let mut current = self.shared.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.session.as_ref().is_some_and(|held| held.login == session.login) {
            current.session = None;
        }
    }
}

impl Shared {
    fn good(&self) -> Option<Session> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.session.clone().filter(|session| self.clock.now() < session.ends_at)
    }

    async fn log_in(self: Arc<Self>) -> Login {
        let result = self.with_a_fresh_secret_if_refused().await;
        let now = self.clock.now();
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        match result {
            Ok(LoggedIn { token, instance_url }) => {
                current.logins += 1;
                let session = Session {
                    token,
                    instance_url,
                    login: current.logins,
                    renew_at: now + renewal(self.lifetime),
                    ends_at: now + self.lifetime,
                };
                current.session = Some(session.clone());
                Ok(session)
            }
            Err(error) => {
                // A renewal that fails is not tried by every request that follows.
                let pause = self.lifetime / 20;
                if let Some(session) = current.session.as_mut() {
                    session.renew_at = session.renew_at.max(now + pause);
                }
                Err(error)
            }
        }
    }

    async fn log_in_with(&self, held: &Held, attempt: u32) -> Result<LoggedIn, LoginRefusal> {
        let login_url = self.login_url.as_ref().unwrap_or(&held.secret.login_url);
        login(&self.transport, &held.secret, login_url, self.clock.now(), attempt).await
    }

    async fn with_a_fresh_secret_if_refused(&self) -> Result<LoggedIn, SalesforceError> {
        let held = self.secret.get().await?;
        let refused = match self.log_in_with(&held, 1).await {
            Ok(session) => return Ok(session),
            Err(LoginRefusal::Final(error)) => return Err(error),
            Err(LoginRefusal::Assertion(code)) => code,
        };
        let fresh = self.secret.refresh_now(&held).await?;
        if fresh.secret == held.secret {
            return Err(auth_failed(refused));
        }
        match self.log_in_with(&fresh, 2).await {
            Ok(session) => Ok(session),
            Err(LoginRefusal::Final(error)) => Err(error),
            Err(LoginRefusal::Assertion(code)) => Err(auth_failed(code)),
        }
    }
}

fn auth_failed(code: Code) -> SalesforceError {
    let cause = format!(
        "Salesforce refused the assertion, also after the secret was read afresh: {code}; look at \
         the key, the user and the app's approval"
    );
    SalesforceError::new(SalesforceErrorKind::AuthFailed, code, cause)
}

/// When to renew: after 75 to 90 percent of the lifetime, each time another.
fn renewal(lifetime: SignedDuration) -> SignedDuration {
    let chance = i32::try_from(RandomState::new().hash_one(0) % 1000).unwrap_or(0);
    lifetime / 100 * 75 + lifetime / 100 * 15 * chance / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_renewed_before_it_ends_and_not_always_at_the_same_age() {
        let lifetime = SignedDuration::from_mins(60);
        let ages: Vec<_> = (0..100).map(|_| renewal(lifetime)).collect();
        assert!(ages.iter().all(|age| *age >= lifetime * 74 / 100 && *age <= lifetime * 9 / 10));
        assert!(ages.iter().any(|age| *age != ages[0]));
    }
}
