//! What one lead's run through the machines takes, counted from its histories.

use std::collections::BTreeMap;

use atlas_asl::model::{
    Count, ExecutionType, JitterStrategy, Retrier, StateKind, StateMachine, WaitUntil,
};
use atlas_view::Event;

use crate::{Decimal, Measured, Overflow};

/// AWS's estimate of what a workflow takes beside its definition and its data (pricing page, examples 3 and 4).
const BASE_MEGABYTES: u64 = 50;
const MEMORY_STEP_MEGABYTES: u64 = 64;
const DURATION_STEP_MILLIS: u64 = 100;

/// An execution that has ended, of a mock case.
#[derive(Debug, Clone)]
pub struct Executed<'a> {
    /// Its machine's name.
    pub machine: &'a str,
    /// The machine's kind.
    pub execution_type: ExecutionType,
    /// The machine.
    pub definition: &'a StateMachine,
    /// How long the definition is, as it is deployed, in bytes.
    pub definition_bytes: u64,
    /// Its history.
    pub events: Vec<Event>,
}

/// What the executions of one lead take together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Journey {
    /// Transitions of STANDARD machines.
    pub transitions: u64,
    /// Steps of EXPRESS machines, which cost by their time; in a STANDARD machine they would be transitions.
    pub express_steps: u64,
    /// Executions of EXPRESS machines.
    pub express_executions: u64,
    /// Executions of STANDARD machines.
    pub standard_executions: u64,
    /// What EXPRESS executions are billed for, in gigabytes times seconds.
    pub express_gb_seconds: Decimal,
    /// Events of histories.
    pub events: u64,
    /// How often each function, or another task, was asked for, by how that ended.
    pub tasks: BTreeMap<(String, String), u64>,
    /// How long STANDARD executions wait by their definition, in seconds.
    pub waits_seconds: u64,
}

/// A history that cannot be counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JourneyError {
    /// An event is of a state that the definition has not.
    #[error(
        "`{machine}`: its history tells of the state `{state}`, which is not in its definition"
    )]
    UnknownState {
        /// The machine.
        machine: String,
        /// The state.
        state: String,
    },
    /// A state of an EXPRESS machine was never measured.
    #[error("`{machine}`: nobody measured how long `{state}` takes")]
    Unmeasured {
        /// The machine.
        machine: String,
        /// The state.
        state: String,
    },
    /// A figure does not fit.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// Counts the executions of one lead.
pub fn journey(executed: &[Executed<'_>], measured: &Measured) -> Result<Journey, JourneyError> {
    let mut journey = Journey::default();
    for execution in executed {
        let steps = Steps::of(execution)?;
        journey.events += execution.events.len() as u64;
        for (task, count) in steps.tasks {
            *journey.tasks.entry(task).or_default() += count;
        }
        match execution.execution_type {
            ExecutionType::Standard => {
                journey.standard_executions += 1;
                journey.transitions += steps.transitions;
                journey.waits_seconds += steps.waits_seconds;
            }
            ExecutionType::Express => {
                journey.express_executions += 1;
                journey.express_steps += steps.transitions;
                let millis = duration(execution, &steps.visits, measured)?;
                let billed = millis.up_to_multiple(DURATION_STEP_MILLIS)?;
                let seconds = billed.over(Decimal::whole(1000))?;
                let gigabytes = Decimal::ratio(memory_megabytes(execution), 1024);
                journey.express_gb_seconds =
                    journey.express_gb_seconds.plus(seconds.times(gigabytes)?)?;
            }
        }
    }
    Ok(journey)
}

/// One visit of a state: which, and the errors of the attempts that failed.
struct Visit {
    state: String,
    /// The JSON pointer of the state, which tells in what branch it is.
    pointer: String,
    errors: Vec<String>,
    attempts: u64,
}

struct Steps {
    transitions: u64,
    visits: Vec<Visit>,
    tasks: BTreeMap<(String, String), u64>,
    waits_seconds: u64,
}

impl Steps {
    /// A transition is a state that is entered, and each further try of one (pricing page: a step that is
    /// executed, and every retry).
    fn of(execution: &Executed<'_>) -> Result<Self, JourneyError> {
        let states = execution.definition.states();
        let mut steps =
            Self { transitions: 0, visits: Vec::new(), tasks: BTreeMap::new(), waits_seconds: 0 };
        // The visit that each event belongs to, by the event's id.
        let mut visit_of: BTreeMap<u64, usize> = BTreeMap::new();
        let mut running: BTreeMap<usize, String> = BTreeMap::new();
        for event in &execution.events {
            if event.event_type.ends_with("StateEntered") {
                let name = event.text("name").unwrap_or_default();
                let located = states.iter().find(|located| located.name.as_str() == name);
                let located = located.ok_or_else(|| JourneyError::UnknownState {
                    machine: execution.machine.to_owned(),
                    state: name.to_owned(),
                })?;
                if let StateKind::Wait(wait) = &located.state.kind
                    && let Some(WaitUntil::Seconds(Count::Literal(seconds))) = wait.until
                {
                    steps.waits_seconds += seconds;
                }
                visit_of.insert(event.id, steps.visits.len());
                steps.transitions += 1;
                steps.visits.push(Visit {
                    state: name.to_owned(),
                    pointer: located.pointer.to_string(),
                    errors: Vec::new(),
                    attempts: 0,
                });
                continue;
            }
            let Some(visit) = visit_of.get(&event.previous_id).copied() else { continue };
            visit_of.insert(event.id, visit);
            match event.event_type.as_str() {
                "TaskScheduled" => {
                    let told = &mut steps.visits[visit];
                    told.attempts += 1;
                    steps.transitions += u64::from(told.attempts > 1);
                    running.insert(visit, task_name(event));
                }
                "TaskSucceeded" | "TaskFailed" | "TaskTimedOut" => {
                    let end = end_of(event);
                    if event.event_type != "TaskSucceeded" {
                        steps.visits[visit].errors.push(end.clone());
                    }
                    if let Some(task) = running.remove(&visit) {
                        *steps.tasks.entry((task, end)).or_default() += 1;
                    }
                }
                _ => {}
            }
        }
        Ok(steps)
    }
}

/// The function's name, or the service and its action: `dynamodb:putItem`.
fn task_name(event: &Event) -> String {
    let parameters = event.document("parameters").unwrap_or_default();
    match parameters.get("FunctionName").and_then(|name| name.as_str()) {
        Some(function) => {
            let name = function.split_once(":function:").map_or(function, |(_, name)| name);
            name.split(':').next().unwrap_or(name).to_owned()
        }
        None => format!(
            "{}:{}",
            event.text("resourceType").unwrap_or_default(),
            event.text("resource").unwrap_or_default()
        ),
    }
}

/// A call's outcome, an error's name, or `succeeded`.
fn end_of(event: &Event) -> String {
    if let Some(error) = event.text("error") {
        return error.to_owned();
    }
    let output = event.document("output").unwrap_or_default();
    output.get("outcome").and_then(|outcome| outcome.as_str()).unwrap_or("succeeded").to_owned()
}

/// Whatever is billed at once, in whole steps.
fn memory_megabytes(execution: &Executed<'_>) -> u64 {
    let data = execution.events.iter().filter_map(|event| {
        let input = event.details.get("input").or_else(|| event.details.get("output"))?;
        Some(input.as_str()?.len() as u64)
    });
    let branches =
        execution.definition.states().into_iter().map(|located| match &located.state.kind {
            StateKind::Parallel(parallel) => parallel.branches.len() as u64,
            _ => 0,
        });
    let bytes = execution.definition_bytes + data.max().unwrap_or(0) * branches.sum::<u64>().max(1);
    let used = BASE_MEGABYTES + bytes.div_ceil(1 << 20);
    used.next_multiple_of(MEMORY_STEP_MEGABYTES)
}

/// How long an execution takes: its states one after another, of branches the longest, and of delays before
/// further tries what is expected.
fn duration(
    execution: &Executed<'_>,
    visits: &[Visit],
    measured: &Measured,
) -> Result<Decimal, JourneyError> {
    let states = execution.definition.states();
    // By the branch that a state is in: the pointer of what contains it.
    let mut by_branch: BTreeMap<&str, Decimal> = BTreeMap::new();
    for visit in visits {
        let located = states.iter().find(|located| located.name.as_str() == visit.state);
        let kind = located.map(|located| &located.state.kind);
        // What is in it is counted by itself.
        if matches!(kind, Some(StateKind::Parallel(_))) {
            continue;
        }
        let key = (execution.machine.to_owned(), visit.state.clone());
        let took = measured.states.get(&key).copied().ok_or_else(|| JourneyError::Unmeasured {
            machine: key.0.clone(),
            state: key.1.clone(),
        })?;
        let mut all = took.times(Decimal::whole(visit.attempts.max(1)))?;
        if let Some(StateKind::Task(task)) = kind {
            all = all.plus(expected_delays(&task.retry, visit)?)?;
        }
        let branch = visit.pointer.rsplit_once("/States/").map_or("", |(branch, _)| branch);
        let sum = by_branch.entry(branch).or_default();
        *sum = sum.plus(all)?;
    }
    let own = by_branch.remove("").unwrap_or_default();
    // Branches of one Parallel go on beside each other: the longest counts.
    let mut longest: BTreeMap<&str, Decimal> = BTreeMap::new();
    for (branch, took) in by_branch {
        let parallel = branch.rsplit_once("/Branches/").map_or(branch, |(parallel, _)| parallel);
        let known = longest.entry(parallel).or_default();
        *known = (*known).max(took);
    }
    longest.into_values().try_fold(own, Decimal::plus).map_err(JourneyError::from)
}

/// The delays before the further tries of a visit, in milliseconds; half of each where jitter may take any part.
fn expected_delays(retriers: &[Retrier], visit: &Visit) -> Result<Decimal, Overflow> {
    let mut all = Decimal::ZERO;
    let mut tries: BTreeMap<usize, u32> = BTreeMap::new();
    let retried = usize::try_from(visit.attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    for error in visit.errors.iter().take(retried) {
        let matching = retriers.iter().enumerate().find(|(_, retrier)| {
            retrier.error_equals.iter().any(|name| name == error || name == "States.ALL")
        });
        let Some((at, retrier)) = matching else { continue };
        let before = tries.entry(at).or_default();
        let rate = retrier.backoff_rate.unwrap_or(2.0);
        let interval = Decimal::whole(retrier.interval_seconds.unwrap_or(1));
        let grown = Decimal::of_measurement(rate.powi(i32::try_from(*before).unwrap_or(i32::MAX)));
        *before += 1;
        let mut delay = interval.times(grown.ok_or(Overflow)?)?;
        if let Some(most) = retrier.max_delay_seconds {
            delay = delay.min(Decimal::whole(most));
        }
        let millis = match retrier.jitter_strategy {
            Some(JitterStrategy::Full) => 500,
            _ => 1000,
        };
        all = all.plus(delay.times(Decimal::whole(millis))?)?;
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const MACHINE: &str = r#"{"StartAt": "Ask", "States": {
        "Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "Asks"}, "Next": "Rest",
            "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 2, "BackoffRate": 3,
                "MaxDelaySeconds": 5, "JitterStrategy": "FULL"}]},
        "Rest": {"Type": "Wait", "Seconds": 30, "End": true}}}"#;

    fn event(id: u64, previous: u64, event_type: &str, details: Value) -> Event {
        let told = json!({"id": id, "previousEventId": previous, "timestamp": 0, "type": event_type,
            "anyEventDetails": details});
        Event::of_api(&told).unwrap()
    }

    /// Two tries in vain, the third succeeds, then the Wait.
    fn events() -> Vec<Event> {
        let scheduled = json!({"resourceType": "lambda", "resource": "invoke",
            "parameters": "{\"FunctionName\": \"arn:aws:lambda:us-east-1:1:function:Asks:live\"}"});
        let failed = json!({"error": "Busy"});
        vec![
            event(1, 0, "ExecutionStarted", json!({"input": "{}"})),
            event(2, 0, "TaskStateEntered", json!({"name": "Ask", "input": "{}"})),
            event(3, 2, "TaskScheduled", scheduled.clone()),
            event(4, 3, "TaskStarted", json!({})),
            event(5, 4, "TaskFailed", failed.clone()),
            event(6, 5, "TaskScheduled", scheduled.clone()),
            event(7, 6, "TaskFailed", failed),
            event(8, 7, "TaskScheduled", scheduled),
            event(9, 8, "TaskSucceeded", json!({"output": "{\"outcome\": \"ANSWERED\"}"})),
            event(10, 9, "TaskStateExited", json!({"name": "Ask"})),
            event(11, 10, "WaitStateEntered", json!({"name": "Rest"})),
            event(12, 11, "WaitStateExited", json!({"name": "Rest"})),
        ]
    }

    fn counted(execution_type: ExecutionType, events: Vec<Event>) -> Result<Journey, JourneyError> {
        let definition = atlas_asl::parse::parse(MACHINE).machine.unwrap();
        let mut measured = Measured::built_in();
        measured.states.insert(("m".to_owned(), "Ask".to_owned()), Decimal::whole(40));
        measured.states.insert(("m".to_owned(), "Rest".to_owned()), Decimal::whole(30_000));
        let executed = Executed {
            machine: "m",
            execution_type,
            definition: &definition,
            definition_bytes: MACHINE.len() as u64,
            events,
        };
        journey(&[executed], &measured)
    }

    #[test]
    fn each_state_and_each_further_try_is_a_transition() {
        let journey = counted(ExecutionType::Standard, events()).unwrap();
        assert_eq!((journey.transitions, journey.standard_executions), (4, 1));
        assert_eq!((journey.waits_seconds, journey.events), (30, 12));
        let task = |end: &str| journey.tasks[&("Asks".to_owned(), end.to_owned())];
        assert_eq!((task("Busy"), task("ANSWERED")), (2, 1));
    }

    #[test]
    fn an_express_execution_is_billed_in_steps_of_time_and_memory() {
        let journey = counted(ExecutionType::Express, events()).unwrap();
        // Three tries of 40 ms, half of 2 s and of 5 s between them, the Wait: 33,620 ms, so 33.7 s of 64 MB.
        assert_eq!(journey.express_gb_seconds.to_string(), "2.10625");
        assert_eq!((journey.express_steps, journey.transitions), (4, 0));
    }

    #[test]
    fn a_history_of_another_definition_is_refused() {
        let foreign = vec![event(2, 0, "PassStateEntered", json!({"name": "Elsewhere"}))];
        let error = counted(ExecutionType::Standard, foreign).unwrap_err();
        assert!(error.to_string().contains("`Elsewhere`, which is not in its definition"));
    }
}
