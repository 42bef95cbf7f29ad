//! `loggingConfiguration`, `tracingConfiguration` and `encryptionConfiguration`: checked, kept, shown.

use atlas_engine::{Machine, Settings};
use serde_json::{Map, Value, json};

use crate::{
    api_error::ApiError,
    request::{ARN, Fields, KMS_KEY_ID},
};

const AWS_OWNED_KEY: &str = "AWS_OWNED_KEY";
const CUSTOMER_MANAGED_KEY: &str = "CUSTOMER_MANAGED_KMS_KEY";

/// Reads the three from a request.
pub(crate) fn read(fields: &mut Fields<'_>) -> Settings {
    check_logging(fields);
    check_tracing(fields);
    check_encryption(fields);
    let mut structure = |name| fields.structure(name).map(|fields| Value::Object(fields.clone()));
    Settings {
        logging: structure("loggingConfiguration").map(completed),
        tracing: structure("tracingConfiguration"),
        encryption: structure("encryptionConfiguration"),
    }
}

fn check_logging(fields: &mut Fields<'_>) {
    let Some(mut logging) = fields.part("loggingConfiguration") else { return };
    logging.word("level", &["ALL", "ERROR", "FATAL", "OFF"]);
    logging.flag("includeExecutionData");
    for mut destination in logging.parts("destinations") {
        if let Some(mut group) = destination.part("cloudWatchLogsLogGroup") {
            group.text("logGroupArn", ARN);
            destination.absorb(group);
        }
        logging.absorb(destination);
    }
    fields.absorb(logging);
}

fn check_tracing(fields: &mut Fields<'_>) {
    if let Some(mut tracing) = fields.part("tracingConfiguration") {
        tracing.flag("enabled");
        fields.absorb(tracing);
    }
}

/// Reads the field `encryptionConfiguration`, which activities have as well.
pub(crate) fn check_encryption(fields: &mut Fields<'_>) {
    let Some(mut encryption) = fields.part("encryptionConfiguration") else { return };
    encryption.require("type");
    encryption.word("type", &[AWS_OWNED_KEY, CUSTOMER_MANAGED_KEY]);
    encryption.text("kmsKeyId", KMS_KEY_ID);
    encryption.number_within("kmsDataKeyReusePeriodSeconds", 60, Some(900));
    fields.absorb(encryption);
}

/// With what AWS fills in.
fn completed(mut logging: Value) -> Value {
    if let Value::Object(fields) = &mut logging {
        fields.entry("level").or_insert_with(|| "OFF".into());
        fields.entry("includeExecutionData").or_insert(Value::Bool(false));
    }
    logging
}

/// What the three say must be possible.
pub(crate) fn check(settings: &Settings) -> Result<(), ApiError> {
    if let Some(encryption) = &settings.encryption {
        check_key(encryption)?;
    }
    // Recorded (test_sfn_api_logs, invalid_logging_configuration).
    let Some(logging) = &settings.logging else { return Ok(()) };
    let destinations = logging["destinations"].as_array().map_or(0, Vec::len);
    if logging["level"] != "OFF" && destinations != 1 {
        return Err(ApiError::invalid_logging("Must specify exactly one Log Destination."));
    }
    // Reported of AWS (terraform-provider-aws #17682); so says botocore of `logGroupArn`, too.
    let group = &logging["destinations"][0]["cloudWatchLogsLogGroup"]["logGroupArn"];
    if logging["level"] != "OFF" && !group.as_str().is_some_and(|arn| arn.ends_with(":*")) {
        return Err(ApiError::invalid_logging(
            "Log Group ARN must be provided with '*' qualifier.",
        ));
    }
    Ok(())
}

/// A key of the customer's needs an id, and AWS's own has none (botocore, `EncryptionConfiguration`).
pub(crate) fn check_key(encryption: &Value) -> Result<(), ApiError> {
    let has_key = encryption.get("kmsKeyId").is_some_and(|id| !id.is_null());
    let has_period =
        encryption.get("kmsDataKeyReusePeriodSeconds").is_some_and(|seconds| !seconds.is_null());
    if encryption["type"] == CUSTOMER_MANAGED_KEY {
        if !has_key {
            return Err(ApiError::invalid_encryption(
                "kmsKeyId must be specified where the type is CUSTOMER_MANAGED_KMS_KEY",
            ));
        }
    } else if has_key || has_period {
        return Err(ApiError::invalid_encryption(
            "kmsKeyId and kmsDataKeyReusePeriodSeconds cannot be specified where the type is \
             AWS_OWNED_KEY",
        ));
    }
    Ok(())
}

/// Adds the settings of a machine to what is told of it.
pub(crate) fn show(machine: &Machine, answer: &mut Map<String, Value>) {
    let Settings { logging, tracing, encryption } = &*machine.settings;
    let none = || json!({ "includeExecutionData": false, "level": "OFF" });
    answer.insert("loggingConfiguration".into(), logging.clone().unwrap_or_else(none));
    let untraced = || json!({ "enabled": false });
    answer.insert("tracingConfiguration".into(), tracing.clone().unwrap_or_else(untraced));
    if let Some(encryption) = encryption {
        answer.insert("encryptionConfiguration".into(), encryption.clone());
    }
}
