//! `ListStateMachineAliases`: of a machine, or those that lead to one version.

use atlas_engine::{EngineError, QualifiedArn, Qualifier};
use serde_json::{Map, Value, json};

use super::{Answer, seconds};
use crate::{
    app::Caller,
    arn, page,
    request::{ARN, Fields, PAGE_TOKEN},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let given_arn = fields.required_text("stateMachineArn", ARN);
    let token = fields.text("nextToken", PAGE_TOKEN);
    let size = fields.number("maxResults", page::MOST);
    fields.finish()?;
    arn::check(given_arn, "stateMachine")?;
    let listing = format!("aliases of {given_arn}");
    let after = page::after_number(token, &listing)?;
    let QualifiedArn { machine_arn, qualifier } = QualifiedArn::parse(given_arn);
    let mut aliases = match qualifier {
        None => caller.engine().aliases(machine_arn)?,
        Some(Qualifier::Version(number)) => {
            if caller.engine().version(machine_arn, number).is_err() {
                return Err(EngineError::ResourceNotFound(given_arn.to_owned()).into());
            }
            let mut aliases = caller.engine().aliases(machine_arn)?;
            aliases.retain(|alias| alias.routes.iter().any(|it| *it.version_arn == *given_arn));
            aliases
        }
        Some(Qualifier::Alias(_) | Qualifier::Label(_)) => {
            return Err(EngineError::StateMachineDoesNotExist(given_arn.to_owned()).into());
        }
    };
    aliases.retain(|alias| after.is_none_or(|after| alias.sequence > after));
    let page = page::cut(aliases, size, &listing, |alias| alias.sequence.to_string());
    let aliases = page.items.iter().map(|alias| {
        json!({
            "creationDate": seconds(alias.created_at),
            "stateMachineAliasArn": *alias.arn,
        })
    });
    let mut answer = Map::new();
    answer.insert("stateMachineAliases".into(), aliases.collect());
    page.tell_next(&mut answer);
    Ok(Value::Object(answer))
}
