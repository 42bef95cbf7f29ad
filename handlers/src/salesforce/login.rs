//! The JWT bearer flow: an assertion that we sign, for a session.

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::{Method, Url, header};
use serde::Serialize;
use serde_json::Value;

use super::{
    SalesforceError,
    origin::is_safe_origin,
    refusal::{LoginRefusal, of_login},
    transport::Transport,
};
use crate::{
    observe::{Call, Code, Service},
    secrets::{SalesforceSecret, Sensitive},
};

/// How long an assertion is good for: Salesforce takes at most 3 minutes.
const GOOD_FOR_SECONDS: i64 = 180;

/// A session, as the answer to a login gives it.
#[derive(Debug, Clone)]
pub(super) struct LoggedIn {
    pub(super) token: Sensitive,
    /// Where this org's API is.
    pub(super) instance_url: Url,
}

/// Logs in.
pub(super) async fn login(
    transport: &Transport,
    secret: &SalesforceSecret,
    login_url: &Url,
    now: Timestamp,
    attempt: u32,
) -> Result<LoggedIn, LoginRefusal> {
    let call = Call::new(Service::Salesforce, "Login").attempt(attempt);
    call.run(async {
        let assertion = assertion(secret, now)
            .map_err(|_| LoginRefusal::Assertion(Code::new("unusable_private_key")))?;
        let url = login_url.join("/services/oauth2/token");
        let url = url.map_err(|_| LoginRefusal::from(no_session()))?;
        let request = transport
            .request(Method::POST, url)?
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(token_request(&assertion).reveal().to_owned());
        let answer = transport.send(request).await?;
        if !answer.status.is_success() {
            return Err(of_login(answer.status, &answer.body));
        }
        read(&answer.body).ok_or_else(|| no_session().into())
    })
    .await
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: i64,
}

/// The secret's key signs nothing. What it is instead is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the private key of the secret is none that signs; expected an RSA key in PEM")]
pub struct UnusableKey;

/// The form that asks for a session. An assertion is base64url and dots: it needs no escaping.
pub fn token_request(assertion: &Sensitive) -> Sensitive {
    let assertion = assertion.reveal();
    Sensitive::new(format!(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}"
    ))
}

/// Says, signed, who wants to log in.
pub fn assertion(secret: &SalesforceSecret, now: Timestamp) -> Result<Sensitive, UnusableKey> {
    let claims = Claims {
        iss: secret.consumer_key.reveal(),
        sub: secret.username.reveal(),
        aud: &secret.audience,
        exp: now.as_second() + GOOD_FOR_SECONDS,
    };
    let key = EncodingKey::from_rsa_pem(secret.private_key.reveal().as_bytes());
    let signed =
        key.and_then(|key| jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key));
    // Nothing of the error is told: it may quote the key.
    signed.map(Sensitive::new).map_err(|_| UnusableKey)
}

fn read(body: &Value) -> Option<LoggedIn> {
    let token = body.get("access_token")?.as_str().filter(|token| !token.is_empty())?;
    let instance_url = Url::parse(body.get("instance_url")?.as_str()?).ok()?;
    is_safe_origin(&instance_url).then(|| LoggedIn { token: Sensitive::new(token), instance_url })
}

fn no_session() -> SalesforceError {
    SalesforceError::unavailable(
        "NoSession",
        "Salesforce's login answered without a token and an `https://` instance",
    )
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation, decode};
    use serde_json::json;

    use super::*;
    use crate::testing::{PUBLIC_KEY, secret};

    #[test]
    fn an_assertion_is_signed_for_the_audience_and_ends_in_three_minutes() {
        let now = Timestamp::now();
        let assertion = assertion(&secret("https://login.salesforce.com"), now).unwrap();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&["https://login.salesforce.com"]);
        let key = DecodingKey::from_rsa_pem(PUBLIC_KEY.as_bytes()).unwrap();
        let claims = decode::<Value>(assertion.reveal(), &key, &validation).unwrap().claims;
        assert_eq!(
            claims,
            json!({
                "iss": "consumer", "sub": "robot@example.com",
                "aud": "https://login.salesforce.com", "exp": now.as_second() + 180,
            })
        );
    }

    #[test]
    fn a_session_needs_a_token_and_an_instance_that_is_safe_to_ask() {
        let check = |body: Value, good: bool| assert_eq!(read(&body).is_some(), good, "{body}");
        check(json!({"access_token": "t", "instance_url": "https://a.my.salesforce.com"}), true);
        check(json!({"access_token": "t", "instance_url": "http://a.my.salesforce.com"}), false);
        check(json!({"access_token": "", "instance_url": "https://a.my.salesforce.com"}), false);
        check(json!({"access_token": "t"}), false);
        check(Value::Null, false);
    }
}
