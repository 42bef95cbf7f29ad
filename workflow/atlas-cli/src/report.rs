//! What came of a run, for a reader and for a script.

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
    sync::mpsc,
};

use atlas_asl::model::ExecutionType;
use atlas_core::{Outcome as Ending, Timestamp, history::HistoryEvent};
use atlas_engine::Time;
use serde_json::{Value, json};

use crate::{
    failure::{Failure, Outcome},
    host::{self, Ended, Plan},
    label::clean,
    live,
    outcome::outcome_lines,
    personal::hidden,
    row_budget::RowBudget,
    span::StateSpan,
    span_tracker::SpanTracker,
    terminal,
    time_spent::where_time_went,
    timeline::timeline,
    tree::{Colour, tree_line},
};

/// A tree in a file is as wide as it needs to be, within reason.
const TREE_COLUMNS: usize = 160;

/// Runs a plan. Where `show` says so, it is introduced once nothing refuses it, and on a terminal
/// the states appear as they come and go.
pub(crate) fn watched(plan: Plan, show: Show) -> Result<Vec<Ended>, Failure> {
    if show == Show::Later {
        return host::run(plan, None);
    }
    let introduction = introduction(&plan);
    if !io::stdout().is_terminal() {
        let ended = host::run(plan, None)?;
        writeln!(io::stdout(), "{introduction}\n")?;
        return Ok(ended);
    }
    let time = plan.time;
    let (watch, happened) = mpsc::channel();
    let screen = std::thread::spawn(move || live::show(&happened, &introduction, time));
    let ended = host::run(plan, Some(watch));
    // The screen stops by itself once nothing can happen any more.
    let shown = screen.join();
    let ended = ended?;
    if let Ok(result) = shown {
        result?;
    }
    Ok(ended)
}

/// Whether a run is shown while it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// As it goes on.
    Live,
    /// Not before it has ended.
    Later,
}

/// What is run, with what, in one line.
fn introduction(plan: &Plan) -> String {
    let mut parts = Vec::new();
    match plan.input.value().get("interactionKey").and_then(Value::as_str) {
        Some(key) => parts.push(format!("lead {}", clean(key))),
        None => parts.extend(plan.machines.first().map(|(name, ..)| clean(name))),
    }
    parts.extend(plan.case.as_ref().map(|case| format!("mock case {}", clean(case))));
    parts.push(match plan.time {
        Time::Real => "in real time".to_owned(),
        Time::SkippingWaits => "waits take no time".to_owned(),
    });
    parts.join(" · ")
}

/// Prints the states (unless they were shown as they came), the timeline, where the time went and
/// how each execution ended.
pub(crate) fn print(ended: &[Ended]) -> Result<(), Failure> {
    let spans = spans(ended);
    let width = terminal::width();
    let mut out = io::stdout().lock();
    if !out.is_terminal() {
        let mut machine = "";
        let mut budget = RowBudget::default();
        for span in &spans {
            if !budget.shows(span) {
                continue;
            }
            if span.machine != machine {
                machine = &span.machine;
                writeln!(out, "{}", clean(machine))?;
            }
            writeln!(out, "  {}", tree_line(span, Colour::Plain, TREE_COLUMNS))?;
        }
        if budget.hidden > 0 {
            writeln!(out, "  … and {} more", budget.hidden)?;
        }
    }
    writeln!(out, "\nTimeline\n{}", timeline(&spans, width).trim_end())?;
    writeln!(out, "\n{}", where_time_went(&spans, width).trim_end())?;
    writeln!(out, "\nOutcome")?;
    for line in outcome_lines(ended) {
        writeln!(out, "{}", format!("  {line}").trim_end())?;
    }
    out.flush()?;
    Ok(())
}

/// Exit code 0 where every execution has succeeded; otherwise 1, with state, error and cause.
pub(crate) fn conclude(ended: &[Ended]) -> Outcome {
    let failed = ended.iter().find_map(|execution| {
        let failure = execution.description.outcome.as_ref()?.failure()?;
        Some((execution, failure))
    });
    let Some((execution, failure)) = failed else { return Ok(ExitCode::SUCCESS) };
    let description = &execution.description;
    let mut message =
        format!("{} ended as {}", clean(&description.state_machine_name), description.status());
    if let Some(state) = last_state(execution) {
        message.push_str(&format!(" in state `{}`", clean(&state)));
    }
    let words = [&failure.error, &failure.cause].into_iter().flatten();
    for words in words.filter(|words| !words.is_empty()) {
        message.push_str(&format!(": {}", clean(words)));
    }
    Err(Failure::theirs(hidden(&message)))
}

/// Everything about a run as one document: times in RFC 3339, events as `GetExecutionHistory` gives
/// them.
pub(crate) fn document(ended: &[Ended], milliseconds_to_ring: Option<i64>) -> Value {
    let last = ended.last().map(|execution| &execution.description);
    let failure = last.and_then(|it| it.outcome.as_ref()).and_then(Ending::failure);
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
    let executions: Vec<Value> = ended
        .iter()
        .map(|Ended { description, history }| {
            let output = match &description.outcome {
                Some(Ending::Succeeded { output }) => output.value().clone(),
                Some(Ending::Failed(_) | Ending::TimedOut(_) | Ending::Aborted(_)) | None => {
                    Value::Null
                }
            };
            let failure = description.outcome.as_ref().and_then(Ending::failure);
            json!({
                "executionArn": *description.execution_arn,
                "stateMachine": *description.state_machine_name,
                "type": description.execution_type.as_str(),
                "status": description.status(),
                "output": output,
                "error": failure.and_then(|failure| failure.error.as_deref()),
                "cause": failure.and_then(|failure| failure.cause.as_deref()),
                "startedAt": description.started_at.to_string(),
                "endedAt": time(description.ended_at),
                "events": history.iter().map(event).collect::<Vec<_>>(),
            })
        })
        .collect();
    let ended_at = ended.iter().filter_map(|execution| execution.description.ended_at).max();
    json!({
        "status": last.map(|description| description.status()),
        "error": failure.and_then(|failure| failure.error.as_deref()),
        "cause": failure.and_then(|failure| failure.cause.as_deref()),
        "startedAt": time(ended.first().map(|execution| execution.description.started_at)),
        "endedAt": time(ended_at),
        "millisecondsToRing": milliseconds_to_ring,
        "executions": executions,
    })
}

/// An event as `GetExecutionHistory` gives it, its time in RFC 3339.
pub(crate) fn event(event: &HistoryEvent) -> Value {
    event.to_json(event.timestamp.to_string().into())
}

/// Prints one document.
pub(crate) fn print_json(document: &Value) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, document).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

/// How long the visitor waited: from the first start to the moment when Connect had answered. The
/// task that holds the callback is submitted then.
pub(crate) fn milliseconds_to_ring(ended: &[Ended]) -> Option<i64> {
    use atlas_core::history::Detail;
    let began = ended.first()?.description.started_at;
    let call = ended
        .iter()
        .filter(|it| it.description.execution_type == ExecutionType::Standard)
        .find(|it| *it.description.state_machine_name == *definitions::call::NAME)?;
    let submitted =
        call.history.iter().find(|event| matches!(event.detail, Detail::TaskSubmitted { .. }))?;
    Some(submitted.timestamp.millis_since(began))
}

fn spans(ended: &[Ended]) -> Vec<StateSpan> {
    ended
        .iter()
        .flat_map(|execution| {
            let mut tracker = SpanTracker::new(&execution.description.state_machine_name);
            execution.history.iter().for_each(|event| tracker.take_in(event));
            tracker.spans
        })
        .collect()
}

/// The state that was entered last: where the execution ended.
pub(crate) fn last_state(execution: &Ended) -> Option<String> {
    use atlas_core::history::Detail;
    execution.history.iter().rev().find_map(|event| match &event.detail {
        Detail::StateEntered { name, .. } => Some(name.to_string()),
        _ => None,
    })
}
