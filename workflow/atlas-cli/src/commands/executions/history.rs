//! `atlas executions history`.

use std::{
    io::{self, Write as _},
    process::ExitCode,
    time::Duration,
};

use atlas_view::{Event, UnreadableEvent};
use serde_json::Value;

use super::Desk;
use crate::{
    arguments::executions::HistoryOf,
    failure::{Failure, Outcome},
    operator::{
        Progress, Subject, Table,
        api::{Order, is_end},
        arn, say_missing,
    },
};

/// How often there are new ones: AWS's limit is 20 calls a second for a whole account.
const ASKED_EACH: Duration = Duration::from_secs(1);

pub(super) async fn run(desk: &Desk, asked: HistoryOf) -> Outcome {
    let execution_arn = desk.execution(&asked.which).await?;
    desk.may_show("history", &execution_arn)?;
    let is_logged =
        arn::kind(&execution_arn) == Some(arn::Kind::Express) || asked.which.logs.are_given();
    if !asked.follow {
        let events = match is_logged {
            true => logged(desk, &execution_arn, &asked).await?,
            false => read(desk, &execution_arn, &asked).await?,
        };
        print(desk, &events)?;
        return Ok(ExitCode::SUCCESS);
    }
    if is_logged {
        return Err(Failure::ours(
            "--follow asks for events as they happen, and those of an EXPRESS execution are told when it has \
             ended; expected a STANDARD one",
        ));
    }
    follow(desk, &execution_arn, &asked).await
}

/// Those that are wanted of an execution that is told of elsewhere.
async fn logged(
    desk: &Desk,
    execution_arn: &str,
    asked: &HistoryOf,
) -> Result<Vec<Value>, Failure> {
    let subject = Subject::of(&desk.reached, execution_arn, &asked.which.logs).await?;
    say_missing(&subject.view());
    let mut events = subject.events;
    if asked.reverse {
        events.reverse();
    }
    Ok(wanted(events, asked, most(asked)))
}

/// As many as are wanted, in their order.
async fn read(desk: &Desk, execution_arn: &str, asked: &HistoryOf) -> Result<Vec<Value>, Failure> {
    let order = if asked.reverse { Order::NewestFirst } else { Order::OldestFirst };
    let progress = Progress::open("reading events");
    let (mut events, mut next) = (Vec::new(), None);
    loop {
        let left = most(asked) - events.len();
        let at_most = if asked.failed { usize::MAX } else { left };
        let page = desk.reached.api.events(execution_arn, order, at_most, next).await?;
        events.extend(wanted(page.items, asked, left));
        progress.at(events.len());
        next = page.next;
        if next.is_none() || events.len() >= most(asked) {
            return Ok(events);
        }
    }
}

/// Prints what there is, and what comes, until the execution has ended.
async fn follow(desk: &Desk, execution_arn: &str, asked: &HistoryOf) -> Outcome {
    let (mut last, mut left) = (0, most(asked));
    loop {
        let new = desk.reached.api.events_after(execution_arn, last).await?;
        last = new.last().and_then(|event| event["id"].as_u64()).unwrap_or(last);
        let has_ended = new.last().is_some_and(is_end);
        let events = wanted(new, asked, left);
        left -= events.len();
        print(desk, &events)?;
        if has_ended || left == 0 {
            return Ok(ExitCode::SUCCESS);
        }
        tokio::time::sleep(ASKED_EACH).await;
    }
}

fn wanted(events: Vec<Value>, asked: &HistoryOf, at_most: usize) -> Vec<Value> {
    let wanted = events.into_iter().filter(|event| !asked.failed || is_failure(event));
    wanted.take(at_most).collect()
}

fn most(asked: &HistoryOf) -> usize {
    asked.limit.map_or(usize::MAX, |limit| limit as usize)
}

fn print(desk: &Desk, events: &[Value]) -> Result<(), Failure> {
    if desk.json {
        let mut out = io::stdout().lock();
        for event in events {
            writeln!(out, "{}", desk.mask.value(event))?;
        }
        return Ok(());
    }
    let mut table = Table::new(["ID", "TIME", "EVENT", "STATE OR RESOURCE", "ERROR"]);
    for event in events.iter().filter_map(|event| read_event(event).ok()) {
        table.row([
            event.id.to_string(),
            desk.clock.show(event.at_ms),
            event.event_type.clone(),
            about(&event),
            desk.mask.text(&error(&event)),
        ]);
    }
    table.print()?;
    Ok(())
}

/// An event of the API, or a record of CloudWatch Logs.
fn read_event(event: &Value) -> Result<Event, UnreadableEvent> {
    Event::of_api(event)
        .or_else(|fault| Event::of_log_record(event).map(|(_, event)| event).map_err(|_| fault))
}

/// What it is about, in a word or two.
fn about(event: &Event) -> String {
    if let Some(name) = event.text("name") {
        return match event.number("index") {
            Some(index) => format!("{name} [{index}]"),
            None => name.to_owned(),
        };
    }
    let called = event.text("resourceType").zip(event.text("resource"));
    let called = called.map(|(service, action)| format!("{service}:{action}"));
    called.or_else(|| event.text("resource").map(str::to_owned)).unwrap_or_default()
}

fn error(event: &Event) -> String {
    match (event.text("error"), event.text("cause")) {
        (Some(error), Some(cause)) => format!("{error}: {cause}"),
        (Some(text), None) | (None, Some(text)) => text.to_owned(),
        (None, None) => String::new(),
    }
}

/// Whether it tells of something that did not end well.
fn is_failure(event: &Value) -> bool {
    let name = event["type"].as_str().unwrap_or_default();
    ["Failed", "TimedOut", "Aborted"].iter().any(|end| name.ends_with(end))
}
