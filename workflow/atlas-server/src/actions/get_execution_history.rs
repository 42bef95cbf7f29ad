//! `GetExecutionHistory`.

use atlas_core::history::{HistoryEvent, Told};
use serde::Serialize;

use super::{Reply, in_seconds};
use crate::{
    api_error::ApiError,
    app::Caller,
    arn, page,
    request::{ARN, Fields, PAGE_TOKEN},
};

/// What an event takes that shows a document of half a kilobyte, such as a lead.
const BYTES_PER_EVENT: usize = 1_024;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct History<'a> {
    events: Vec<Told<'a, f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Result<Reply, ApiError> {
    let execution_arn = fields.required_text("executionArn", ARN);
    let size = fields.number("maxResults", page::MOST);
    let is_reversed = fields.flag("reverseOrder").unwrap_or_default();
    let token = fields.text("nextToken", PAGE_TOKEN);
    let includes_data = fields.flag("includeExecutionData").unwrap_or(true);
    fields.finish()?;
    arn::check(execution_arn, "execution")?;
    let after = page::after_number(token, execution_arn)?;
    // With the one that shows that there is another page.
    let most = page::size(size) + 1;
    let events = caller.engine().history_part(execution_arn, |all| {
        if is_reversed { before(all, after, most) } else { behind(all, after, most) }
    })?;
    let place = |event: &&HistoryEvent| event.id.to_string();
    let page = if is_reversed {
        page::cut(events.iter().rev(), size, execution_arn, place)
    } else {
        page::cut(events.iter(), size, execution_arn, place)
    };
    let events = page.items.into_iter();
    let events = events.map(|event| event.told(in_seconds(event.timestamp), includes_data));
    let history = History { events: events.collect(), next_token: page.next_token };
    // Made large enough at once, where documents are small: growing would copy it again and again.
    let mut text = Vec::with_capacity(BYTES_PER_EVENT * history.events.len());
    serde_json::to_writer(&mut text, &history).expect("names are texts, values are JSON");
    Ok(Reply::Text(text))
}

/// The first events behind one. Ids are gapless from 1, so an event's id says how many stand up to it.
fn behind(all: &[HistoryEvent], after: Option<u64>, most: usize) -> &[HistoryEvent] {
    let begin = index(after.unwrap_or(0)).min(all.len());
    &all[begin..all.len().min(begin + most)]
}

/// The last events before one.
fn before(all: &[HistoryEvent], after: Option<u64>, most: usize) -> &[HistoryEvent] {
    let end = after.map_or(all.len(), |after| index(after.saturating_sub(1)).min(all.len()));
    &all[end.saturating_sub(most)..end]
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
