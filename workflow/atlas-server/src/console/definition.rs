//! The definition of a machine, or the one that an execution runs.

use axum::Json;
use serde_json::{Value, json};

use super::{asked::Asked, fault::Fault, views};

/// `GET /console/api/definition?arn=|machine=`
pub(super) async fn show(asked: Asked) -> Result<Json<Value>, Fault> {
    let found = asked.apart(find).await?;
    Ok(Json(json!({ "definition": found.definition, "stateMachineArn": found.state_machine_arn })))
}

/// A definition, and whose it is.
pub(super) struct Found {
    pub(super) definition: Value,
    pub(super) state_machine_arn: String,
}

pub(super) fn find(asked: &Asked) -> Result<Found, Fault> {
    match (asked.text("arn"), asked.text("machine")) {
        (Some(arn), None) => {
            let description = asked.account_of(arn)?.engine().describe(arn)?;
            Ok(Found {
                definition: views::definition(&description).unwrap_or_default(),
                state_machine_arn: description.state_machine_arn.to_string(),
            })
        }
        (None, Some(arn)) => {
            let machine = asked.account_of(arn)?.engine().state_machine(arn)?;
            Ok(Found {
                definition: serde_json::from_str(&machine.text).unwrap_or_default(),
                state_machine_arn: machine.arn.to_string(),
            })
        }
        (Some(_), Some(_)) | (None, None) => {
            Err(Fault::invalid("expected one of the parameters `arn` and `machine`"))
        }
    }
}
