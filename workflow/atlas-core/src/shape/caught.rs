//! What a catcher hands on.

use serde_json::{Map, Value, json};

use super::{
    paths::combine,
    templates::{assign, json_path_template, jsonata_output},
};
use crate::{
    Failure, Payload,
    branch::BranchId,
    failure::StateFailure,
    program::{CatchShape, CompiledCatcher},
    scope::StateScope,
    states::Shaped,
    step::Cx,
};

/// What a catcher hands on.
pub(crate) fn caught(
    cx: &Cx<'_>,
    id: BranchId,
    index: usize,
    catcher: &CompiledCatcher,
    failure: &Failure,
) -> Result<Shaped, StateFailure> {
    let input = &cx.branch(id).input;
    let error_output = Payload::from(error_output(failure));
    match &catcher.shape {
        CatchShape::JsonPath { result_path, assign: template } => {
            let scope = StateScope::new(cx, id, error_output.value());
            let assigned =
                assign(template.as_ref(), |template| json_path_template(template, &scope))?;
            Ok(Shaped { output: combine(result_path, input, &error_output)?, assigned })
        }
        CatchShape::Jsonata { output, assign } => {
            let scope =
                StateScope::new(cx, id, input.value()).with_error_output(error_output.value());
            let output = output.as_ref();
            let mut shaped = jsonata_output(
                &scope,
                output,
                assign.as_ref(),
                &format!("Catch[{index}]/"),
                &error_output,
            )?;
            if output.is_none() {
                shaped.output = error_output.clone();
            }
            Ok(shaped)
        }
    }
}

/// The error output of AWS: `Error`, and `Cause` where there is one.
fn error_output(failure: &Failure) -> Value {
    match failure {
        // Recorded for a token that came back without either (test_sfn_send_task_failure…).
        Failure { error: None, cause: None } => json!({ "Error": null, "Cause": null }),
        Failure { error, cause } => {
            let mut fields = Map::new();
            fields.insert("Error".to_owned(), json!(error));
            fields.insert("Cause".to_owned(), json!(cause.as_deref().unwrap_or_default()));
            Value::Object(fields)
        }
    }
}
