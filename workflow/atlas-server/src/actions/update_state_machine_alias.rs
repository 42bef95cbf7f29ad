//! `UpdateStateMachineAlias`.

use atlas_engine::AliasUpdate;
use serde_json::json;

use super::{Answer, create_state_machine_alias::routes, seconds};
use crate::{
    api_error::ApiError,
    app::Caller,
    arn,
    request::{ARN, DESCRIPTION, Fields},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let alias_arn = fields.required_text("stateMachineAliasArn", ARN);
    let description = fields.text("description", DESCRIPTION);
    let routes = routes(&mut fields);
    fields.finish()?;
    arn::check(alias_arn, "stateMachine")?;
    if description.is_none() && routes.is_none() {
        return Err(ApiError::validation(
            "Either description or routing configuration must be specified",
        ));
    }
    let alias = caller.engine().update_alias(alias_arn, AliasUpdate { description, routes })?;
    Ok(json!({ "updateDate": seconds(alias.updated_at) }))
}
