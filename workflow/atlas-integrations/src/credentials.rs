//! Whose requests are signed as whose.

use std::fmt;

/// What a request is signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key id: it stands in the request.
    pub access_key_id: String,
    /// The secret access key: it does not.
    pub secret_access_key: String,
    /// The token of temporary credentials.
    pub session_token: Option<String>,
}

impl Credentials {
    /// Credentials that say no more than an account: local services that keep accounts apart go by the
    /// access key id.
    pub(crate) fn of_account(account: &str) -> Self {
        Self {
            access_key_id: account.to_owned(),
            secret_access_key: "atlas".to_owned(),
            session_token: None,
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}
