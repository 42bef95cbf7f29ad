//! A lead, its call, and a secret.

use definitions::contract::{CreateLeadInput, Lead, UpdateLeadInput};
use serde_json::json;

use crate::{
    environment::Environment,
    observe::Code,
    records::PhoneHashKey,
    salesforce::{SalesforceError, SalesforceErrorKind},
    secrets::SalesforceSecret,
};

const PRIVATE_KEY: &str = include_str!("private_key.pem");
/// The other half of the key in [`secret`].
pub(crate) const PUBLIC_KEY: &str = include_str!("public_key.pem");

/// A lead as the chat takes it.
pub(crate) fn lead() -> Lead {
    create_lead_input().lead
}

/// The input of the first step.
pub(crate) fn create_lead_input() -> CreateLeadInput {
    serde_json::from_value(json!({
        "interactionKey": "k-1", "source": "lex",
        "lead": {
            "firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com",
            "phone": "+14155550123", "company": "Analytical Engines", "topic": "pricing",
            "notes": "",
        },
    }))
    .unwrap()
}

/// The input of the last step.
pub(crate) fn outcome() -> UpdateLeadInput {
    serde_json::from_value(json!({
        "interactionKey": "k-1", "leadId": "00Q5e00000ADA01EXA", "attempt": 1,
        "outcome": "ANSWERED", "contactId": "contact-1",
        "disconnectReason": "CUSTOMER_DISCONNECT", "connectedAt": "2026-11-20T17:05:10Z",
        "endedAt": "2026-11-20T17:06:00Z", "talkSeconds": 50,
    }))
    .unwrap()
}

/// A secret with a key of this folder.
pub(crate) fn secret(login_url: &str) -> SalesforceSecret {
    let text = json!({
        "consumerKey": "consumer", "username": "robot@example.com", "privateKey": PRIVATE_KEY,
        "loginUrl": login_url, "audience": "https://login.salesforce.com",
    });
    SalesforceSecret::parse(&text.to_string()).unwrap()
}

/// Region and credentials, and `url` for all of AWS.
pub(crate) fn aws_at(url: &str) -> Environment {
    Environment::from_iter([
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_ENDPOINT_URL", url),
    ])
}

/// A key for hashes.
pub(crate) fn phone_hash_key() -> PhoneHashKey {
    PhoneHashKey::new(*b"0123456789abcdef").unwrap()
}

/// An error of this kind.
pub(crate) fn salesforce_error(kind: SalesforceErrorKind) -> SalesforceError {
    SalesforceError { kind, code: Code::new("TEST"), cause: "as asked".to_owned() }
}
