//! `DescribeStateMachineAlias`.

use serde_json::{Map, Value, json};

use super::{Answer, seconds};
use crate::{
    app::Caller,
    arn,
    request::{ARN, Fields},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let alias_arn = fields.required_text("stateMachineAliasArn", ARN);
    fields.finish()?;
    arn::check(alias_arn, "stateMachine")?;
    let alias = caller.engine().alias(alias_arn)?;
    let routes = alias.routes.iter().map(
        |route| json!({ "stateMachineVersionArn": *route.version_arn, "weight": route.weight }),
    );
    let mut answer = Map::new();
    answer.insert("stateMachineAliasArn".into(), (*alias.arn).into());
    answer.insert("name".into(), (*alias.name).into());
    if let Some(description) = &alias.description {
        answer.insert("description".into(), (**description).into());
    }
    answer.insert("routingConfiguration".into(), routes.collect());
    answer.insert("creationDate".into(), seconds(alias.created_at));
    answer.insert("updateDate".into(), seconds(alias.updated_at));
    Ok(Value::Object(answer))
}
