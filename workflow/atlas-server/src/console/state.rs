//! One visit of a state: its data after each step of processing, and the events that tell of it.

use std::collections::HashSet;

use atlas_core::history::{EventId, HistoryEvent};
use atlas_view::data_steps;
use axum::Json;
use serde_json::{Value, json};

use super::{
    asked::Asked,
    events::{MOST_BYTES, within},
    fault::Fault,
    views,
};

/// So many events of one visit are told; all of them are in the execution's.
const MOST_EVENTS: usize = 200;

/// `GET /console/api/state?arn=&visit=`
pub(super) async fn show(asked: Asked) -> Result<Json<Value>, Fault> {
    asked.apart(shown).await.map(Json)
}

fn shown(asked: &Asked) -> Result<Value, Fault> {
    let arn = asked.required("arn")?;
    asked.required("visit")?;
    let visit = asked.number("visit", 1..=EventId::MAX)?.unwrap_or_default();
    let account = asked.account_of(arn)?;
    let seen = asked.views.look(account.engine(), arn)?;
    let no_such_visit = || Fault::missing(format!("no state was entered by event {visit}"));
    let shown = seen.view.visit(visit.into()).ok_or_else(no_such_visit)?;
    let events = account.engine().history(arn)?;
    let definition = views::definition(&seen.description);
    let told = views::told(&seen.description);
    let history = views::history_of(&events);
    let data = data_steps(&seen.view, &told, &history, definition.as_ref(), visit.into());
    let data = data.map_err(|_no_such_visit| no_such_visit())?;
    let events = events_of(&events, visit);
    let events = within(events.into_iter().take(MOST_EVENTS), MOST_BYTES);
    Ok(json!({ "visit": shown, "data": data, "events": events }))
}

/// The events that follow from the entry of a state, up to the next entry.
fn events_of(events: &[HistoryEvent], visit: EventId) -> Vec<&HistoryEvent> {
    let mut own: HashSet<EventId> = HashSet::from([visit]);
    let is_own = |event: &&HistoryEvent| {
        let name = event.event_type();
        let is_inside = name.ends_with("StateEntered") || name.starts_with("Execution");
        let follows = !is_inside && own.contains(&event.previous_event_id);
        event.id == visit || (follows && own.insert(event.id))
    };
    events.iter().filter(is_own).collect()
}
