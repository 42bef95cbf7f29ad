//! One execution in a bare interpreter, to which whatever is asked for happens, in any order.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use atlas_asl::model::ExecutionType;
use atlas_core::{
    ChildId, Command, Event, Execution, Fact, Identity, Outcome, Payload, Program, Seed, TaskId,
    TimerId, Timestamp, recover, step,
};
use serde_json::Value;

/// So many facts, and a run is long enough.
const MOST_FACTS: usize = 60;

/// The most bytes that Step Functions takes a document with.
const MOST_BYTES: usize = 262_144;

/// What is out: ordered, and not yet answered.
#[derive(Default)]
struct Out {
    tasks: VecDeque<(TaskId, Payload)>,
    children: VecDeque<(ChildId, u32, Payload)>,
    timers: BTreeMap<(Timestamp, TimerId), ()>,
}

/// Runs a machine. Each character of `happens` is one thing that happens; when they are used up, tasks
/// and children succeed with what they were asked with, and timers fire.
pub(crate) fn run(program: &Arc<Program>, input: Payload, happens: &str) {
    let mut execution = execution_of(program);
    let mut journal = Vec::new();
    let mut out = Out::default();
    let mut now = Timestamp::from_millis(1_795_222_800_000);
    let mut happens = happens.bytes();
    let mut next = Some(Fact::Started { input, seed: Seed([7; 32]) });
    while let Some(fact) = next.take() {
        if journal.len() >= MOST_FACTS {
            break;
        }
        if execution.admit(&fact).is_ok() {
            let event = Event { at: now, fact };
            journal.push(event.clone());
            take_in(step(&mut execution, event), &mut out);
            is_in_order(&execution, &out);
        }
        next = match happens.next() {
            Some(what) => happening(what, &mut out, &mut now),
            None => going_on(&mut out, &mut now),
        };
    }
    recovers(program, &journal, &execution);
}

fn execution_of(program: &Arc<Program>) -> Execution {
    let identity = Identity {
        execution_arn: "arn:aws:states:us-east-1:000000000000:execution:m:run".into(),
        execution_name: "run".into(),
        state_machine_arn: "arn:aws:states:us-east-1:000000000000:stateMachine:m".into(),
        state_machine_name: "m".into(),
        role_arn: "arn:aws:iam::000000000000:role/r".into(),
        region: "us-east-1".into(),
        execution_type: ExecutionType::Standard,
        version_arn: None,
        alias_arn: None,
        map_run_arn: None,
    };
    Execution::new(Arc::clone(program), Arc::new(identity))
}

fn take_in(commands: Vec<Command>, out: &mut Out) {
    let last = commands.len().saturating_sub(1);
    for (at, command) in commands.into_iter().enumerate() {
        match command {
            Command::InvokeTask(request) => {
                out.tasks.push_back((request.task, request.parameters.clone()));
            }
            Command::CancelTask(task) => out.tasks.retain(|(known, _)| *known != task),
            Command::StartChild(request) => {
                out.children.push_back((request.child, request.attempt, request.input.clone()));
            }
            Command::StopChild(child) => out.children.retain(|(known, ..)| *known != child),
            Command::StartTimer { timer, at } => drop(out.timers.insert((at, timer), ())),
            Command::CancelTimer(timer) => out.timers.retain(|(_, known), ()| *known != timer),
            Command::Finish(_) => assert_eq!(at, last, "nothing is ordered after the end"),
        }
    }
}

/// What holds after each step.
fn is_in_order(execution: &Execution, out: &Out) {
    if let Some(outcome) = execution.outcome() {
        let left = (out.tasks.len(), out.children.len(), out.timers.len());
        assert_eq!(left, (0, 0, 0), "something is left when the execution ends");
        if let Outcome::Succeeded { output } = outcome {
            assert!(!output.is_longer_than(MOST_BYTES), "the output is too long");
        }
    } else {
        let left = out.tasks.len() + out.children.len() + out.timers.len();
        assert!(left > 0, "the execution runs, and waits for nothing");
    }
}

/// Something that happens, whether it is expected or not.
fn happening(what: u8, out: &mut Out, now: &mut Timestamp) -> Option<Fact> {
    let task = out.tasks.front().map(|(task, _)| *task);
    let fact = match what {
        b'f' => task.map(|task| fail(task, Some("E"))),
        b'F' => task.map(|task| fail(task, None)),
        b't' => task.map(|task| fail(task, Some("States.Timeout"))),
        b'b' => task.map(|task| Fact::TaskHeartbeat { task }),
        b'a' => task.map(|task| Fact::ActivityStarted { task, worker_name: None }),
        b's' => task.map(|task| Fact::TaskSubmitted { task, output: Payload::empty() }),
        b'r' => Some(Fact::Redriven),
        b'x' => Some(Fact::Stopped { error: Some("X".to_owned()), cause: None }),
        b'c' => out.children.front().map(|(child, attempt, _)| Fact::ChildEnded {
            child: *child,
            attempt: *attempt,
            outcome: Outcome::Aborted(atlas_core::Failure::default()),
        }),
        b'n' => task.map(|task| Fact::TaskSucceeded { task, output: Payload::from(Value::Null) }),
        b'l' => {
            out.tasks.rotate_left(usize::from(!out.tasks.is_empty()));
            None
        }
        b'w' => fires(out, now),
        _ => None,
    };
    match fact {
        Some(fact) => {
            settle(&fact, out);
            Some(fact)
        }
        None => going_on(out, now),
    }
}

fn fail(task: TaskId, error: Option<&str>) -> Fact {
    Fact::TaskFailed { task, error: error.map(str::to_owned), cause: None }
}

/// What happens when all goes well.
fn going_on(out: &mut Out, now: &mut Timestamp) -> Option<Fact> {
    if let Some((task, output)) = out.tasks.pop_front() {
        return Some(Fact::TaskSucceeded { task, output });
    }
    if let Some((child, attempt, output)) = out.children.pop_front() {
        let outcome = Outcome::Succeeded { output };
        return Some(Fact::ChildEnded { child, attempt, outcome });
    }
    fires(out, now)
}

fn fires(out: &mut Out, now: &mut Timestamp) -> Option<Fact> {
    let ((at, timer), ()) = out.timers.pop_first()?;
    *now = at.max(*now);
    Some(Fact::TimerFired { timer })
}

fn settle(fact: &Fact, out: &mut Out) {
    match fact {
        Fact::TaskSucceeded { task, .. } | Fact::TaskFailed { task, .. } => {
            out.tasks.retain(|(known, _)| known != task);
        }
        Fact::ChildEnded { child, .. } => out.children.retain(|(known, ..)| known != child),
        Fact::TimerFired { .. }
        | Fact::Started { .. }
        | Fact::ActivityScheduled { .. }
        | Fact::ActivityStarted { .. }
        | Fact::TaskSubmitted { .. }
        | Fact::TaskHeartbeat { .. }
        | Fact::MapRunUpdated { .. }
        | Fact::Redriven
        | Fact::Stopped { .. } => {}
    }
}

/// Half of the journal brings back an execution that goes on as the first one did.
fn recovers(program: &Arc<Program>, journal: &[Event], expected: &Execution) {
    let (before, after) = journal.split_at(journal.len() / 2);
    let mut execution = recover(execution_of(program), before.iter().cloned()).execution;
    execution.shed();
    for event in after {
        execution.admit(&event.fact).expect("what was taken is taken again");
        step(&mut execution, event.clone());
    }
    let (mut last_id, mut last_at) = (0, Timestamp::from_millis(0));
    assert_eq!(execution.history().len(), expected.history().len());
    for (event, known) in execution.history().iter().zip(expected.history()) {
        assert_eq!(event.to_json(Value::Null), known.to_json(Value::Null));
        assert!(event.id == last_id + 1 && event.previous_event_id < event.id);
        assert!(event.timestamp >= last_at);
        (last_id, last_at) = (event.id, event.timestamp);
    }
}
