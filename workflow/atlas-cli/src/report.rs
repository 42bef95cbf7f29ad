//! What came of a run, for a reader and for a script.

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
    sync::mpsc,
};

use atlas_asl::model::ExecutionType;
use atlas_core::{Outcome as Ending, Timestamp, history::HistoryEvent};
use serde_json::{Value, json};

use crate::{
    failure::{Failure, Outcome},
    host::{self, Ended, Plan},
    label::clean,
    live,
    span::StateSpan,
    span_tracker::SpanTracker,
    time_spent::where_time_went,
    timeline::timeline,
    tree::{Colour, tree_line},
};

/// Runs a plan. On a terminal, and where `show` says so, the states appear as they come and go.
pub(crate) fn watched(plan: Plan, show: bool) -> Result<Vec<Ended>, Failure> {
    if !show || !io::stdout().is_terminal() {
        return host::run(plan, None);
    }
    let (watch, happened) = mpsc::channel();
    let screen = std::thread::spawn(move || live::show(happened, colour()));
    let ended = host::run(plan, Some(watch));
    // The screen stops by itself once nothing can happen any more.
    let shown = screen.join();
    let ended = ended?;
    if let Ok(result) = shown {
        result?;
    }
    Ok(ended)
}

/// Prints the states, the timeline, where the time went and how each execution ended.
pub(crate) fn print(ended: &[Ended]) -> Result<(), Failure> {
    let spans = spans(ended);
    let mut out = io::stdout().lock();
    if !out.is_terminal() {
        let mut machine = "";
        for span in &spans {
            if span.machine != machine {
                machine = &span.machine;
                writeln!(out, "{}", clean(machine))?;
            }
            writeln!(out, "  {}", tree_line(span, Colour::Plain))?;
        }
    }
    writeln!(out, "\nTimeline\n{}", timeline(&spans, width()).trim_end())?;
    writeln!(out, "\n{}", where_time_went(&spans).trim_end())?;
    writeln!(out, "\nOutcome")?;
    for execution in ended {
        let description = &execution.description;
        writeln!(
            out,
            "  {} {} {}",
            clean(&description.state_machine_name),
            description.execution_type.as_str(),
            description.status()
        )?;
        match &description.outcome {
            Some(Ending::Succeeded { output }) => {
                writeln!(out, "    output {}", clean(output.text()))?;
            }
            Some(
                Ending::Failed(failure) | Ending::TimedOut(failure) | Ending::Aborted(failure),
            ) => {
                if let Some(error) = &failure.error {
                    writeln!(out, "    error {}", clean(error))?;
                }
                if let Some(cause) = &failure.cause {
                    writeln!(out, "    cause {}", clean(cause))?;
                }
            }
            None => {}
        }
    }
    if let Some(milliseconds) = milliseconds_to_ring(ended) {
        writeln!(out, "  the phone rang after {}", crate::duration::human(milliseconds))?;
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
    if let Some(error) = &failure.error {
        message.push_str(&format!(": {}", clean(error)));
    }
    if let Some(cause) = failure.cause.as_ref().filter(|cause| !cause.is_empty()) {
        message.push_str(&format!(": {}", clean(cause)));
    }
    Err(Failure::theirs(message))
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
fn last_state(execution: &Ended) -> Option<String> {
    use atlas_core::history::Detail;
    execution.history.iter().rev().find_map(|event| match &event.detail {
        Detail::StateEntered { name, .. } => Some(name.to_string()),
        _ => None,
    })
}

/// Colour, unless somebody asked for none (no-color.org).
fn colour() -> Colour {
    if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        Colour::Plain
    } else {
        Colour::Ansi
    }
}

fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.unwrap_or(100).clamp(60, 200)
}
