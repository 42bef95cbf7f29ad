//! `GetExecutionHistory`.

use atlas_core::history::HistoryEvent;
use serde_json::{Map, Value};

use super::{Answer, seconds};
use crate::{
    app::Caller,
    arn, page,
    request::{ARN, Fields, PAGE_TOKEN},
};

/// What `includeExecutionData: false` leaves out of the details of an event.
const DATA: &[&str] = &[
    "input",
    "inputDetails",
    "output",
    "outputDetails",
    "parameters",
    "assignedVariables",
    "assignedVariablesDetails",
];

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let execution_arn = fields.required_text("executionArn", ARN);
    let size = fields.number("maxResults", page::MOST);
    let is_reversed = fields.flag("reverseOrder").unwrap_or_default();
    let token = fields.text("nextToken", PAGE_TOKEN);
    let includes_data = fields.flag("includeExecutionData").unwrap_or(true);
    fields.finish()?;
    arn::check(execution_arn, "execution")?;
    let after = page::after_number(token, execution_arn)?;
    let events = caller.engine().history(execution_arn)?;
    let place = |event: &HistoryEvent| event.id.to_string();
    let page = if is_reversed {
        let events = events.into_iter().rev();
        let events = events.filter(|event| after.is_none_or(|after| u64::from(event.id) < after));
        page::cut(events, size, execution_arn, place)
    } else {
        let events = events.into_iter();
        let events = events.filter(|event| after.is_none_or(|after| u64::from(event.id) > after));
        page::cut(events, size, execution_arn, place)
    };
    let events = page.items.iter().map(|event| {
        let mut told = event.to_json(seconds(event.timestamp));
        if !includes_data {
            leave_out_data(&mut told);
        }
        told
    });
    let mut answer = Map::new();
    answer.insert("events".into(), events.collect());
    page.tell_next(&mut answer);
    Ok(Value::Object(answer))
}

fn leave_out_data(event: &mut Value) {
    for details in event.as_object_mut().into_iter().flat_map(Map::values_mut) {
        if let Value::Object(details) = details {
            details.retain(|field, _| !DATA.contains(&field.as_str()));
        }
    }
}
