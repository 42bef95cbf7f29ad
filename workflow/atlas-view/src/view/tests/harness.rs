//! Histories in words, and views as lines.

use expect_test::Expect;
use serde_json::{Map, Value, json};

use crate::{
    Event, ExecutionView, History, Told,
    view::{Visit, view},
};

pub(crate) const ARN: &str = "arn:aws:states:us-east-1:111111111111:execution:m:e";

/// Events, one a line: `3<2 TaskScheduled resource=invoke timeoutInSeconds=5`. The n-th happens n seconds after
/// the epoch, unless it says `@SECONDS`. The first word without `=` behind the type is the state's name.
pub(crate) fn history(lines: &str) -> History {
    History::of(lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(event))
}

fn event(line: &str) -> Event {
    let mut words = line.split_whitespace();
    let (id, previous) = words.next().unwrap().split_once('<').unwrap();
    let id: u64 = id.parse().unwrap();
    let mut seconds = i64::try_from(id).unwrap();
    let event_type = words.next().unwrap().to_owned();
    let mut details = Map::new();
    for word in words {
        if let Some(at) = word.strip_prefix('@') {
            seconds = at.parse().unwrap();
            continue;
        }
        let (name, value) = word.split_once('=').unwrap_or(("name", word));
        let number =
            matches!(name, "index" | "length" | "redriveCount") || name.ends_with("InSeconds");
        let value = if number { value.parse::<u64>().unwrap().into() } else { value.into() };
        details.insert(name.to_owned(), value);
    }
    Event {
        id,
        previous_id: previous.parse().unwrap(),
        at_ms: seconds * 1_000,
        event_type,
        details,
    }
}

/// A machine of these states, which begins with the first of them.
pub(crate) fn machine(states: Value) -> Value {
    let first = states.as_object().unwrap().keys().next().unwrap().clone();
    json!({ "StartAt": first, "States": states })
}

pub(crate) fn see(lines: &str, definition: Option<&Value>) -> ExecutionView {
    view(&Told::of_arn(ARN), &history(lines), definition)
}

pub(crate) fn check(lines: &str, definition: Option<&Value>, expected: Expect) {
    expected.assert_eq(&told(&see(lines, definition)));
}

/// The view as lines: visits indented by depth, with their attempts.
pub(crate) fn told(view: &ExecutionView) -> String {
    let mut text = format!("{} {}..", view.status, seconds(view.started_at));
    text += &view.ended_at.map(seconds).unwrap_or_default();
    if let Some(failure) = &view.failure {
        text += &format!(
            " because {} in {} attempt {} event {}",
            failure.error.as_deref().unwrap_or("-"),
            failure.state.as_deref().unwrap_or("-"),
            failure.attempt.unwrap_or(0),
            failure.event
        );
    }
    for (from, to) in &view.gaps {
        text += &format!(" gap {from}-{to}");
    }
    text += "\n";
    for visit in &view.visits {
        text += &line(view, visit);
        text += "\n";
    }
    for child in &view.children {
        text += &format!("child {} of {}#{}\n", child.execution_arn, child.visit, child.attempt);
    }
    text
}

fn line(view: &ExecutionView, visit: &Visit) -> String {
    let mut depth = 0;
    let mut around = visit.parent;
    while let Some(parent) = around {
        depth += 1;
        around = view.visits.iter().find(|visit| visit.id == parent).unwrap().parent;
    }
    let mut line = format!("{}{} {}", "  ".repeat(depth), visit.id, visit.name);
    if let Some(branch) = visit.branch {
        line += &format!(" branch {branch}");
    }
    if let Some(iteration) = visit.iteration {
        line += &format!(" item {iteration}");
    }
    line += &format!(" {} {}..", visit.status.word(), seconds(visit.entered_at));
    line += &visit.exited_at.map(seconds).unwrap_or_default();
    for attempt in &visit.attempts {
        line += &format!(" #{} {}", attempt.number, attempt.status.word());
        line += &format!(" {}..", seconds(attempt.started_at));
        line += &attempt.ended_at.map(seconds).unwrap_or_default();
        line += &attempt.error.as_ref().map(|error| format!(" {error}")).unwrap_or_default();
    }
    if let Some(waits) = &visit.waits {
        let until = waits.deadline.map(seconds).unwrap_or("?".to_owned());
        line += &format!(" waits for {} {}..{until}", waits.waits_for.word(), seconds(waits.since));
    }
    line
}

fn seconds(millis: i64) -> String {
    format!("{}", millis as f64 / 1_000.0)
}
