//! `model`: the language model answers.
//!
//! It is asked for one token. `GetFoundationModelAvailability` would not do: it knows no inference profiles
//! and takes a permission that no handler needs, while `bedrock:InvokeModel` is the one that they need.

use handlers::environment::{Variable, variables};
use serde_json::json;

use crate::{
    aws::{Api, AwsError, BEDROCK},
    examination::Cx,
    finding::Kind,
    notes::Notes,
};

pub(crate) const VARIABLES: [&Variable; 2] =
    [&variables::BEDROCK_MODEL_ID, &variables::AWS_ENDPOINT_URL_BEDROCK_RUNTIME];

pub(crate) static DENIED: Kind = Kind::error(
    "model.denied",
    "the account has no access to the model, or whoever looks lacks `bedrock:InvokeModel` on it",
    "have access to the model granted in Bedrock's console, and allow the call on the profile and on the model in \
     each of its Regions; meanwhile calls are made with the template's scenario",
);
pub(crate) static NEEDS_PROFILE: Kind = Kind::error(
    "model.needs-profile",
    "this model is asked by an inference profile only",
    "put the Region's prefix before the id (`us.`, `eu.`, `apac.` or `global.`)",
);
pub(crate) static UNKNOWN: Kind = Kind::error(
    "model.unknown",
    "there is no model or inference profile of this id, in this Region",
    "look into Bedrock's list of inference profiles of this Region; old models are taken away",
);
pub(crate) static NOT_READY: Kind = Kind::warning(
    "model.throttled",
    "the model answers that it is asked too much",
    "look at the quotas of the model; calls are made with the template's scenario where it does not answer",
);

pub(crate) async fn look(cx: &Cx, notes: &mut Notes, api: &Api) -> Option<()> {
    let id = cx.deployment.text(&variables::BEDROCK_MODEL_ID)?;
    let id = id.trim();
    let asked = json!({
        "messages": [{ "role": "user", "content": [{ "text": "Hello" }] }],
        "inferenceConfig": { "maxTokens": 1 },
    });
    let error = match api.post(&BEDROCK, &["model", id, "converse"], &asked).await {
        Ok(_) => {
            notes.fact(id);
            return Some(());
        }
        Err(error) => error,
    };
    let AwsError::Refused { code, message, .. } = &error else {
        notes.unable(format!("Bedrock: {error}"));
        return None;
    };
    let seen = format!("`{id}`");
    match code.as_str() {
        "AccessDeniedException" => notes.find(&DENIED, seen),
        "ResourceNotFoundException" => notes.find(&UNKNOWN, seen),
        "ThrottlingException" | "ServiceQuotaExceededException" => notes.find(&NOT_READY, seen),
        // Bedrock tells the two of them by words alone.
        "ValidationException" if message.contains("inference profile") => {
            notes.find(&NEEDS_PROFILE, seen);
        }
        "ValidationException" if message.contains("identifier is invalid") => {
            notes.find(&UNKNOWN, seen);
        }
        _ => notes.not_told("bedrock:InvokeModel", &error),
    }
    None
}
