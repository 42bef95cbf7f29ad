//! One fact as a line of JSON.

use std::borrow::Cow;

use atlas_core::{
    ChildId, Event, Fact, Failure, MapRunId, MapRunLimits, Outcome, Payload, Seed, TaskId, TimerId,
    Timestamp,
};
use serde::{Deserialize, Serialize};

/// A fact, and when.
#[derive(Debug, Serialize, Deserialize)]
struct Line<'a> {
    at: i64,
    #[serde(flatten, borrow)]
    fact: Kept<'a>,
}

/// Payloads stand in it as texts, so that they come back to the byte.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all_fields = "camelCase")]
enum Kept<'a> {
    Started { input: Cow<'a, str>, seed: String },
    ActivityScheduled { task: u32 },
    ActivityStarted { task: u32, worker_name: Option<Cow<'a, str>> },
    TaskSubmitted { task: u32, output: Cow<'a, str> },
    TaskSucceeded { task: u32, output: Cow<'a, str> },
    TaskFailed { task: u32, error: Option<Cow<'a, str>>, cause: Option<Cow<'a, str>> },
    TaskHeartbeat { task: u32 },
    TimerFired { timer: u32 },
    ChildEnded { child: u32, attempt: u32, outcome: KeptOutcome<'a> },
    MapRunUpdated { map_run: u32, limits: KeptLimits },
    Redriven,
    Stopped { error: Option<Cow<'a, str>>, cause: Option<Cow<'a, str>> },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "SCREAMING_SNAKE_CASE")]
enum KeptOutcome<'a> {
    Succeeded { output: Cow<'a, str> },
    Failed { error: Option<Cow<'a, str>>, cause: Option<Cow<'a, str>> },
    TimedOut { error: Option<Cow<'a, str>>, cause: Option<Cow<'a, str>> },
    Aborted { error: Option<Cow<'a, str>>, cause: Option<Cow<'a, str>> },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeptLimits {
    max_concurrency: Option<u64>,
    tolerated_failure_count: Option<u64>,
    tolerated_failure_percentage: Option<f64>,
}

/// A line that is none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordError {
    #[error("a fact is not readable: {0}")]
    Line(#[from] serde_json::Error),
    #[error("the seed of an execution is not 64 hexadecimal digits")]
    Seed,
}

/// The line of a fact, without its end.
pub(crate) fn line(event: &Event) -> String {
    let line = Line { at: event.at.as_millis(), fact: kept(&event.fact) };
    serde_json::to_string(&line).expect("a fact has text keys only")
}

/// The facts of a record.
pub(crate) fn events(record: &str) -> Result<Vec<Event>, RecordError> {
    record.lines().map(event).collect()
}

/// The document of a fact in which business keys may be.
pub(crate) fn document(event: &Event) -> Option<&Payload> {
    match &event.fact {
        Fact::Started { input: document, .. } | Fact::TaskSucceeded { output: document, .. } => {
            Some(document)
        }
        _ => None,
    }
}

/// The same of a record.
pub(crate) fn documents(record: &str) -> Result<Vec<String>, RecordError> {
    let facts = record.lines().map(serde_json::from_str::<Line<'_>>);
    let documents = facts.filter_map(|line| match line.map(|line| line.fact) {
        Ok(
            Kept::Started { input: document, .. } | Kept::TaskSucceeded { output: document, .. },
        ) => Some(Ok(document.into_owned())),
        Ok(_) => None,
        Err(error) => Some(Err(error.into())),
    });
    documents.collect()
}

/// Every text of a record that somebody outside wrote: inputs, outputs, errors and causes.
pub(crate) fn texts(record: &str) -> Result<Vec<String>, RecordError> {
    let mut texts = Vec::new();
    for line in record.lines() {
        let Line { fact, .. } = serde_json::from_str(line)?;
        let of_line: [Option<Cow<'_, str>>; 2] = match fact {
            Kept::Started { input: text, .. }
            | Kept::TaskSubmitted { output: text, .. }
            | Kept::TaskSucceeded { output: text, .. }
            | Kept::ChildEnded { outcome: KeptOutcome::Succeeded { output: text }, .. } => {
                [Some(text), None]
            }
            Kept::ActivityStarted { worker_name, .. } => [worker_name, None],
            Kept::TaskFailed { error, cause, .. }
            | Kept::Stopped { error, cause }
            | Kept::ChildEnded {
                outcome:
                    KeptOutcome::Failed { error, cause }
                    | KeptOutcome::TimedOut { error, cause }
                    | KeptOutcome::Aborted { error, cause },
                ..
            } => [error, cause],
            Kept::ActivityScheduled { .. }
            | Kept::TaskHeartbeat { .. }
            | Kept::TimerFired { .. }
            | Kept::MapRunUpdated { .. }
            | Kept::Redriven => [None, None],
        };
        texts.extend(of_line.into_iter().flatten().map(Cow::into_owned));
    }
    Ok(texts)
}

fn event(line: &str) -> Result<Event, RecordError> {
    let Line { at, fact } = serde_json::from_str(line)?;
    Ok(Event { at: Timestamp::from_millis(at), fact: fact.into_fact()? })
}

fn kept(fact: &Fact) -> Kept<'_> {
    match fact {
        Fact::Started { input, seed } => {
            let seed = seed.0.iter().map(|byte| format!("{byte:02x}")).collect();
            Kept::Started { input: input.text().into(), seed }
        }
        Fact::ActivityScheduled { task } => Kept::ActivityScheduled { task: task.0 },
        Fact::ActivityStarted { task, worker_name } => {
            Kept::ActivityStarted { task: task.0, worker_name: text(worker_name) }
        }
        Fact::TaskSubmitted { task, output } => {
            Kept::TaskSubmitted { task: task.0, output: output.text().into() }
        }
        Fact::TaskSucceeded { task, output } => {
            Kept::TaskSucceeded { task: task.0, output: output.text().into() }
        }
        Fact::TaskFailed { task, error, cause } => {
            Kept::TaskFailed { task: task.0, error: text(error), cause: text(cause) }
        }
        Fact::TaskHeartbeat { task } => Kept::TaskHeartbeat { task: task.0 },
        Fact::TimerFired { timer } => Kept::TimerFired { timer: timer.0 },
        Fact::ChildEnded { child, attempt, outcome } => {
            Kept::ChildEnded { child: child.0, attempt: *attempt, outcome: kept_outcome(outcome) }
        }
        Fact::MapRunUpdated { map_run, limits } => {
            let MapRunLimits { max_concurrency, tolerated_failure_count, .. } = *limits;
            let tolerated_failure_percentage = limits.tolerated_failure_percentage;
            let limits = KeptLimits {
                max_concurrency,
                tolerated_failure_count,
                tolerated_failure_percentage,
            };
            Kept::MapRunUpdated { map_run: map_run.0, limits }
        }
        Fact::Redriven => Kept::Redriven,
        Fact::Stopped { error, cause } => Kept::Stopped { error: text(error), cause: text(cause) },
    }
}

fn text(text: &Option<String>) -> Option<Cow<'_, str>> {
    text.as_deref().map(Cow::Borrowed)
}

fn kept_outcome(outcome: &Outcome) -> KeptOutcome<'_> {
    match outcome {
        Outcome::Succeeded { output } => KeptOutcome::Succeeded { output: output.text().into() },
        Outcome::Failed(Failure { error, cause }) => {
            KeptOutcome::Failed { error: text(error), cause: text(cause) }
        }
        Outcome::TimedOut(Failure { error, cause }) => {
            KeptOutcome::TimedOut { error: text(error), cause: text(cause) }
        }
        Outcome::Aborted(Failure { error, cause }) => {
            KeptOutcome::Aborted { error: text(error), cause: text(cause) }
        }
    }
}

impl Kept<'_> {
    fn into_fact(self) -> Result<Fact, RecordError> {
        let own = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned);
        Ok(match self {
            Self::Started { input, seed } => {
                Fact::Started { input: payload(input)?, seed: read_seed(&seed)? }
            }
            Self::ActivityScheduled { task } => Fact::ActivityScheduled { task: TaskId(task) },
            Self::ActivityStarted { task, worker_name } => {
                Fact::ActivityStarted { task: TaskId(task), worker_name: own(worker_name) }
            }
            Self::TaskSubmitted { task, output } => {
                Fact::TaskSubmitted { task: TaskId(task), output: payload(output)? }
            }
            Self::TaskSucceeded { task, output } => {
                Fact::TaskSucceeded { task: TaskId(task), output: payload(output)? }
            }
            Self::TaskFailed { task, error, cause } => {
                Fact::TaskFailed { task: TaskId(task), error: own(error), cause: own(cause) }
            }
            Self::TaskHeartbeat { task } => Fact::TaskHeartbeat { task: TaskId(task) },
            Self::TimerFired { timer } => Fact::TimerFired { timer: TimerId(timer) },
            Self::ChildEnded { child, attempt, outcome } => Fact::ChildEnded {
                child: ChildId(child),
                attempt,
                outcome: match outcome {
                    KeptOutcome::Succeeded { output } => {
                        Outcome::Succeeded { output: payload(output)? }
                    }
                    KeptOutcome::Failed { error, cause } => {
                        Outcome::Failed(Failure { error: own(error), cause: own(cause) })
                    }
                    KeptOutcome::TimedOut { error, cause } => {
                        Outcome::TimedOut(Failure { error: own(error), cause: own(cause) })
                    }
                    KeptOutcome::Aborted { error, cause } => {
                        Outcome::Aborted(Failure { error: own(error), cause: own(cause) })
                    }
                },
            },
            Self::MapRunUpdated { map_run, limits } => {
                let KeptLimits {
                    max_concurrency,
                    tolerated_failure_count,
                    tolerated_failure_percentage,
                } = limits;
                let limits = MapRunLimits {
                    max_concurrency,
                    tolerated_failure_count,
                    tolerated_failure_percentage,
                };
                Fact::MapRunUpdated { map_run: MapRunId(map_run), limits }
            }
            Self::Redriven => Fact::Redriven,
            Self::Stopped { error, cause } => {
                Fact::Stopped { error: own(error), cause: own(cause) }
            }
        })
    }
}

fn payload(text: Cow<'_, str>) -> Result<Payload, RecordError> {
    Ok(Payload::parse(text.into_owned())?)
}

fn read_seed(text: &str) -> Result<Seed, RecordError> {
    let mut seed = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return Err(RecordError::Seed);
    }
    for (at, byte) in seed.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| RecordError::Seed)?;
    }
    Ok(Seed(seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is kept comes back as it was, to the byte.
    fn check(fact: Fact) {
        let event = Event { at: Timestamp::from_millis(1_763_000_000_123), fact };
        let kept = line(&event);
        assert!(!kept.contains('\n'), "{kept}");
        let back = events(&kept).unwrap();
        assert_eq!(format!("{back:?}"), format!("[{event:?}]"), "{kept}");
        assert_eq!(line(&back[0]), kept);
    }

    #[test]
    fn every_fact_comes_back_as_it_was() {
        let (task, child) = (TaskId(7), ChildId(3));
        let output = || Payload::parse("{\"a\" : [1.50, \"\\u00e9\\n\", null]}").unwrap();
        let some = |text: &str| Some(text.to_owned());
        let failure = || Failure { error: some("Busy"), cause: None };
        for fact in [
            Fact::Started { input: output(), seed: Seed([0xa5; 32]) },
            Fact::ActivityScheduled { task },
            Fact::ActivityStarted { task, worker_name: some("w\u{2028}\n") },
            Fact::ActivityStarted { task, worker_name: None },
            Fact::TaskSubmitted { task, output: output() },
            Fact::TaskSucceeded { task, output: output() },
            Fact::TaskFailed { task, error: some("States.Timeout"), cause: some("\"late\"") },
            Fact::TaskFailed { task, error: None, cause: None },
            Fact::TaskHeartbeat { task },
            Fact::TimerFired { timer: TimerId(u32::MAX) },
            Fact::ChildEnded {
                child,
                attempt: 2,
                outcome: Outcome::Succeeded { output: output() },
            },
            Fact::ChildEnded { child, attempt: 0, outcome: Outcome::Failed(failure()) },
            Fact::ChildEnded { child, attempt: 0, outcome: Outcome::TimedOut(failure()) },
            Fact::ChildEnded { child, attempt: 0, outcome: Outcome::Aborted(failure()) },
            Fact::MapRunUpdated {
                map_run: MapRunId(1),
                limits: MapRunLimits {
                    max_concurrency: Some(0),
                    tolerated_failure_count: None,
                    tolerated_failure_percentage: Some(12.5),
                },
            },
            Fact::Redriven,
            Fact::Stopped { error: some("Operator"), cause: None },
        ] {
            check(fact);
        }
    }

    #[test]
    fn a_line_that_was_damaged_is_told_of_and_never_taken() {
        let event = Event { at: Timestamp::default(), fact: Fact::Redriven };
        let good = line(&event);
        for bad in ["{}", &good[1..], &good.replace("Redriven", "Undone"), "7"] {
            assert!(events(bad).is_err(), "{bad}");
        }
        let seed = r#"{"at":0,"fact":"Started","input":"{}","seed":"é0"}"#;
        assert_eq!(
            events(seed).unwrap_err().to_string(),
            "the seed of an execution is not 64 hexadecimal digits"
        );
    }
}
