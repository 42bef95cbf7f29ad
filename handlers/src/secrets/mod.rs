//! Secrets: what Salesforce knows us by, read once, kept fresh beside the traffic, and never shown.

mod sensitive;

mod salesforce_secret;

mod source;

mod cached;
mod secrets_manager;

#[cfg(test)]
mod against_secrets_manager;

pub use self::{
    cached::{CachedSecret, Held},
    salesforce_secret::{InvalidSecret, SalesforceSecret},
    secrets_manager::SecretsManager,
    sensitive::Sensitive,
    source::{Secrets, SecretsUnavailable},
};
