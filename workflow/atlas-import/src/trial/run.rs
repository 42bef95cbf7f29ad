//! One execution in the interpreter alone, with answers and latencies that are given: nothing waits, and the
//! same run comes out the same each time.

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    sync::Arc,
};

use atlas_asl::{
    model::ExecutionType,
    resource::{Pattern, Resource},
};
use atlas_core::{
    Command, Event, Execution, Fact, Identity, Outcome, Payload, Program, Seed, TaskId,
    TaskRequest, TimerId, Timestamp, history::Detail, step,
};

use super::{Answer, Answers, Latencies, Turn};
use crate::limits::{MOST_FACTS, MOST_MAP_RUNS};

/// What a fact is counted as beside its data.
const FACT_BYTES: usize = 200;

/// What came of a run.
#[derive(Debug, Clone)]
pub struct Ran {
    /// How it ended; `None` where it went on for too long.
    pub outcome: Option<Outcome>,
    /// How long it took.
    pub millis: i64,
    /// What it called, in order.
    pub calls: Vec<Call>,
    /// How many states it entered, those of STANDARD child executions and each start of a child included: what AWS
    /// counts as transitions (Developer Guide, "Transitions").
    pub entered: usize,
    /// How many child executions of EXPRESS it had, which are paid by their number and time.
    pub express_children: usize,
    /// The most bytes that a state took or gave.
    pub most_bytes: usize,
    /// Whether some call failed.
    pub has_failed_call: bool,
    /// How much work it was: a byte for each of its data, and some for each fact.
    pub(super) work: usize,
}

/// A call of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The state.
    pub state: String,
    /// What it called with.
    pub parameters: String,
}

/// A machine that can be run.
pub(super) struct Runnable {
    pub(super) program: Arc<Program>,
    /// `TimeoutSeconds` of the machine.
    pub(super) timeout_seconds: Option<u64>,
}

/// Runs a machine.
pub(super) fn run(
    machine: &Runnable,
    execution_type: ExecutionType,
    input: Payload,
    answers: &dyn Answers,
    latencies: &Latencies,
) -> Ran {
    let start = Timestamp::from_millis(1_795_222_800_000);
    let mut world = World {
        answers,
        latencies,
        deadline: machine.timeout_seconds.map(|seconds| start.plus_millis(millis(seconds))),
        invoked: HashMap::new(),
        invoked_for: HashMap::new(),
        calls: Vec::new(),
        has_failed_call: false,
        entered: 0,
        express_children: 0,
        most_bytes: 0,
        bytes: 0,
        left: MOST_FACTS,
    };
    let identity = Arc::new(identity(execution_type));
    let ended = world.execution(&machine.program, identity, input, start, 0);
    Ran {
        outcome: ended.outcome,
        millis: ended.at.millis_since(start),
        calls: world.calls,
        entered: world.entered,
        express_children: world.express_children,
        most_bytes: world.most_bytes,
        has_failed_call: world.has_failed_call,
        work: (MOST_FACTS - world.left) * FACT_BYTES + world.bytes,
    }
}

fn identity(execution_type: ExecutionType) -> Identity {
    Identity {
        execution_arn: "arn:aws:states:us-east-1:123456789012:execution:Machine:trial".into(),
        execution_name: "trial".into(),
        state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:Machine".into(),
        state_machine_name: "Machine".into(),
        role_arn: "arn:aws:iam::123456789012:role/Machine".into(),
        region: "us-east-1".into(),
        execution_type,
        version_arn: None,
        alias_arn: None,
        map_run_arn: None,
    }
}

/// What all executions of a run share.
struct World<'a> {
    answers: &'a dyn Answers,
    latencies: &'a Latencies,
    /// When the machine times out, with all that runs in it.
    deadline: Option<Timestamp>,
    /// How often each state was invoked.
    invoked: HashMap<String, u32>,
    /// How often for the same items of the Maps around it.
    invoked_for: HashMap<(String, Vec<u32>), u32>,
    calls: Vec<Call>,
    has_failed_call: bool,
    /// States that were entered but those of EXPRESS children, and children that were started.
    entered: usize,
    express_children: usize,
    most_bytes: usize,
    /// The bytes of all states' data together.
    bytes: usize,
    left: usize,
}

struct Ended {
    outcome: Option<Outcome>,
    at: Timestamp,
}

/// What is to happen to one execution, by time and then by the order in which it was arranged.
#[derive(Default)]
struct Agenda {
    facts: BTreeMap<(Timestamp, u64), Fact>,
    number: u64,
    tasks: HashMap<TaskId, Vec<(Timestamp, u64)>>,
    timers: HashMap<TimerId, (Timestamp, u64)>,
}

impl Agenda {
    fn add(&mut self, at: Timestamp, fact: Fact) -> (Timestamp, u64) {
        self.number += 1;
        self.facts.insert((at, self.number), fact);
        (at, self.number)
    }
}

impl World<'_> {
    fn execution(
        &mut self,
        program: &Arc<Program>,
        identity: Arc<Identity>,
        input: Payload,
        start: Timestamp,
        level: usize,
    ) -> Ended {
        let is_express_child = level > 0 && identity.execution_type == ExecutionType::Express;
        self.express_children += usize::from(is_express_child);
        self.entered += usize::from(level > 0);
        let mut execution = Execution::new(Arc::clone(program), identity);
        let mut agenda = Agenda::default();
        agenda.add(start, Fact::Started { input, seed: Seed([7; 32]) });
        let mut now = start;
        while let Some(((at, _), fact)) = agenda.facts.pop_first() {
            if self.left == 0 || execution.outcome().is_some() {
                break;
            }
            self.left -= 1;
            now = now.max(at);
            if execution.admit(&fact).is_err() {
                continue;
            }
            for command in step(&mut execution, Event { at: now, fact }) {
                let items = match &command {
                    Command::InvokeTask(request) => execution.items_around(request.task),
                    _ => Vec::new(),
                };
                self.perform(command, items, now, level, &mut agenda);
            }
        }
        for event in execution.history() {
            let data = match &event.detail {
                Detail::StateEntered { input, .. } => {
                    self.entered += usize::from(!is_express_child);
                    input
                }
                Detail::StateExited { output, .. } => output,
                _ => continue,
            };
            self.most_bytes = self.most_bytes.max(data.text().len());
            self.bytes += data.text().len();
        }
        Ended { outcome: execution.outcome().cloned(), at: now }
    }

    /// `items` are those that the Maps around a call are at.
    fn perform(
        &mut self,
        command: Command,
        items: Vec<u32>,
        now: Timestamp,
        level: usize,
        agenda: &mut Agenda,
    ) {
        match command {
            Command::InvokeTask(request) => self.invoke(&request, items, now, agenda),
            Command::CancelTask(task) => {
                for key in agenda.tasks.remove(&task).unwrap_or_default() {
                    agenda.facts.remove(&key);
                }
            }
            Command::StartTimer { timer, at } => {
                let key = agenda.add(at.max(now), Fact::TimerFired { timer });
                agenda.timers.insert(timer, key);
            }
            Command::CancelTimer(timer) => {
                if let Some(key) = agenda.timers.remove(&timer) {
                    agenda.facts.remove(&key);
                }
            }
            Command::StartChild(request) if level < MOST_MAP_RUNS => {
                let identity = Arc::clone(&request.identity);
                let program = &request.processor.program;
                let ended = self.execution(program, identity, request.input, now, level + 1);
                // One that does not end holds up its parent, which does not end either.
                let Some(outcome) = ended.outcome else { return };
                let (child, attempt) = (request.child, request.attempt);
                agenda.add(ended.at, Fact::ChildEnded { child, attempt, outcome });
            }
            Command::StartChild(_) | Command::StopChild(_) | Command::Finish(_) => {}
        }
    }

    fn invoke(
        &mut self,
        request: &TaskRequest,
        items: Vec<u32>,
        now: Timestamp,
        agenda: &mut Agenda,
    ) {
        let state = request.state.as_str();
        let overall = next(self.invoked.entry(state.to_owned()));
        let number = next(self.invoked_for.entry((state.to_owned(), items.clone())));
        let turn = Turn { overall, items: &items, number };
        let answer = self.answers.answer(state, &request.resource, turn);
        let mut parameters = request.parameters.text().to_owned();
        if let Some(token) = &request.token {
            parameters = parameters.replace(token.expose(), "TOKEN");
        }
        self.calls.push(Call { state: state.to_owned(), parameters });
        let task = request.task;
        let mut keys = Vec::new();
        if matches!(*request.resource, Resource::Activity { .. }) {
            keys.push(agenda.add(now, Fact::ActivityScheduled { task }));
            keys.push(agenda.add(now, Fact::ActivityStarted { task, worker_name: None }));
        } else if request.resource.pattern() != Pattern::RequestResponse {
            keys.push(agenda.add(now, Fact::TaskSubmitted { task, output: Payload::empty() }));
        }
        let taken = self.latencies.of(state, &request.resource, self.allowed(request, now));
        let at = now.plus_millis(i64::try_from(taken).unwrap_or(i64::MAX));
        let fact = match answer {
            Answer::Return(value) => Fact::TaskSucceeded { task, output: Payload::from(value) },
            Answer::Throw { error, cause } => {
                self.has_failed_call = true;
                Fact::TaskFailed { task, error: Some(error), cause: Some(cause) }
            }
        };
        keys.push(agenda.add(at, fact));
        agenda.tasks.insert(task, keys);
    }

    /// The milliseconds until a call, or the whole execution, times out.
    fn allowed(&self, request: &TaskRequest, now: Timestamp) -> Option<u64> {
        let seconds = [request.timeout_seconds, request.heartbeat_seconds].into_iter().flatten();
        let left = self.deadline.map(|it| it.millis_since(now));
        let least = seconds.map(millis).chain(left).min()?;
        Some(u64::try_from(least).unwrap_or_default())
    }
}

/// The number of a call, from 0, and one more from now on.
fn next<K>(count: Entry<'_, K, u32>) -> u32 {
    let count = count.or_default();
    *count += 1;
    *count - 1
}

fn millis(seconds: u64) -> i64 {
    i64::try_from(seconds.saturating_mul(1_000)).unwrap_or(i64::MAX)
}
