//! The secret with which we log in to Salesforce: one JSON object in Secrets Manager.

use reqwest::Url;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Sensitive;
use crate::salesforce::is_safe_origin;

/// Where production orgs log in. It is also the audience of their assertions.
const PRODUCTION: &str = "https://login.salesforce.com";

/// What the bearer flow needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalesforceSecret {
    /// The consumer key of the app: the assertion's issuer.
    pub consumer_key: Sensitive,
    /// The user that we act as: the assertion's subject.
    pub username: Sensitive,
    /// The RSA key that signs, PEM.
    pub private_key: Sensitive,
    /// Where to log in.
    pub login_url: Url,
    /// For whom the assertion is.
    pub audience: String,
}

/// The secret is not what it should be. No value of it is repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecret {
    /// Not an object.
    #[error(
        "the secret is not a JSON object; expected `consumerKey`, `username` and `privateKey`, and perhaps `loginUrl` and `audience`"
    )]
    NotAnObject,
    /// A field is not there.
    #[error("the secret has no text `{0}`")]
    Missing(&'static str),
    /// The address is none, or would carry the assertion in clear.
    #[error(
        "`loginUrl` of the secret is not an address to log in at; expected `https://` and a host"
    )]
    LoginUrl,
}

impl SalesforceSecret {
    /// Reads the secret's text.
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        let object: Map<String, Value> =
            serde_json::from_str(text).map_err(|_| InvalidSecret::NotAnObject)?;
        let optional = |name: &'static str| match object.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match <&str>::deserialize(value) {
                Ok(text) if !text.trim().is_empty() => Ok(Some(text.trim())),
                _ => Err(InvalidSecret::Missing(name)),
            },
        };
        let required = |name: &'static str| {
            optional(name)?.map(Sensitive::new).ok_or(InvalidSecret::Missing(name))
        };
        // An audience is an address to log in at, too.
        let audience = optional("audience")?;
        let login = optional("loginUrl")?.or(audience).unwrap_or(PRODUCTION);
        let login_url = Url::parse(login).map_err(|_| InvalidSecret::LoginUrl)?;
        if !is_safe_origin(&login_url) {
            return Err(InvalidSecret::LoginUrl);
        }
        Ok(Self {
            consumer_key: required("consumerKey")?,
            username: required("username")?,
            private_key: required("privateKey")?,
            login_url,
            // An audience has no slash at its end: Salesforce compares it as text.
            audience: audience.unwrap_or(login).trim_end_matches('/').to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_audience_follows_the_environment() {
        let check = |more: Value, login_url: &str, audience: &str| {
            let mut secret = json!({"consumerKey": "k", "username": "u", "privateKey": "p"});
            secret.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let secret = SalesforceSecret::parse(&secret.to_string()).unwrap();
            assert_eq!(
                (secret.login_url.as_str(), secret.audience.as_str()),
                (login_url, audience)
            );
        };
        check(json!({}), "https://login.salesforce.com/", "https://login.salesforce.com");
        check(
            json!({"loginUrl": "https://test.salesforce.com/"}),
            "https://test.salesforce.com/",
            "https://test.salesforce.com",
        );
        check(
            json!({"audience": "https://test.salesforce.com"}),
            "https://test.salesforce.com/",
            "https://test.salesforce.com",
        );
        check(
            json!({"loginUrl": "http://127.0.0.1:9000", "audience": "https://login.salesforce.com"}),
            "http://127.0.0.1:9000/",
            "https://login.salesforce.com",
        );
    }

    #[test]
    fn what_is_wrong_is_named_and_no_value_is_repeated() {
        let check = |text: &str, expected: InvalidSecret| {
            let error = SalesforceSecret::parse(text).unwrap_err();
            assert_eq!(error, expected);
            assert!(!error.to_string().contains("hunter2"), "{error}");
        };
        check("hunter2", InvalidSecret::NotAnObject);
        check(r#"["hunter2"]"#, InvalidSecret::NotAnObject);
        check(r#"{"consumerKey": "hunter2"}"#, InvalidSecret::Missing("username"));
        check(
            r#"{"consumerKey": "hunter2", "username": "u", "privateKey": 7}"#,
            InvalidSecret::Missing("privateKey"),
        );
        check(r#"{"loginUrl": "http://hunter2.example"}"#, InvalidSecret::LoginUrl);
        check(r#"{"loginUrl": "ftp://hunter2"}"#, InvalidSecret::LoginUrl);
    }

    #[test]
    fn a_secret_prints_without_its_values() {
        let text = r#"{"consumerKey": "hunter2", "username": "hunter2", "privateKey": "hunter2"}"#;
        let secret = SalesforceSecret::parse(text).unwrap();
        assert!(!format!("{secret:?}").contains("hunter2"));
    }
}
