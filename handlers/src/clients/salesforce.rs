//! Salesforce, with the secret behind it.

use std::sync::Arc;

use jiff::SignedDuration;
use reqwest::Url;

use super::{Aws, warm::WARM_UP};
use crate::{
    clock::SystemClock,
    environment::{Environment, InvalidVariable, variables},
    salesforce::{SalesforceClient, Settings, is_safe_origin},
    secrets::{CachedSecret, SecretsManager},
};

/// The org that the secret opens.
pub(crate) fn salesforce(
    environment: &Environment,
    aws: &Aws,
) -> Result<Arc<SalesforceClient>, InvalidVariable> {
    let clock = Arc::new(SystemClock);
    let secret_id = variables::SALESFORCE_SECRET_ID.text(environment)?;
    let source = SecretsManager::new(aws.secrets_manager()?, secret_id);
    let secret = CachedSecret::new(Arc::new(source), clock.clone(), time_to_live(environment)?);
    Ok(Arc::new(SalesforceClient::new(secret, clock, settings(environment)?)))
}

/// How old the secret may grow.
pub(super) fn time_to_live(environment: &Environment) -> Result<SignedDuration, InvalidVariable> {
    let seconds = variables::SECRET_TTL_SECONDS.count(environment)?;
    Ok(SignedDuration::from_secs(seconds.into()))
}

/// How to speak to the org.
pub(crate) fn settings(environment: &Environment) -> Result<Settings, InvalidVariable> {
    let minutes = variables::SALESFORCE_SESSION_MINUTES.count(environment)?;
    Ok(Settings {
        api_version: variables::SALESFORCE_API_VERSION.read(environment, api_version)?,
        login_url: variables::SALESFORCE_LOGIN_URL.read_optional(environment, login_url)?,
        session_lifetime: SignedDuration::from_mins(minutes.into()),
        ..Settings::default()
    })
}

/// Reads the secret and logs in, before anybody waits for it.
pub(crate) async fn log_in(salesforce: &Arc<SalesforceClient>) {
    let _ = tokio::time::timeout(WARM_UP, salesforce.warm_up()).await;
}

fn api_version(text: &str) -> Option<String> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (major, minor) = text.strip_prefix('v')?.split_once('.')?;
    (digits(major) && digits(minor)).then(|| text.to_owned())
}

fn login_url(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(is_safe_origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_no_version_becomes_a_part_of_a_path() {
        let check =
            |text: &str, good: bool| assert_eq!(api_version(text).is_some(), good, "{text}");
        check("v66.0", true);
        check("66", false);
        check("v66", false);
        check("v66.0/../..", false);
    }

    #[test]
    fn an_assertion_goes_out_encrypted_or_to_this_machine() {
        let check = |text: &str, good: bool| assert_eq!(login_url(text).is_some(), good, "{text}");
        check("https://login.salesforce.com", true);
        check("http://127.0.0.1:4600", true);
        check("http://login.salesforce.com", false);
        check("login.salesforce.com", false);
    }
}
