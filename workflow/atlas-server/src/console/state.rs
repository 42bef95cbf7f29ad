//! One visit of a state: its data after each step of processing, and the events that tell of it.

use atlas_core::history::EventId;
use atlas_view::{data_steps, view::events_of_visit};
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
    let own = events_of_visit(&history, definition.as_ref(), visit.into());
    let events = events.iter().filter(|event| own.binary_search(&event.id.into()).is_ok());
    let events = within(events.take(MOST_EVENTS), MOST_BYTES);
    Ok(json!({ "visit": shown, "data": data, "events": events }))
}
