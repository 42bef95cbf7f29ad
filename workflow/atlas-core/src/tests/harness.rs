//! One run of a machine at the `step` boundary, told in short lines.
//!
//! Whatever a case is about, each run is also held to what must hold for all of them: the same facts
//! give the same run, every prefix of the facts recovers, nothing is left out when an execution ends,
//! and ids and times of events only grow.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
};

use atlas_asl::{model::ExecutionType, parse::parse};
use expect_test::Expect;
use serde_json::{Value, json};

use crate::{
    ChildId, ChildRequest, Command, Event, Execution, Fact, Failure, Identity, Outcome, Payload,
    Program, Seed, TaskId, TimerId, Timestamp, recover, step,
};

/// 2026-11-21T01:00:00Z.
pub(super) const NOW: Timestamp = Timestamp::from_millis(1_795_222_800_000);

/// More facts than this, and a run that goes on by itself is endless.
const MOST_FACTS: usize = 100_000;

/// What a test tells the interpreter.
#[derive(Clone, Debug)]
pub(super) enum Given {
    /// A fact, at the clock's time.
    Fact(Fact),
    /// The timer that is due first fires, at its time.
    Fires,
    /// The clock moves, and nothing fires.
    Passes(i64),
}

use Given::Fact as Is;

/// The execution starts with this input.
pub(super) fn start(input: Value) -> Given {
    Is(Fact::Started { input: Payload::from(input), seed: Seed([1; 32]) })
}

/// The task ends well.
pub(super) fn done(task: u32, output: Value) -> Given {
    Is(Fact::TaskSucceeded { task: TaskId(task), output: Payload::from(output) })
}

/// The task fails.
pub(super) fn failed(task: u32, error: &str) -> Given {
    let (error, cause) = (Some(error.to_owned()), Some("cause".to_owned()));
    Is(Fact::TaskFailed { task: TaskId(task), error, cause })
}

/// The task fails, and nobody says why.
pub(super) fn failed_without_words(task: u32) -> Given {
    Is(Fact::TaskFailed { task: TaskId(task), error: None, cause: None })
}

/// The service has taken the task's request.
pub(super) fn submitted(task: u32, output: Value) -> Given {
    Is(Fact::TaskSubmitted { task: TaskId(task), output: Payload::from(output) })
}

/// The child execution of a map run ends well.
pub(super) fn child_done(child: u32, output: Value) -> Given {
    child_ended(child, 0, Outcome::Succeeded { output: Payload::from(output) })
}

/// The child execution of a map run fails.
pub(super) fn child_failed(child: u32, error: &str) -> Given {
    let failure = Failure { error: Some(error.to_owned()), cause: Some("cause".to_owned()) };
    child_ended(child, 0, Outcome::Failed(failure))
}

/// The child execution of a map run, which was redriven so often, ends.
pub(super) fn child_ended(child: u32, attempt: u32, outcome: Outcome) -> Given {
    Is(Fact::ChildEnded { child: ChildId(child), attempt, outcome })
}

/// The execution is redriven.
pub(super) fn redrive() -> Given {
    Is(Fact::Redriven)
}

/// The task's activity exists.
pub(super) fn scheduled(task: u32) -> Given {
    Is(Fact::ActivityScheduled { task: TaskId(task) })
}

/// A worker has taken the activity's task.
pub(super) fn taken(task: u32) -> Given {
    Is(Fact::ActivityStarted { task: TaskId(task), worker_name: Some("worker".to_owned()) })
}

/// Somebody works on the task.
pub(super) fn beat(task: u32) -> Given {
    Is(Fact::TaskHeartbeat { task: TaskId(task) })
}

/// The execution is stopped.
pub(super) fn stop() -> Given {
    Is(Fact::Stopped { error: Some("Stopped".to_owned()), cause: Some("by hand".to_owned()) })
}

/// This timer fires, whether it is due or not.
pub(super) fn timer(timer: u32) -> Given {
    Is(Fact::TimerFired { timer: TimerId(timer) })
}

/// The timer that is due first fires.
pub(super) fn fires() -> Given {
    Given::Fires
}

/// So many milliseconds pass.
pub(super) fn passes(millis: i64) -> Given {
    Given::Passes(millis)
}

/// Compiles a definition; where it has no `States`, it is the states themselves, the first one first.
pub(super) fn machine(definition: &str) -> Arc<Program> {
    let value: Value = serde_json::from_str(definition).expect("the definition is JSON");
    let text = match &value {
        Value::Object(states) if !states.contains_key("States") => {
            let first = states.keys().next().expect("there is a state");
            json!({ "StartAt": first, "States": states }).to_string()
        }
        _ => value.to_string(),
    };
    let parsed = parse(&text);
    let machine = parsed.machine.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
    Arc::new(Program::compile(&machine).unwrap_or_else(|faults| panic!("{faults:?}")))
}

pub(super) fn execution_of(program: &Arc<Program>, execution_type: ExecutionType) -> Execution {
    let identity = Identity {
        execution_arn: "arn:aws:states:us-east-1:111111111111:execution:machine:run".into(),
        execution_name: "run".into(),
        state_machine_arn: "arn:aws:states:us-east-1:111111111111:stateMachine:machine".into(),
        state_machine_name: "machine".into(),
        role_arn: "arn:aws:iam::111111111111:role/role".into(),
        region: "us-east-1".into(),
        execution_type,
        version_arn: None,
        alias_arn: None,
        map_run_arn: None,
    };
    Execution::new(Arc::clone(program), Arc::new(identity))
}

/// A run, and what came of it.
pub(super) struct Run {
    pub(super) execution: Execution,
    /// What was taken in, as a journal holds it.
    pub(super) journal: Vec<Event>,
    /// The facts and commands, a line each.
    pub(super) lines: String,
    /// The commands that nothing has settled, after each fact.
    open: Vec<Open>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Open {
    tasks: BTreeSet<u32>,
    timers: BTreeSet<(Timestamp, u32)>,
    children: BTreeSet<u32>,
}

impl Open {
    fn of(commands: &[Command]) -> Self {
        let mut open = Self::default();
        for command in commands {
            match command {
                Command::InvokeTask(request) => drop(open.tasks.insert(request.task.0)),
                Command::StartTimer { timer, at } => drop(open.timers.insert((*at, timer.0))),
                Command::StartChild(request) => drop(open.children.insert(request.child.0)),
                Command::CancelTask(_)
                | Command::CancelTimer(_)
                | Command::StopChild(_)
                | Command::Finish(_) => {}
            }
        }
        open
    }

    fn settle(&mut self, fact: &Fact) {
        match fact {
            Fact::TaskSucceeded { task, .. } | Fact::TaskFailed { task, .. } => {
                self.tasks.remove(&task.0);
            }
            Fact::TimerFired { timer } => self.timers.retain(|(_, known)| *known != timer.0),
            Fact::ChildEnded { child, .. } => drop(self.children.remove(&child.0)),
            Fact::Started { .. }
            | Fact::ActivityScheduled { .. }
            | Fact::ActivityStarted { .. }
            | Fact::TaskSubmitted { .. }
            | Fact::TaskHeartbeat { .. }
            | Fact::MapRunUpdated { .. }
            | Fact::Redriven
            | Fact::Stopped { .. } => {}
        }
    }

    fn take_in(&mut self, command: &Command) {
        match command {
            Command::InvokeTask(request) => assert!(self.tasks.insert(request.task.0)),
            Command::StartTimer { timer, at } => assert!(self.timers.insert((*at, timer.0))),
            Command::StartChild(request) => assert!(self.children.insert(request.child.0)),
            Command::StopChild(child) => {
                assert!(self.children.remove(&child.0), "a child is stopped that did not run");
            }
            Command::CancelTask(task) => {
                assert!(self.tasks.remove(&task.0), "a task is cancelled that was not out");
            }
            Command::CancelTimer(timer) => {
                let before = self.timers.len();
                self.timers.retain(|(_, known)| *known != timer.0);
                assert_eq!(self.timers.len() + 1, before, "a timer is cancelled that did not run");
            }
            Command::Finish(_) => {
                assert_eq!(*self, Self::default(), "something is left when the execution ends");
            }
        }
    }
}

/// Runs a machine; `fires` does nothing where no timer runs.
pub(super) fn run(program: &Arc<Program>, given: &[Given]) -> Run {
    run_as(program, given, ExecutionType::Standard)
}

pub(super) fn run_as(
    program: &Arc<Program>,
    given: &[Given],
    execution_type: ExecutionType,
) -> Run {
    let mut execution = execution_of(program, execution_type);
    let (mut now, mut open, mut lines) = (NOW, Open::default(), String::new());
    let (mut journal, mut opens) = (Vec::new(), Vec::new());
    for given in given {
        let fact = match given {
            Is(fact) => fact.clone(),
            Given::Passes(millis) => {
                now = now.plus_millis(*millis);
                continue;
            }
            Given::Fires => {
                let Some(&(at, timer)) = open.timers.first() else { continue };
                now = now.max(at);
                Fact::TimerFired { timer: TimerId(timer) }
            }
        };
        tell_fact(&mut lines, &fact, now);
        if let Err(refused) = execution.admit(&fact) {
            let _ = writeln!(lines, "    refused: {refused}");
            let commands = step(&mut execution, Event { at: now, fact });
            assert!(commands.is_empty(), "what is refused changes nothing");
            continue;
        }
        open.settle(&fact);
        let event = Event { at: now, fact };
        journal.push(event.clone());
        let commands = step(&mut execution, event);
        let finish = commands
            .iter()
            .position(|command| matches!(command, Command::Finish(_)))
            .map(|at| at + 1);
        assert!(finish.is_none_or(|at| at == commands.len()), "`Finish` comes last, and once");
        assert_eq!(finish.is_some(), execution.outcome().is_some());
        for command in &commands {
            open.take_in(command);
            tell_command(&mut lines, command, now);
        }
        opens.push(open.clone());
    }
    if execution.outcome().is_some() {
        assert!(execution.branches.is_empty() && execution.ready.is_empty());
        assert!(execution.tasks.is_empty() && execution.timers.is_empty());
        assert!(execution.children.is_empty());
    }
    Run { execution, journal, lines, open: opens }
}

/// Runs a machine that answers itself: tasks succeed with their parameters, timers fire.
pub(super) fn run_to_its_end(program: &Arc<Program>, input: Value) -> Execution {
    drive(program, input).0
}

/// As `run_to_its_end`, with the journal.
fn drive(program: &Arc<Program>, input: Value) -> (Execution, Vec<Event>) {
    drive_as(program, input, ExecutionType::Standard)
}

fn drive_as(
    program: &Arc<Program>,
    input: Value,
    execution_type: ExecutionType,
) -> (Execution, Vec<Event>) {
    let mut journal = Vec::new();
    let mut execution = execution_of(program, execution_type);
    let (mut now, mut timers) = (NOW, BTreeMap::new());
    let Is(started) = start(input) else { unreachable!("`start` is a fact") };
    let mut facts = std::collections::VecDeque::from([started]);
    for _ in 0..MOST_FACTS {
        let fact = match facts.pop_front() {
            Some(fact) => fact,
            None => {
                let Some(((at, timer), ())) = timers.pop_first() else { break };
                now = now.max(at);
                Fact::TimerFired { timer }
            }
        };
        let event = Event { at: now, fact };
        journal.push(event.clone());
        for command in step(&mut execution, event) {
            match command {
                Command::InvokeTask(request) => facts.push_back(Fact::TaskSucceeded {
                    task: request.task,
                    output: request.parameters,
                }),
                Command::StartTimer { timer, at } => drop(timers.insert((at, timer), ())),
                Command::CancelTimer(cancelled) => {
                    timers.retain(|(_, timer), ()| *timer != cancelled);
                }
                Command::StartChild(request) => {
                    let ChildRequest { child, attempt, processor, input, .. } = *request;
                    let input = input.value().clone();
                    let (ended, _) = drive_as(&processor.program, input, processor.execution_type);
                    let outcome = ended.outcome().expect("a child ends").clone();
                    facts.push_back(Fact::ChildEnded { child, attempt, outcome });
                }
                Command::StopChild(stopped) => facts.retain(
                    |fact| !matches!(fact, Fact::ChildEnded { child, .. } if *child == stopped),
                ),
                Command::CancelTask(cancelled) => facts.retain(
                    |fact| !matches!(fact, Fact::TaskSucceeded { task, .. } if *task == cancelled),
                ),
                Command::Finish(_) => return (execution, journal),
            }
        }
    }
    (execution, journal)
}

/// Runs a machine over these facts, and compares facts and commands with what is expected.
pub(super) fn check(definition: &str, given: &[Given], expected: Expect) {
    expected.assert_eq(&held(&machine(definition), given).lines);
}

/// As `check`, and compares the history.
pub(super) fn check_history(definition: &str, given: &[Given], expected: Expect) {
    expected.assert_eq(&history(&held(&machine(definition), given).execution));
}

/// How an execution ends, a row for each: claim, definition, input, end. Tasks answer with their
/// parameters; timers fire.
pub(super) fn check_ends(rows: &[(&str, &str, Value, &str)]) {
    let mut wrong = String::new();
    for (claim, definition, input, expected) in rows {
        let program = machine(definition);
        let (execution, journal) = drive(&program, input.clone());
        for cut in 0..=journal.len() {
            recovers(&program, &journal, cut, &history(&execution));
        }
        let ended = execution.outcome().map_or_else(|| "runs".to_owned(), outcome);
        if ended != *expected {
            let _ = writeln!(wrong, "{claim}\n  expected {expected}\n  was      {ended}");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Runs a machine and holds the run to what must hold for all of them.
pub(super) fn held(program: &Arc<Program>, given: &[Given]) -> Run {
    let first = run(program, given);
    let expected = history(&first.execution);
    assert_eq!(first.lines, run(program, given).lines, "the same facts give the same commands");
    let mut last = (0, i64::MIN);
    for event in first.execution.history() {
        let now = (event.id, event.timestamp.as_millis());
        assert_eq!(now.0, last.0 + 1, "ids have no gaps");
        assert!(event.previous_event_id < event.id && now.1 >= last.1);
        last = now;
    }
    for cut in 0..=first.journal.len() {
        let unsettled = recovers(program, &first.journal, cut, &expected);
        let open = cut.checked_sub(1).map(|last| first.open[last].clone()).unwrap_or_default();
        assert_eq!(Open::of(&unsettled), open, "what is out is ordered again, after {cut} facts");
    }
    first
}

/// Recovers from the first facts, sheds, and goes on with the others. Answers with what the recovery
/// orders again.
fn recovers(program: &Arc<Program>, journal: &[Event], cut: usize, expected: &str) -> Vec<Command> {
    let (before, after) = journal.split_at(cut);
    let recovered = recover(execution_of(program, ExecutionType::Standard), before.iter().cloned());
    let mut execution = recovered.execution;
    execution.shed();
    for event in after {
        execution.admit(&event.fact).expect("what was taken is taken again");
        step(&mut execution, event.clone());
    }
    assert_eq!(history(&execution), expected, "the first {cut} facts recover");
    recovered.unsettled.into_iter().map(|unsettled| unsettled.command).collect()
}

/// The events, a line each.
pub(super) fn history(execution: &Execution) -> String {
    let mut lines = String::new();
    for event in execution.history() {
        let told = event.to_json(Value::Null);
        let details = told
            .as_object()
            .and_then(|fields| fields.iter().find(|(name, _)| name.ends_with("Details")))
            .and_then(|(_, details)| details.as_object());
        let _ = write!(lines, "{} < {} {}", event.id, event.previous_event_id, event.event_type());
        for (name, value) in details.into_iter().flatten() {
            let is_shown = !name.ends_with("Details")
                && !["roleArn", "region", "resource", "resourceType", "state"].contains(&&**name);
            if is_shown {
                let _ = match value {
                    Value::String(text) => write!(lines, " {}", short(text)),
                    other => write!(lines, " {name} {}", short(&other.to_string())),
                };
            }
        }
        lines.push('\n');
    }
    lines
}

fn tell_fact(lines: &mut String, fact: &Fact, now: Timestamp) {
    let at = after(now, NOW);
    let _ = match fact {
        Fact::Started { input, .. } => writeln!(lines, "{at} start {}", short(input.text())),
        Fact::ActivityScheduled { task } => writeln!(lines, "{at} scheduled #{}", task.0),
        Fact::ActivityStarted { task, .. } => writeln!(lines, "{at} taken #{}", task.0),
        Fact::TaskSubmitted { task, .. } => writeln!(lines, "{at} submitted #{}", task.0),
        Fact::TaskSucceeded { task, output } => {
            writeln!(lines, "{at} done #{} {}", task.0, short(output.text()))
        }
        Fact::TaskFailed { task, error, .. } => {
            writeln!(lines, "{at} failed #{} {}", task.0, error.as_deref().unwrap_or("-"))
        }
        Fact::TaskHeartbeat { task } => writeln!(lines, "{at} beat #{}", task.0),
        Fact::TimerFired { timer } => writeln!(lines, "{at} timer {} fires", timer.0),
        Fact::ChildEnded { child, outcome: ended, .. } => {
            writeln!(lines, "{at} child {} {}", child.0, outcome(ended))
        }
        Fact::MapRunUpdated { .. } => writeln!(lines, "{at} update map run"),
        Fact::Redriven => writeln!(lines, "{at} redrive"),
        Fact::Stopped { .. } => writeln!(lines, "{at} stop"),
    };
}

fn tell_command(lines: &mut String, command: &Command, now: Timestamp) {
    let _ = match command {
        Command::InvokeTask(request) => {
            let mut parameters = request.parameters.text().to_owned();
            if let Some(token) = &request.token {
                parameters = parameters.replace(token.expose(), "<token>");
            }
            let again = match request.retry_count {
                0 => String::new(),
                count => format!(" retry {count}"),
            };
            let (task, state) = (request.task.0, &request.state);
            writeln!(lines, "    invoke {state} #{task}{again} {}", short(&parameters))
        }
        Command::StartChild(request) => {
            let again = match request.attempt {
                0 => String::new(),
                count => format!(" redrive {count}"),
            };
            let (child, input) = (request.child.0, short(request.input.text()));
            writeln!(lines, "    child {child}{again} {input}")
        }
        Command::StopChild(child) => writeln!(lines, "    stop child {}", child.0),
        Command::CancelTask(task) => writeln!(lines, "    cancel #{}", task.0),
        Command::StartTimer { timer, at } => {
            writeln!(lines, "    timer {} {}", timer.0, after(*at, now))
        }
        Command::CancelTimer(timer) => writeln!(lines, "    cancel timer {}", timer.0),
        Command::Finish(ended) => writeln!(lines, "    {}", outcome(ended)),
    };
}

/// How an execution ended, in a line.
pub(super) fn outcome(outcome: &Outcome) -> String {
    let words = |failure: &Failure| {
        let error = failure.error.as_deref().unwrap_or("-");
        format!("{error}: {}", short(failure.cause.as_deref().unwrap_or("-")))
    };
    match outcome {
        Outcome::Succeeded { output } => format!("succeed {}", short(output.text())),
        Outcome::Failed(failure) => format!("fail {}", words(failure)),
        Outcome::TimedOut(failure) => format!("time out {}", words(failure)),
        Outcome::Aborted(failure) => format!("abort {}", words(failure)),
    }
}

fn after(moment: Timestamp, since: Timestamp) -> String {
    match moment.millis_since(since) {
        millis if millis % 1000 == 0 => format!("+{}s", millis / 1000),
        millis => format!("+{millis}ms"),
    }
}

fn short(text: &str) -> String {
    const MOST: usize = 300;
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… {} bytes", &text[..end], text.len()),
    }
}
