//! The machines, and what a form to start one needs to know.

use atlas_engine::Machine;
use axum::Json;
use serde_json::{Value, json};

use super::{asked::Asked, fault::Fault};

/// `GET /console/api/machines`
pub(super) async fn list(asked: Asked) -> Result<Json<Value>, Fault> {
    asked.apart(listed).await.map(Json)
}

fn listed(asked: &Asked) -> Result<Value, Fault> {
    let account = asked.account()?;
    let mocks = asked.app.mocks();
    let machines = account.engine().state_machines();
    let told = machines.iter().map(|machine| {
        let Machine { arn, name, execution_type, created_at, .. } = &**machine;
        let form = asked.app.start_form(name);
        let samples = form.map_or(&[][..], |form| &form.samples);
        let samples = samples.iter().map(|(name, input)| json!({ "name": name, "input": input }));
        json!({
            "stateMachineArn": arn,
            "name": name,
            "type": execution_type.as_str(),
            "createdAt": created_at.as_millis(),
            "mockCases": mocks.iter().flat_map(|mocks| mocks.cases(name)).collect::<Vec<_>>(),
            "inputSchema": form.map(|form| &form.input_schema),
            "sampleInputs": samples.collect::<Vec<_>>(),
        })
    });
    Ok(json!({ "machines": told.collect::<Vec<_>>() }))
}
