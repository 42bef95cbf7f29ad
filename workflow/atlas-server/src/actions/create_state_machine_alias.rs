//! `CreateStateMachineAlias`: idempotent by name, description and routes.

use std::fmt::Write as _;

use atlas_engine::Route;
use serde_json::json;

use super::{Answer, seconds};
use crate::{
    app::Caller,
    request::{ALIAS_NAME, ARN, DESCRIPTION, Fields},
};

/// An alias leads to one version, or to two.
const MOST_ROUTES: usize = 2;

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let name = fields.required_text("name", ALIAS_NAME);
    let description = fields.text("description", DESCRIPTION);
    fields.require("routingConfiguration");
    let routes = routes(&mut fields).unwrap_or_default();
    fields.finish()?;
    let alias = caller.engine().create_alias(name, description, routes)?;
    Ok(json!({
        "creationDate": seconds(alias.created_at),
        "stateMachineAliasArn": *alias.arn,
    }))
}

/// Reads the field `routingConfiguration`.
pub(super) fn routes(fields: &mut Fields<'_>) -> Option<Vec<Route>> {
    const FIELD: &str = "routingConfiguration";
    fields.list(FIELD)?;
    let mut routes = Vec::new();
    for mut item in fields.parts(FIELD) {
        let version_arn = item.required_text("stateMachineVersionArn", ARN);
        item.require("weight");
        let weight = item.number("weight", 100).unwrap_or_default();
        fields.absorb(item);
        let weight = u32::try_from(weight).unwrap_or(u32::MAX);
        routes.push(Route { version_arn: version_arn.into(), weight });
    }
    let constraint = match routes.len() {
        0 => "Member must have length greater than or equal to 1".to_owned(),
        1..=MOST_ROUTES => return Some(routes),
        _ => format!("Member must have length less than or equal to {MOST_ROUTES}"),
    };
    fields.violated(&format!(" '{}'", shown(&routes)), FIELD, &constraint);
    Some(routes)
}

/// As AWS shows them (recorded: test_sfn_api_aliasing, create_alias_invalid_router_configs).
fn shown(routes: &[Route]) -> String {
    let mut shown = String::new();
    for Route { version_arn, weight } in routes {
        let comma = if shown.is_empty() { "" } else { ", " };
        let _ = write!(
            shown,
            "{comma}RoutingConfigurationListItem(stateMachineVersionArn={version_arn}, \
             weight={weight})"
        );
    }
    format!("[{shown}]")
}
