//! The two secrets: the key to Salesforce, which somebody puts in, and the key under which numbers are hashed, which
//! nobody needs to see.

use serde_json::{Value, json};

use crate::{arn::name, template::Resources};

/// The secret with the key to Salesforce.
pub(crate) const SALESFORCE: &str = "SalesforceSecret";
const PHONE_HASH_KEY: &str = "PhoneHashKey";

pub(crate) fn add(resources: &mut Resources) {
    resources.insert(
        SALESFORCE.to_owned(),
        json!({
            "#": "Empty until somebody fills it in: CloudFormation would keep what a template says.",
            "Type": "AWS::SecretsManager::Secret",
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "Name": name("salesforce"),
                "Description": "JSON: consumerKey of the External Client App, username, privateKey (RSA, PEM); where it is \
                                not production, loginUrl and audience.",
            },
        }),
    );
    resources.insert(
        PHONE_HASH_KEY.to_owned(),
        json!({
            "#": "It never changes: under another key every number would be another one, also on the suppression list.",
            "Type": "AWS::SecretsManager::Secret",
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "Name": name("phone-hash-key"),
                "Description": "The key under which phone numbers are hashed in tables and indexes. Never change it.",
                "GenerateSecretString": { "PasswordLength": 48, "ExcludePunctuation": true },
            },
        }),
    );
}

/// Put in by CloudFormation when a function is created or changed, so that no start waits for it. Whoever may read the
/// function's configuration can read it; Lambda keeps it encrypted.
pub(crate) fn phone_hash_key() -> Value {
    json!({ "Fn::Sub": format!("{{{{resolve:secretsmanager:${{{PHONE_HASH_KEY}}}}}}}") })
}
