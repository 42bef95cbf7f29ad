//! `secret`: it is there, may be read, and has every field. Of its values none is told.

use handlers::{
    environment::{Variable, variables},
    secrets::{InvalidSecret, SalesforceSecret},
};
use serde_json::{Value, json};

use crate::{
    aws::{Api, SECRETS_MANAGER},
    examination::Cx,
    finding::Kind,
    notes::{Notes, is_denied},
};

pub(crate) const VARIABLES: [&Variable; 2] =
    [&variables::SALESFORCE_SECRET_ID, &variables::AWS_ENDPOINT_URL_SECRETS_MANAGER];

pub(crate) static ABSENT: Kind = Kind::error(
    "secret.absent",
    "there is no secret of the name in `SALESFORCE_SECRET_ID`, in this account and Region",
    "deploy the template, which makes one that waits to be filled, or correct the variable",
);
pub(crate) static EMPTY: Kind = Kind::error(
    "secret.empty",
    "the secret is there, as the template makes it, and has no value yet, or none as text",
    "put a JSON object with `consumerKey`, `username` and `privateKey` into it (`aws secretsmanager put-secret-value`)",
);
pub(crate) static UNDECRYPTABLE: Kind = Kind::error(
    "secret.undecryptable",
    "the secret is encrypted with a key that the caller may not use",
    "allow `kms:Decrypt` on its key, for whoever looks and for the roles of the handlers",
);
pub(crate) static NOT_AN_OBJECT: Kind = Kind::error(
    "secret.not-an-object",
    "the secret is a text, and no JSON object",
    "make it a JSON object with `consumerKey`, `username` and `privateKey`, and perhaps `loginUrl`",
);
pub(crate) static FIELD_MISSING: Kind = Kind::error(
    "secret.field-missing",
    "a field of the secret is missing, empty or no text",
    "put it into the secret: `consumerKey` of the connected app, `username` of the user, `privateKey` in PEM",
);
pub(crate) static LOGIN_URL: Kind = Kind::error(
    "secret.login-url",
    "the secret's `loginUrl` or `audience` is no address to log in at",
    "write `https://login.salesforce.com`, `https://test.salesforce.com` or `https://` and the org's domain",
);

const REQUIRED: [&str; 3] = ["consumerKey", "username", "privateKey"];

/// Gives the secret.
pub(crate) async fn look(cx: &Cx, notes: &mut Notes, api: &Api) -> Option<SalesforceSecret> {
    let id = cx.deployment.text(&variables::SALESFORCE_SECRET_ID)?;
    let answer = api.call(&SECRETS_MANAGER, "GetSecretValue", &json!({ "SecretId": id })).await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            match error.code() {
                // Of a secret that is there without a value AWS says, with the code of one that is not, that it
                // cannot find the "secret value for staging label: AWSCURRENT" (github.com/boto/boto3/issues/2794).
                "ResourceNotFoundException" if error.tells("secret value") => {
                    notes.find(&EMPTY, format!("`{id}`"));
                }
                "ResourceNotFoundException" => notes.find(&ABSENT, format!("`{id}`")),
                "DecryptionFailure" => notes.find(&UNDECRYPTABLE, format!("`{id}`")),
                // The same code for either of the two permissions.
                code if is_denied(code) && error.tells("KMS") => {
                    notes.find(&UNDECRYPTABLE, format!("`{id}`"));
                }
                _ => notes.not_told("secretsmanager:GetSecretValue", &error),
            }
            return None;
        }
    };
    let Some(text) = answer["SecretString"].as_str().filter(|text| !text.trim().is_empty()) else {
        notes.find(&EMPTY, format!("`{id}`"));
        return None;
    };
    let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(text) else {
        notes.find(&NOT_AN_OBJECT, format!("`{id}`"));
        return None;
    };
    let is_text = |name: &str| {
        fields.get(name).and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty())
    };
    for name in REQUIRED.into_iter().filter(|name| !is_text(name)) {
        notes.find(&FIELD_MISSING, format!("`{name}`"));
    }
    match SalesforceSecret::parse(text) {
        Ok(secret) => return Some(secret),
        Err(InvalidSecret::LoginUrl) => notes.find(&LOGIN_URL, "`loginUrl` or `audience`"),
        Err(InvalidSecret::Missing(name)) if !REQUIRED.contains(&name) => {
            notes.find(&LOGIN_URL, format!("`{name}` is no text"));
        }
        // Told above.
        Err(InvalidSecret::Missing(_) | InvalidSecret::NotAnObject) => {}
    }
    None
}
