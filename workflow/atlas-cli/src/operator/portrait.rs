//! An execution in words: how it stands and why, its states, and its data after each step of processing.

use std::{collections::HashMap, fmt::Write as _};

use atlas_view::{
    ExecutionView,
    view::{Status, Visit, Wait, WaitsFor},
};

use super::{Clock, Mask, Subject, Table, arn};
use crate::{duration::human, label::clean};

/// How it stands, and on top of it why it failed.
pub(crate) fn head(subject: &Subject, view: &ExecutionView, clock: &Clock, mask: Mask) -> String {
    let mut text = String::new();
    let mut line = |words: String| {
        text.push_str(&words);
        text.push('\n');
    };
    let machine = clean(arn::machine_name(&view.execution_arn));
    line(format!("{}: {} of {machine}", view.status, clean(&view.name)));
    if let Some(failure) = &view.failure {
        let error = failure.error.as_deref().unwrap_or(match view.status.as_str() {
            "ABORTED" => "stopped, without an error",
            _ => "failed, without an error's name",
        });
        let place = match (&failure.state, failure.attempt) {
            (Some(state), Some(attempt)) if attempt > 1 => {
                format!(" in `{}`, attempt {attempt}", clean(state))
            }
            (Some(state), _) => format!(" in `{}`", clean(state)),
            (None, _) => String::new(),
        };
        line(format!("  why       {}{place} (event {})", clean(&mask.text(error)), failure.event));
        let explained = failure.explained.as_ref();
        let cause = explained.and_then(|it| it.message.as_deref()).or(failure.cause.as_deref());
        if let Some(cause) = cause.filter(|cause| !cause.is_empty()) {
            line(format!("            {}", clean(&mask.text(cause))));
        }
        if let Some(arn) = explained.and_then(|it| it.execution_arn.as_deref()) {
            line(format!("            of {}", clean(arn)));
        }
    }
    line(format!("  arn       {}", clean(&view.execution_arn)));
    line(format!("  started   {}", clock.show(view.started_at)));
    match (view.ended_at, view.deadline) {
        (Some(ended), _) => line(format!(
            "  ended     {}, after {}",
            clock.show(ended),
            human(ended - view.started_at)
        )),
        (None, Some(deadline)) => line(format!(
            "  running   for {}, until {} at the latest",
            human(clock.now() - view.started_at),
            clock.show(deadline)
        )),
        (None, None) => line(format!("  running   for {}", human(clock.now() - view.started_at))),
    }
    if view.redrive_count > 0 {
        line(match view.redrive_count {
            1 => "  redriven  once".to_owned(),
            count => format!("  redriven  {count} times"),
        });
    }
    let reason = subject.told.redrive_status_reason.as_deref().unwrap_or_default();
    if !reason.is_empty() && !matches!(view.status.as_str(), "RUNNING" | "SUCCEEDED") {
        line(format!("  redrive   not possible: {}", clean(reason)));
    }
    if let Some(parent) = &view.parent_arn {
        line(format!("  parent    {}", clean(parent)));
    }
    for child in &view.children {
        line(format!("  started   {}", clean(&child.execution_arn)));
    }
    text
}

/// Its states in the order of their entry, those inside another below it.
pub(crate) fn states(view: &ExecutionView, clock: &Clock, mask: Mask) -> Table {
    let mut table = Table::new(["STATE", "STATUS", "ATTEMPTS", "ENTERED", "TOOK", "WHY"]);
    let mut depths: HashMap<u64, usize> = HashMap::new();
    for visit in &view.visits {
        let depth =
            visit.parent.and_then(|parent| depths.get(&parent)).map_or(0, |depth| depth + 1);
        depths.insert(visit.id, depth);
        table.row([
            format!("{}{}", "· ".repeat(depth), name(visit)),
            word(visit.status).to_owned(),
            visit.attempts.len().max(1).to_string(),
            entered(visit, clock),
            human(visit.exited_at.unwrap_or(clock.now()) - visit.entered_at),
            why(visit, clock, mask),
        ]);
    }
    table
}

/// A state's name, and which turn of its Map this is.
pub(crate) fn name(visit: &Visit) -> String {
    match visit.iteration {
        Some(iteration) => format!("{} [{iteration}]", visit.name),
        None => visit.name.clone(),
    }
}

/// A status in a word.
pub(crate) fn word(status: Status) -> &'static str {
    match status {
        Status::Running => "running",
        Status::Succeeded => "succeeded",
        Status::Caught => "failed, caught",
        Status::Failed => "failed",
        Status::Aborted => "aborted",
        Status::TimedOut => "timed out",
    }
}

/// What is waited for, in words.
pub(crate) fn waiting(wait: &Wait, clock: &Clock) -> String {
    let what = waits_for(wait.waits_for);
    match wait.deadline {
        Some(deadline) if deadline < clock.now() => {
            format!("waits for {what}, overdue since {}", clock.show(deadline))
        }
        Some(deadline) => format!("waits for {what} until {}", clock.show(deadline)),
        None => format!("waits for {what}"),
    }
}

/// What can be waited for, in words.
pub(crate) fn waits_for(what: WaitsFor) -> &'static str {
    match what {
        WaitsFor::Callback => "a callback",
        WaitsFor::Activity => "a worker",
        WaitsFor::Timer => "the time",
        WaitsFor::Retry => "another attempt",
        WaitsFor::Child => "what it started",
        WaitsFor::Task => "an answer",
    }
}

fn entered(visit: &Visit, clock: &Clock) -> String {
    if visit.is_entry_missing { "not known".to_owned() } else { clock.show(visit.entered_at) }
}

/// Why it stands so: what is waited for, how it failed, what it started.
fn why(visit: &Visit, clock: &Clock, mask: Mask) -> String {
    let mut words = String::new();
    if let Some(wait) = &visit.waits {
        words = waiting(wait, clock);
    }
    let failed = visit.attempts.iter().rev().find(|attempt| attempt.error.is_some());
    let of_attempt = failed.map(|it| (it.error.as_deref(), it.cause.as_deref()));
    let of_visit = visit.failure.as_ref().map(|it| (it.error.as_deref(), it.cause.as_deref()));
    if let Some((error, cause)) = of_visit.or(of_attempt) {
        if !words.is_empty() {
            words.push_str(", after ");
        }
        words.push_str(&mask.text(error.unwrap_or("a failure")));
        if let Some(cause) = cause.filter(|cause| !cause.is_empty()) {
            let explained = atlas_view::view::explain(cause).and_then(|it| it.message);
            write!(words, ": {}", mask.text(explained.as_deref().unwrap_or(cause)))
                .expect("a String takes every text");
        }
    }
    words
}
