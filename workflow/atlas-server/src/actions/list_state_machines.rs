//! `ListStateMachines`.

use serde_json::{Map, Value, json};

use super::{Answer, seconds};
use crate::{
    app::Caller,
    page,
    request::{Fields, PAGE_TOKEN},
};

const LISTING: &str = "state machines";

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let size = fields.number("maxResults", page::MOST);
    let token = fields.text("nextToken", PAGE_TOKEN);
    fields.finish()?;
    let after = page::after(token, LISTING)?;
    let mut machines = caller.engine().state_machines();
    machines.retain(|machine| after.as_deref().is_none_or(|after| &*machine.name > after));
    let page = page::cut(machines, size, LISTING, |machine| machine.name.to_string());
    let machines = page.items.iter().map(|machine| {
        json!({
            "stateMachineArn": *machine.arn,
            "name": *machine.name,
            "type": machine.execution_type.as_str(),
            "creationDate": seconds(machine.created_at),
        })
    });
    let mut answer = Map::new();
    answer.insert("stateMachines".into(), machines.collect());
    page.tell_next(&mut answer);
    Ok(Value::Object(answer))
}
