//! Secrets Manager: the Salesforce credentials, and any secret that the options bring.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    aws::{ACCOUNT, Answer, REGION, Refusal},
    clock,
    options::CredentialsKept,
    world::{World, lock},
};

/// The secret with the Salesforce credentials: JSON with `consumerKey`, `username`, `privateKey` and
/// `audience`.
pub(crate) const SALESFORCE_SECRET: &str = "atlas/salesforce";
pub(crate) const CONSUMER_KEY: &str = "3MVG9sandboxConsumerKey";
pub(crate) const USERNAME: &str = "integration@atlas.example";
pub(crate) const AUDIENCE: &str = "https://login.salesforce.com";

const TEST_KEYS: [&str; 2] =
    [include_str!("../data/test-key-first.pem"), include_str!("../data/test-key-second.pem")];

/// Which of the test keys Salesforce trusts, and since when.
#[derive(Debug)]
pub(crate) struct Keys {
    rotations: usize,
    since: Timestamp,
}

impl Default for Keys {
    fn default() -> Self {
        Self { rotations: 0, since: Timestamp::now() }
    }
}

impl Keys {
    pub(crate) fn rotate(&mut self) {
        self.rotations += 1;
        self.since = Timestamp::now();
    }

    /// The private key in PEM that Salesforce trusts.
    pub(crate) fn current(&self) -> &'static str {
        Self::key(self.rotations)
    }

    /// A key that it does not trust.
    fn another(&self) -> &'static str {
        Self::key(self.rotations + 1)
    }

    /// Without the remark above it.
    fn key(number: usize) -> &'static str {
        let text = TEST_KEYS[number % TEST_KEYS.len()];
        text.find("-----BEGIN").and_then(|start| text.get(start..)).unwrap_or(text)
    }

    fn version(&self) -> String {
        format!("00000000-0000-4000-8000-{:012}", self.rotations + 1)
    }
}

pub(crate) fn answer(world: &World, operation: &str, body: &Value) -> Answer {
    let asked = body["SecretId"].as_str().unwrap_or_default();
    let prefix = format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:");
    // An ARN ends in six characters of AWS's choice, and is found without them too.
    let name = asked
        .strip_prefix(&prefix)
        .map_or(asked, |rest| rest.strip_suffix("-Sandbx").unwrap_or(rest));
    let keys = lock(&world.keys);
    let secret = match world.options.secrets.get(name) {
        Some(secret) => Some(secret.clone()),
        None if name == SALESFORCE_SECRET => credentials(world.options.credentials, &keys),
        None => None,
    };
    let Some(secret) = secret else {
        return Err(missing("Secrets Manager can't find the specified secret."));
    };
    // No value is empty: AWS takes none that is shorter than a character.
    let has_value = !secret.is_empty();
    let created = clock::epoch_seconds(keys.since);
    let version = keys.version();
    let mut shown =
        json!({ "ARN": format!("{prefix}{name}-Sandbx"), "Name": name, "CreatedDate": created });
    if operation == "DescribeSecret" {
        if has_value {
            shown["VersionIdsToStages"] = json!({ version: ["AWSCURRENT"] });
        }
        shown["LastChangedDate"] = json!(created);
        return Ok(shown);
    }
    let stage = body["VersionStage"].as_str().unwrap_or("AWSCURRENT");
    if stage != "AWSCURRENT" || !has_value {
        return Err(missing(&format!(
            "Secrets Manager can't find the specified secret value for staging label: {stage}"
        )));
    }
    if let Some(id) = body["VersionId"].as_str().filter(|id| *id != version) {
        return Err(missing(&format!(
            "Secrets Manager can't find the specified secret value for VersionId: {id}"
        )));
    }
    shown["VersionId"] = json!(version);
    shown["VersionStages"] = json!(["AWSCURRENT"]);
    shown["SecretString"] = json!(secret);
    world.counters.add("secretReads", name);
    Ok(shown)
}

/// The Salesforce credentials, as far as they are kept.
fn credentials(kept: CredentialsKept, keys: &Keys) -> Option<String> {
    let key = match kept {
        CredentialsKept::Absent => return None,
        CredentialsKept::Empty => return Some(String::new()),
        CredentialsKept::MalformedKey => {
            "-----BEGIN PRIVATE KEY-----\nsandbox\n-----END PRIVATE KEY-----\n"
        }
        CredentialsKept::AnotherKey => keys.another(),
        CredentialsKept::Whole | CredentialsKept::Without(_) => keys.current(),
    };
    let mut fields = json!({
        "consumerKey": CONSUMER_KEY,
        "username": USERNAME,
        "audience": AUDIENCE,
        "privateKey": key,
    });
    if let (CredentialsKept::Without(field), Some(fields)) = (kept, fields.as_object_mut()) {
        fields.shift_remove(field);
    }
    Some(fields.to_string())
}

fn missing(message: &str) -> Refusal {
    Refusal::new(400, "ResourceNotFoundException", message)
}
