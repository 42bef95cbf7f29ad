//! What came of a run, for a reader and for a script.

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
    sync::mpsc,
};

use atlas_core::{Outcome as Ending, Timestamp, history::HistoryEvent};
use atlas_engine::Time;
use atlas_local::ExternalCall;
use atlas_view::{Event, History, Told, view};
use serde_json::{Value, json};

use crate::{
    external_call,
    failure::{Failure, Outcome},
    floor::Floor,
    host::{Ended, Happened},
    label::clean,
    live,
    outcome::outcome_lines,
    personal::hidden,
    ring::Ring,
    row_budget::RowBudget,
    span::StateSpan,
    span_tracker::SpanTracker,
    terminal,
    time_outside::time_outside,
    time_spent::where_time_went,
    timeline::timeline,
    tree::{Colour, tree_line},
};

/// A tree in a file is as wide as it needs to be, within reason.
const TREE_COLUMNS: usize = 160;

/// A run that has ended, and what is known of it.
pub(crate) struct Report {
    /// The executions, in the order in which they were started.
    pub(crate) ended: Vec<Ended>,
    /// What handlers called.
    pub(crate) calls: Vec<ExternalCall>,
    /// When the phone rang.
    pub(crate) ring: Option<Ring>,
}

impl Report {
    /// Of a run without handlers.
    pub(crate) fn without_calls(ended: Vec<Ended>) -> Self {
        let ring = Ring::of(&ended, &[], None);
        Self { ended, calls: Vec::new(), ring }
    }
}

/// Whoever is told what happens in a run.
pub(crate) type Watch = Option<mpsc::Sender<Happened>>;

/// Runs something. Where `show` says so, it is introduced once nothing refuses it, and on a terminal
/// the states appear as they come and go.
pub(crate) fn watched<T>(
    introduction: String,
    time: Time,
    show: Show,
    run: impl FnOnce(Watch) -> Result<T, Failure>,
) -> Result<T, Failure> {
    if show == Show::Later {
        return run(None);
    }
    if !io::stdout().is_terminal() {
        let ended = run(None)?;
        writeln!(io::stdout(), "{introduction}\n")?;
        return Ok(ended);
    }
    let (watch, happened) = mpsc::channel();
    let screen = std::thread::spawn(move || live::show(&happened, &introduction, time));
    let ended = run(Some(watch));
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
pub(crate) fn introduction(what: String, how: Option<String>, time: Time) -> String {
    let time = match time {
        Time::Real => "in real time",
        Time::SkippingWaits => "waits take no time",
    };
    [Some(what), how, Some(time.to_owned())].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Of several leads, one after the other, the last is shown, and how soon the phone rang for each.
pub(crate) fn print_all(reports: &[Report]) -> Result<(), Failure> {
    let Some((last, earlier)) = reports.split_last() else { return Ok(()) };
    print(last)?;
    if earlier.is_empty() {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    writeln!(out, "\nEach time")?;
    for (index, report) in reports.iter().enumerate() {
        let rang = report.ring.as_ref().map_or_else(|| "did not ring".to_owned(), Ring::told);
        writeln!(out, "  {:>4}  {rang}", index + 1)?;
    }
    Ok(())
}

/// Prints the states (unless they were shown as they came), the timeline, where the time went and
/// how each execution ended.
pub(crate) fn print(report: &Report) -> Result<(), Failure> {
    let spans = spans(&report.ended);
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
    if !report.calls.is_empty() {
        let calls = timeline(&external_call::spans(&report.calls), width);
        writeln!(out, "\nCalls to services outside\n{}", calls.trim_end())?;
        writeln!(out, "\n{}", time_outside(&report.calls, width).trim_end())?;
    }
    writeln!(out, "\nOutcome")?;
    for line in outcome_lines(report) {
        writeln!(out, "{}", format!("  {line}").trim_end())?;
    }
    out.flush()?;
    Ok(())
}

/// Exit code 0 where every execution has succeeded; otherwise 1, with state, error and cause.
pub(crate) fn conclude<'a>(ended: impl IntoIterator<Item = &'a Ended>) -> Outcome {
    let failed = ended.into_iter().find_map(|execution| {
        let failure = execution.description.outcome.as_ref()?.failure()?;
        Some((execution, failure))
    });
    let Some((execution, failure)) = failed else { return Ok(ExitCode::SUCCESS) };
    let description = &execution.description;
    let mut message =
        format!("{} ended as {}", clean(&description.state_machine_name), description.status());
    if let Some(state) = failed_state(execution) {
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
pub(crate) fn document(report: &Report) -> Value {
    let Report { ended, calls, ring } = report;
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
        "millisecondsToRing": ring.as_ref().map(|ring| ring.after_ms),
        "floorMilliseconds":
            ring.as_ref().and_then(|ring| ring.floor.as_ref()).map(Floor::milliseconds),
        "externalCalls": calls.iter().map(external_call::document).collect::<Vec<_>>(),
        "executions": executions,
    })
}

/// The last of several leads, and those before it.
pub(crate) fn documents(reports: &[Report]) -> Value {
    let Some((last, earlier)) = reports.split_last() else { return Value::Null };
    let mut last = document(last);
    if !earlier.is_empty() {
        last["earlier"] = earlier.iter().map(document).collect();
    }
    last
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

/// The state whose failure ended the execution, or in which it was alone when it was ended.
pub(crate) fn failed_state(execution: &Ended) -> Option<String> {
    let description = &execution.description;
    let failure = description.outcome.as_ref().and_then(Ending::failure);
    let told = Told {
        status: Some(description.status().to_string()),
        error: failure.and_then(|failure| failure.error.as_deref().map(str::to_owned)),
        cause: failure.and_then(|failure| failure.cause.as_deref().map(str::to_owned)),
        ..Told::of_arn(&*description.execution_arn)
    };
    let events = execution.history.iter().filter_map(|it| Event::of_api(&event(it)).ok());
    view(&told, &History::of(events), None).failure?.state
}
