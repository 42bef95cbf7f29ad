//! One engine for one command: it starts an execution and sees all that follows to its end.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use atlas_asl::{
    model::{ExecutionType, StateKind, StateMachine},
    resource::Resource,
};
use atlas_core::{Payload, Timestamp, history::HistoryEvent};
use atlas_engine::{
    Description, Engine, EngineError, EngineOptions, StartRequest, Time, mocks::MockConfig,
};

use crate::{
    duration::human,
    failure::{Failure, say},
    label::clean,
    mock_file::placed,
    personal::hidden,
};

/// How often a run that has not ended is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// For so long nothing happens before a wait is talked about, where nobody outside is waited for.
pub(crate) const SILENCE: Duration = Duration::from_secs(2);
/// A shorter wait in real time is nothing to talk about.
const LONG_WAIT_MILLIS: i64 = 3_000;

/// What to run.
pub(crate) struct Plan {
    /// The machines that the run may need; the first is started.
    pub(crate) machines: Vec<(String, ExecutionType, StateMachine)>,
    pub(crate) input: Payload,
    pub(crate) mocks: Option<MockConfig>,
    /// What the mock file is called.
    pub(crate) mock_file: String,
    pub(crate) case: Option<String>,
    pub(crate) time: Time,
    /// What would let waits take no time.
    pub(crate) how_to_skip: &'static str,
}

impl Plan {
    /// Which mocks answer, in words.
    pub(crate) fn mocked(&self) -> Option<String> {
        self.case.as_ref().map(|case| format!("mock case {}", clean(case)))
    }
}

/// An execution that has ended, and its history.
pub(crate) struct Ended {
    pub(crate) description: Description,
    pub(crate) history: Vec<HistoryEvent>,
}

/// What happens in a run.
pub(crate) enum Happened {
    /// An event of the execution of this ARN.
    Event(Arc<str>, HistoryEvent),
    /// Something to say on stderr.
    Note(String),
}

/// Runs a plan until every execution has ended: the first, and what it started, in that order.
///
/// `watch` gets each event as it happens.
pub(crate) fn run(
    plan: Plan,
    watch: Option<mpsc::Sender<Happened>>,
) -> Result<Vec<Ended>, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .map_err(|error| Failure::ours(format_args!("cannot start a runtime: {error}")))?;
    runtime.block_on(run_all(plan, watch))
}

async fn run_all(plan: Plan, watch: Option<mpsc::Sender<Happened>>) -> Result<Vec<Ended>, Failure> {
    let Plan { machines, input, mocks, mock_file, case, time, how_to_skip } = plan;
    let refused = |error| refused(error, &mock_file);
    let mocks = mocks.map(Arc::new);
    let observer = watch.clone().map(observer);
    let engine = Engine::new(EngineOptions { mocks, observer, ..EngineOptions::default() });
    for (name, execution_type, machine) in &machines {
        engine.create_state_machine(name, *execution_type, machine).map_err(refused)?;
    }
    let Some((first, ..)) = machines.first() else { return Ok(Vec::new()) };
    let activities = activities(machines.iter().map(|(.., machine)| machine));
    let request = StartRequest { state_machine: first.clone(), name: None, input, case, time };
    engine.start(request).map_err(refused)?;
    see_to_end(&engine, &activities, LongWaits::new(time, how_to_skip, SILENCE, watch)).await
}

/// Tells whoever watches of each event.
pub(crate) fn observer(watch: mpsc::Sender<Happened>) -> atlas_engine::Observer {
    Arc::new(move |arn, event| {
        // Whoever watched may have stopped; the run goes on.
        let _ = watch.send(Happened::Event(Arc::clone(arn), event.clone()));
    })
}

/// Waits until every execution of the engine has ended.
pub(crate) async fn see_to_end(
    engine: &Engine,
    activities: &BTreeSet<String>,
    mut waits: LongWaits,
) -> Result<Vec<Ended>, Failure> {
    loop {
        let executions = engine.executions();
        let Some(running) = executions.iter().find(|execution| execution.outcome.is_none()) else {
            let ended = executions.into_iter().map(|description| {
                let history = engine.history(&description.execution_arn).map_err(Failure::ours)?;
                Ok(Ended { description, history })
            });
            return ended.collect();
        };
        refuse_work(engine, activities).await;
        waits.mention(engine, &executions);
        let end = engine.wait(&running.execution_arn);
        if let Ok(ended) = tokio::time::timeout(LOOK, end).await {
            ended.map_err(Failure::ours)?;
        }
    }
}

/// The activities that the machines name.
fn activities<'a>(machines: impl Iterator<Item = &'a StateMachine>) -> BTreeSet<String> {
    let mut arns = BTreeSet::new();
    for located in machines.flat_map(StateMachine::states) {
        let StateKind::Task(task) = &located.state.kind else { continue };
        if let Ok(Resource::Activity { arn }) = Resource::parse(&task.resource) {
            arns.insert(arn.to_string());
        }
    }
    arns
}

/// No worker can come to an engine that lives as long as one command: the task fails instead of
/// waiting for ever.
async fn refuse_work(engine: &Engine, activities: &BTreeSet<String>) {
    for arn in activities {
        while let Ok(Ok(Some(task))) =
            tokio::time::timeout(Duration::ZERO, engine.get_activity_task(arn, None)).await
        {
            let cause = format!(
                "the state waits for a worker of the activity `{arn}`, and none can come here"
            );
            let error = Some("States.Runtime".to_owned());
            // A task that has ended meanwhile needs no answer.
            let _ = engine.send_task_failure(task.token.expose(), error, Some(cause));
        }
    }
}

/// The waits of real time that were talked about.
pub(crate) struct LongWaits {
    time: Time,
    how_to_skip: &'static str,
    /// For so long nothing happens before a wait is talked about.
    silence: Duration,
    /// Whoever holds the screen says them; nobody else may write there.
    notes: Option<mpsc::Sender<Happened>>,
    /// What each execution waits for, by ARN, and since when.
    seen: HashMap<Arc<str>, (Timestamp, Instant)>,
    /// Executions, by ARN: one that waits again and again is mentioned once.
    mentioned: HashSet<Arc<str>>,
}

impl LongWaits {
    pub(crate) fn new(
        time: Time,
        how_to_skip: &'static str,
        silence: Duration,
        notes: Option<mpsc::Sender<Happened>>,
    ) -> Self {
        Self { time, how_to_skip, silence, notes, seen: HashMap::new(), mentioned: HashSet::new() }
    }

    fn mention(&mut self, engine: &Engine, executions: &[Description]) {
        if self.time == Time::SkippingWaits {
            return;
        }
        for execution in executions.iter().filter(|execution| execution.outcome.is_none()) {
            let arn = &execution.execution_arn;
            let Ok(Some(until)) = engine.next_timer(arn) else { continue };
            let left = until.millis_since(engine.now());
            let known = self.seen.entry(Arc::clone(arn)).or_insert((until, Instant::now()));
            if known.0 != until {
                *known = (until, Instant::now());
            }
            // A timer can be a timeout that nobody expects to run out.
            let is_long = left > LONG_WAIT_MILLIS && known.1.elapsed() >= self.silence;
            if !is_long || !self.mentioned.insert(Arc::clone(arn)) {
                continue;
            }
            let note = format!(
                "{} waits for {}, until {until}; {} lets waits take no time",
                clean(&execution.state_machine_name),
                human(left),
                self.how_to_skip,
            );
            match &self.notes {
                None => say(&note),
                // The screen may have gone; the run goes on.
                Some(screen) => drop(screen.send(Happened::Note(note))),
            }
        }
    }
}

fn refused(error: EngineError, mock_file: &str) -> Failure {
    match error {
        EngineError::Journal(_) => Failure::ours(error),
        EngineError::InvalidMocks(error) => {
            Failure::all_theirs(error.faults.iter().map(|fault| placed(mock_file, fault)))
        }
        EngineError::UnknownCase(error) => Failure::theirs(placed(mock_file, &error)),
        error => Failure::theirs(hidden(&clean(&error.to_string()))),
    }
}
