//! Every error name of the pipeline, once. `Retry` and `Catch` match on them: they are public API.

/// The payload broke the contract. Not retried.
pub const INPUT_INVALID: &str = "Input.Invalid";
/// Secrets Manager did not answer. Retried.
pub const SECRETS_UNAVAILABLE: &str = "Secrets.Unavailable";
/// The assertion was refused, also after the secret was read afresh. Not retried.
pub const SALESFORCE_AUTH_FAILED: &str = "Salesforce.AuthFailed";
/// The org's request limit, or its login rate. Retried slowly.
pub const SALESFORCE_THROTTLED: &str = "Salesforce.Throttled";
/// A 5xx, a timeout, a locked row. Retried.
pub const SALESFORCE_UNAVAILABLE: &str = "Salesforce.Unavailable";
/// A validation, a duplicate rule, a missing field. Not retried.
pub const SALESFORCE_REJECTED: &str = "Salesforce.Rejected";
/// The model has too much to do. Once more, then the template.
pub const BEDROCK_THROTTLED: &str = "Bedrock.Throttled";
/// The model did not answer. Once more, then the template.
pub const BEDROCK_UNAVAILABLE: &str = "Bedrock.Unavailable";
/// The model's answer is no scenario. Once more, then the template.
pub const BEDROCK_INVALID_SCENARIO: &str = "Bedrock.InvalidScenario";
/// Connect's rate, or our own pace. Retried with the same `ClientToken`.
pub const CONNECT_THROTTLED: &str = "Connect.Throttled";
/// Connect did not answer. Retried with the same `ClientToken`.
pub const CONNECT_UNAVAILABLE: &str = "Connect.Unavailable";
/// Connect calls no such number. Not retried.
pub const CONNECT_DESTINATION_NOT_ALLOWED: &str = "Connect.DestinationNotAllowed";
/// Connect may not call out. Not retried.
pub const CONNECT_NOT_PERMITTED: &str = "Connect.NotPermitted";
/// Our own gate refused: hours, consent, suppression, country, attempts. Not retried.
pub const CALL_NOT_ALLOWED: &str = "Call.NotAllowed";
/// DynamoDB did not answer. Retried.
pub const STORE_UNAVAILABLE: &str = "Store.Unavailable";

/// Every name.
pub const ALL: [&str; 15] = [
    INPUT_INVALID,
    SECRETS_UNAVAILABLE,
    SALESFORCE_AUTH_FAILED,
    SALESFORCE_THROTTLED,
    SALESFORCE_UNAVAILABLE,
    SALESFORCE_REJECTED,
    BEDROCK_THROTTLED,
    BEDROCK_UNAVAILABLE,
    BEDROCK_INVALID_SCENARIO,
    CONNECT_THROTTLED,
    CONNECT_UNAVAILABLE,
    CONNECT_DESTINATION_NOT_ALLOWED,
    CONNECT_NOT_PERMITTED,
    CALL_NOT_ALLOWED,
    STORE_UNAVAILABLE,
];
