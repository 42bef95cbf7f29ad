//! How long each operation takes.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;
use thiserror::Error;

use crate::service::Service;

/// Latencies per service and operation. An operation without one of its own has its service's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latency {
    delays: BTreeMap<(Service, Option<String>), Delay>,
}

/// The delay on a connection that served a request before, and on a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Delay {
    reused: Duration,
    new: Duration,
}

/// A latency profile that cannot be read.
#[derive(Debug, Error)]
pub enum LatencyError {
    /// Not JSON.
    #[error("the latency profile is not JSON: {0}")]
    NotJson(#[from] serde_json::Error),
    /// JSON of another form.
    #[error(
        "`{place}` in the latency profile is `{found}`; expected milliseconds, `{{\"reused\": 200, \"new\": \
         800}}`, or per service an object from operations (or `*`) to these"
    )]
    Form {
        /// Where, as service or service and operation.
        place: String,
        /// What stands there.
        found: String,
    },
    /// A service that is not played.
    #[error("`{0}` in the latency profile is no service; there are {names}", names = names())]
    NoSuchService(String),
}

fn names() -> String {
    Service::ALL.map(Service::name).join(", ")
}

impl Latency {
    /// No delay anywhere.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// What the system that Atlas replaces measured: Secrets Manager 300 ms; Salesforce login 200 ms, call
    /// 200 ms on a reused connection and 800 ms on a new one; DynamoDB 100 ms; Bedrock 700 ms; Connect 800 ms.
    #[must_use]
    pub fn seed() -> Self {
        let flat = |ms| Delay { reused: Duration::from_millis(ms), new: Duration::from_millis(ms) };
        let call = Delay { reused: Duration::from_millis(200), new: Duration::from_millis(800) };
        Self {
            delays: BTreeMap::from([
                ((Service::SecretsManager, None), flat(300)),
                ((Service::Salesforce, Some("login".to_owned())), flat(200)),
                ((Service::Salesforce, None), call),
                ((Service::DynamoDb, None), flat(100)),
                ((Service::Bedrock, None), flat(700)),
                ((Service::Connect, None), flat(800)),
            ]),
        }
    }

    /// Reads a profile: `{"dynamodb": 100, "salesforce": {"login": 200, "*": {"reused": 200, "new": 800}}}`.
    ///
    /// # Errors
    /// Where the text is no such profile.
    pub fn from_json(text: &str) -> Result<Self, LatencyError> {
        let document: Value = serde_json::from_str(text)?;
        let services = document.as_object().ok_or_else(|| form("the document", &document))?;
        let mut delays = BTreeMap::new();
        for (name, given) in services {
            let service =
                Service::named(name).ok_or_else(|| LatencyError::NoSuchService(name.clone()))?;
            if let Some(delay) = delay(given) {
                delays.insert((service, None), delay);
                continue;
            }
            for (operation, given) in given.as_object().ok_or_else(|| form(name, given))? {
                let delay =
                    delay(given).ok_or_else(|| form(&format!("{name}.{operation}"), given))?;
                let operation = (operation != "*").then(|| operation.clone());
                delays.insert((service, operation), delay);
            }
        }
        Ok(Self { delays })
    }

    /// The delay of one call.
    #[must_use]
    pub fn of(&self, service: Service, operation: &str, new_connection: bool) -> Duration {
        self.delays
            .get(&(service, Some(operation.to_owned())))
            .or_else(|| self.delays.get(&(service, None)))
            .map_or(Duration::ZERO, |delay| if new_connection { delay.new } else { delay.reused })
    }
}

fn delay(given: &Value) -> Option<Delay> {
    let milliseconds = |value: &Value| value.as_u64().map(Duration::from_millis);
    if let Some(both) = milliseconds(given) {
        return Some(Delay { reused: both, new: both });
    }
    let object = given.as_object().filter(|object| object.len() == 2)?;
    Some(Delay {
        reused: milliseconds(object.get("reused")?)?,
        new: milliseconds(object.get("new")?)?,
    })
}

fn form(place: &str, found: &Value) -> LatencyError {
    LatencyError::Form { place: place.to_owned(), found: found.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_profile_is_the_measured_table() {
        let seed = Latency::seed();
        for (service, operation, new, milliseconds) in [
            (Service::SecretsManager, "GetSecretValue", true, 300),
            (Service::Salesforce, "login", true, 200),
            (Service::Salesforce, "upsertLead", true, 800),
            (Service::Salesforce, "upsertLead", false, 200),
            (Service::DynamoDb, "PutItem", false, 100),
            (Service::Bedrock, "Converse", false, 700),
            (Service::Connect, "StartOutboundVoiceContact", false, 800),
            (Service::Sqs, "ReceiveMessage", true, 0),
        ] {
            assert_eq!(
                seed.of(service, operation, new),
                Duration::from_millis(milliseconds),
                "{service} {operation}"
            );
        }
    }

    #[test]
    fn a_file_says_delays_by_service_and_by_operation() {
        let latency = Latency::from_json(
            r#"{"dynamodb": 7, "salesforce": {"login": 1, "*": {"reused": 2, "new": 3}}}"#,
        )
        .unwrap();
        let ms = |service, operation, new| latency.of(service, operation, new).as_millis();
        assert_eq!(ms(Service::DynamoDb, "GetItem", false), 7);
        assert_eq!(ms(Service::Salesforce, "login", true), 1);
        assert_eq!(ms(Service::Salesforce, "getLead", false), 2);
        assert_eq!(ms(Service::Salesforce, "getLead", true), 3);
    }

    #[test]
    fn what_is_no_profile_is_refused_with_its_place() {
        for (text, expected) in [
            ("[]", "`the document`"),
            ("{", "not JSON"),
            (r#"{"dynamo": 1}"#, "`dynamo` in the latency profile is no service"),
            (r#"{"sqs": "fast"}"#, "`sqs` in the latency profile is `\"fast\"`"),
            (r#"{"sqs": {"SendMessage": -1}}"#, "`sqs.SendMessage`"),
        ] {
            let error = Latency::from_json(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
