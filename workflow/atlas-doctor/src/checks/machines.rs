//! `machines`: both are there, of their types, and with the definitions that this program renders.

use definitions::{Definition, machines};
use handlers::environment::{Variable, variables};
use serde_json::{Value, json};

use super::drift::substituted;
use crate::{
    aws::{Api, STEP_FUNCTIONS},
    examination::Cx,
    finding::Kind,
    notes::Notes,
};

pub(crate) const VARIABLES: [&Variable; 2] =
    [&variables::ATLAS_ENGINE_WORKFLOW_ARN, &variables::AWS_ENDPOINT_URL_SFN];

pub(crate) static ABSENT: Kind = Kind::error(
    "machines.absent",
    "there is no such state machine, in this account and Region",
    "deploy the template, or correct `ATLAS_ENGINE_WORKFLOW_ARN`",
);
pub(crate) static OTHER_TYPE: Kind = Kind::error(
    "machines.other-type",
    "the state machine is of the other type, which cannot be changed",
    "delete it and deploy the template",
);
pub(crate) static NOT_ACTIVE: Kind = Kind::error(
    "machines.not-active",
    "the state machine is being deleted",
    "wait until it is gone, and deploy the template",
);
pub(crate) static DRIFT: Kind = Kind::warning(
    "machines.drift",
    "the deployed definition is another one than this program renders",
    "deploy the template of this version, or look with the version that was deployed",
);

/// How the definition of the first machine names the second.
const CALL_MACHINE: &str = "AtlasEngineCallWorkflowArn";

pub(crate) async fn look(cx: &Cx, notes: &mut Notes, api: &Api) -> Option<()> {
    let arn = cx.deployment.text(&variables::ATLAS_ENGINE_WORKFLOW_ARN)?;
    let [lead_to_call, call] = machines();
    let call_arn = look_at(notes, api, &lead_to_call, arn.trim()).await?;
    // Where the definition does not tell it, it has its usual name beside the first.
    let beside = || {
        let (place, _) = arn.trim().split_once(":stateMachine:")?;
        Some(format!("{place}:stateMachine:{}", call.name))
    };
    let call_arn = call_arn.or_else(beside)?;
    look_at(notes, api, &call, &call_arn).await.map(drop)
}

/// Looks at one machine, and gives the ARN of the one that it starts, if its definition tells.
async fn look_at(
    notes: &mut Notes,
    api: &Api,
    expected: &Definition,
    arn: &str,
) -> Option<Option<String>> {
    let name = expected.name;
    let described = match described(api, arn).await {
        Ok(described) => described,
        Err((_, error)) if is_absent(error.code()) => {
            notes.find(&ABSENT, format!("`{name}`"));
            return None;
        }
        Err((permission, error)) => {
            notes.not_told(permission, &error);
            return None;
        }
    };
    let kind = expected.execution_type.as_str();
    if described["type"].as_str().is_some_and(|told| told != kind) {
        notes.find(&OTHER_TYPE, format!("`{name}`; expected {kind}"));
    }
    // A version has no status.
    if described["status"].as_str().is_some_and(|status| status != "ACTIVE") {
        notes.find(&NOT_ACTIVE, format!("`{name}`"));
    }
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let rendered = read(&atlas_asl::render::render(&expected.machine));
    let deployed = read(described["definition"].as_str().unwrap_or_default());
    match substituted(&rendered, &deployed) {
        Ok(found) => Some(found.get(CALL_MACHINE).cloned()),
        Err(place) => {
            notes.find(&DRIFT, format!("`{name}` at `{place}`"));
            Some(None)
        }
    }
}

/// A machine, or the version that an alias sends most executions to.
async fn described(api: &Api, arn: &str) -> Result<Value, (&'static str, crate::aws::AwsError)> {
    let qualifier = arn.split(':').nth(7);
    let is_alias = qualifier.is_some_and(|name| !name.bytes().all(|byte| byte.is_ascii_digit()));
    let mut arn = arn.to_owned();
    if is_alias {
        let asked = json!({ "stateMachineAliasArn": arn });
        let alias = api.call(&STEP_FUNCTIONS, "DescribeStateMachineAlias", &asked).await;
        let alias = alias.map_err(|error| ("states:DescribeStateMachineAlias", error))?;
        let versions = alias["routingConfiguration"].as_array().into_iter().flatten();
        let most = versions.max_by_key(|version| version["weight"].as_u64());
        if let Some(version) = most.and_then(|version| version["stateMachineVersionArn"].as_str()) {
            version.clone_into(&mut arn);
        }
    }
    let asked = json!({ "stateMachineArn": arn });
    let described = api.call(&STEP_FUNCTIONS, "DescribeStateMachine", &asked).await;
    described.map_err(|error| ("states:DescribeStateMachine", error))
}

fn is_absent(code: &str) -> bool {
    ["StateMachineDoesNotExist", "ResourceNotFound", "InvalidArn"].contains(&code)
}
