//! `loggingConfiguration`, `tracingConfiguration` and `encryptionConfiguration`: checked, kept, shown.

use atlas_engine::{Machine, Settings};
use serde_json::{Map, Value, json};

use crate::{api_error::ApiError, request::Fields};

/// Reads the three from a request.
pub(crate) fn read(fields: &mut Fields<'_>) -> Settings {
    let mut structure = |name| fields.structure(name).map(|fields| Value::Object(fields.clone()));
    Settings {
        logging: structure("loggingConfiguration").map(completed),
        tracing: structure("tracingConfiguration"),
        encryption: structure("encryptionConfiguration"),
    }
}

/// With what AWS fills in.
fn completed(mut logging: Value) -> Value {
    if let Value::Object(fields) = &mut logging {
        fields.entry("level").or_insert_with(|| "OFF".into());
        fields.entry("includeExecutionData").or_insert(Value::Bool(false));
    }
    logging
}

/// Recorded (test_sfn_api_logs, invalid_logging_configuration).
pub(crate) fn check(settings: &Settings) -> Result<(), ApiError> {
    let Some(logging) = &settings.logging else { return Ok(()) };
    let destinations = logging["destinations"].as_array().map_or(0, Vec::len);
    if logging["level"] != "OFF" && destinations != 1 {
        return Err(ApiError::invalid_logging("Must specify exactly one Log Destination."));
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
