//! Where the time of the last executions went, with all that they started.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use atlas_engine::{
    Engine,
    archive::{Listing, Of, Status},
};
use atlas_profile::{Executed, Report, Run, html, markdown, report};
use atlas_view::History;
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};

use super::{asked::Asked, fault::Fault, views};

const DEFAULT_LAST: usize = 50;
const MOST_LAST: usize = 200;
/// So many nested executions of one are looked at.
const MOST_NESTED: usize = 20;
/// So many events are looked at, and so many bytes of what they tell; what is left of the executions then is not.
const MOST_EVENTS: usize = 100_000;
const MOST_BYTES: usize = 64 << 20;

/// The page of a report stands alone: it has its style within it, and runs nothing.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
     frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox";

#[derive(Debug, Clone, Copy)]
enum Format {
    Json,
    Html,
    Markdown,
}

/// `GET /console/api/profile?machine=&last=N&format=json|html|markdown`
pub(super) async fn show(asked: Asked) -> Result<Response, Fault> {
    let _turn = asked.turn().await;
    asked.apart(shown).await
}

fn shown(asked: &Asked) -> Result<Response, Fault> {
    let last = asked.number("last", 1..=MOST_LAST)?.unwrap_or(DEFAULT_LAST);
    let formats = [("json", Format::Json), ("html", Format::Html), ("markdown", Format::Markdown)];
    let format = asked.word("format", &formats)?.unwrap_or(Format::Json);
    let report = reported(asked, last)?;
    let (content_type, text) = match format {
        Format::Json => {
            let text = serde_json::to_string(&report).expect("a report is of numbers and texts");
            ("application/json", text)
        }
        Format::Html => ("text/html; charset=utf-8", html(&report)),
        Format::Markdown => ("text/markdown; charset=utf-8", markdown(&report)),
    };
    let mut response = ([(header::CONTENT_TYPE, content_type)], text).into_response();
    if matches!(format, Format::Html) {
        let policy = HeaderValue::from_static(PAGE_POLICY);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

fn reported(asked: &Asked, last: usize) -> Result<Report, Fault> {
    let (account, of) = match asked.text("machine") {
        Some(arn) => (asked.account_of(arn)?, Of::Arn(arn)),
        None => (asked.account()?, Of::Place),
    };
    let engine = account.engine();
    let ended = Status::ALL.into_iter().filter(|status| *status != Status::Running);
    let listing = Listing { statuses: ended.collect(), ..Listing::of(of, last) };
    let mut waiting: VecDeque<Arc<str>> = VecDeque::new();
    for summary in engine.list(&listing)?.executions {
        waiting.push_back(Arc::clone(&summary.identity.execution_arn));
    }
    let mut known: HashSet<Arc<str>> = waiting.iter().cloned().collect();
    let (mut executions, mut events, mut bytes, mut unread) = (Vec::new(), 0, 0, 0);
    while let Some(arn) = waiting.pop_front() {
        if events > MOST_EVENTS || bytes > MOST_BYTES {
            unread += 1;
            continue;
        }
        // One that was forgotten meanwhile took no time that anybody can tell of.
        let Ok(executed) = executed(asked, engine, &arn) else { continue };
        events += executed.history.events.len();
        bytes += bytes_of(&executed.history);
        executions.push(executed);
        let nested = engine.list(&Listing::of(Of::StartedBy(&arn), MOST_NESTED))?;
        unread += usize::from(nested.next.is_some());
        for nested in nested.executions {
            let arn = &nested.identity.execution_arn;
            if known.insert(Arc::clone(arn)) {
                waiting.push_back(Arc::clone(arn));
            }
        }
    }
    Ok(report(&Run::of(executions), &[]).with_unread(unread))
}

/// The texts of a history, which are nearly all of it.
fn bytes_of(history: &History) -> usize {
    let details = history.events.iter().flat_map(|event| event.details.values());
    details.map(|value| value.as_str().map_or(0, str::len)).sum()
}

fn executed(asked: &Asked, engine: &Engine, arn: &str) -> Result<Executed, Fault> {
    let seen = asked.views.look(engine, arn)?;
    Ok(Executed {
        view: (*seen.view).clone(),
        history: Arc::new(views::history_of(&engine.history(arn)?)),
        definition: views::definition(&seen.description).map(Arc::new),
    })
}
