//! One execution as the engine keeps it: the interpreter's part and what runs around it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak},
};

use atlas_asl::model::ExecutionType;
use atlas_core::{ChildId, Execution, Fact, Identity, Outcome, TaskId, TimerId, Timestamp};
use tokio::{sync::oneshot, task::AbortHandle};

use crate::{
    activities::ActivityTask,
    archive::{Stage, Status},
    journal::{Introduction, JournalError},
    limits::CountedOpen,
    machines::Machine,
    mocks::{Invocations, MockCase, MockConfig},
    run::{Pace, Run, TimerKey},
    start::Time,
    tally::Counted,
};

/// An execution, its clock and who waits for it.
#[derive(Debug)]
pub(crate) struct Cell {
    pub(crate) identity: Arc<Identity>,
    /// The machine, as it was when the execution began.
    pub(crate) machine: Arc<Machine>,
    /// Its place among all executions of the engine.
    pub(crate) sequence: u64,
    pub(crate) run: Arc<Run>,
    pub(crate) started_by: Option<StartedBy>,
    pub(crate) mocking: Option<Mocking>,
    /// What it is of its map run, where it is the child of one.
    pub(crate) part: Option<Part>,
    /// Who waits for it, where it is the child of a map run.
    pub(crate) child_of: OnceLock<ChildOf>,
    counted: Mutex<Counted>,
    body: Mutex<Body>,
}

/// Who waits for a child execution of a map run.
#[derive(Debug)]
pub(crate) struct ChildOf {
    pub(crate) parent: Weak<Cell>,
    pub(crate) child: ChildId,
}

/// What a child execution is of its map run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The label of the map.
    pub label: Arc<str>,
    /// Where the processor that it runs stands in the machine's definition.
    pub pointer: Arc<str>,
    /// Of how many items it is.
    pub item_count: u32,
}

/// The task that started a nested execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartedBy {
    /// The execution of the task.
    pub execution_arn: Arc<str>,
    /// The task.
    pub task: TaskId,
    /// 1 where nobody started the one that started it.
    pub depth: usize,
}

/// A task that waits for the end of a nested execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watcher {
    /// The execution of the task.
    pub execution_arn: Arc<str>,
    /// The task.
    pub task: TaskId,
    /// How it is told.
    pub form: Form,
}

/// How the end of a nested execution is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `.sync`: input and output are texts.
    Text,
    /// `.sync:2`: input and output are JSON.
    Json,
}

/// The test case of an execution. What it starts uses the case of the same name, where there is one.
#[derive(Debug, Clone)]
pub(crate) struct Mocking {
    pub(crate) config: Arc<MockConfig>,
    pub(crate) case_name: Arc<str>,
    pub(crate) case: Option<Arc<MockCase>>,
}

/// What changes about an execution.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) execution: Execution,
    /// When its last fact came; time never goes back within an execution.
    pub(crate) last_at: Timestamp,
    /// How many facts it has.
    pub(crate) facts: u64,
    /// The status that the archive knows.
    pub(crate) noted: Status,
    /// The archive takes it for one that rests.
    pub(crate) rests: bool,
    /// It has left memory: whoever still holds it has to look for it again.
    pub(crate) is_out: bool,
    /// The timers that have not fired.
    pub(crate) timers: BTreeMap<TimerId, TimerKey>,
    /// The tasks that have not ended and that somebody may have to end or give up.
    pub(crate) open_tasks: BTreeMap<TaskId, OpenTask>,
    pub(crate) invocations: Invocations,
    /// The child executions of its map runs that have been started.
    pub(crate) children: HashMap<ChildId, Weak<Cell>>,
    /// How often the map run that it is a child of was redriven when it was started last.
    pub(crate) attempt: u32,
    /// The token of the last redrive.
    pub(crate) redrive_token: Option<Box<str>>,
    /// How many of its map runs can be found by their ARN.
    pub(crate) known_map_runs: usize,
    /// The tasks that wait for its end. Two may, if they asked for the same execution.
    pub(crate) watchers: Vec<Watcher>,
    pub(crate) waiters: Vec<oneshot::Sender<Result<Outcome, JournalError>>>,
    /// The execution cannot go on, for a fact of it could not be kept.
    pub(crate) broken: Option<Box<JournalError>>,
    pub(crate) is_shed: bool,
    /// It counts as open, until it has ended.
    pub(crate) open: Option<CountedOpen>,
}

/// Who ends a task.
#[derive(Debug)]
pub(crate) enum OpenTask {
    /// A call in flight.
    Call(AbortHandle),
    /// Whoever has the token; the call that hands it over may still be in flight.
    Callback(Option<AbortHandle>),
    /// A worker; what it is to do, until one has taken it.
    Activity(Option<Box<Offer>>),
    /// A nested execution, by its ARN once it has been started.
    Child(Option<Arc<str>>),
}

/// What a worker is to do.
#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) activity_arn: Arc<str>,
    pub(crate) task: ActivityTask,
}

impl Cell {
    /// What is kept of it beside its facts.
    pub(crate) fn introduction(&self) -> Introduction<'_> {
        let mocking = self.mocking.as_ref();
        Introduction {
            identity: &self.identity,
            number: self.sequence,
            machine: &self.machine,
            case: mocking.map(|mocking| &*mocking.case_name),
            time: match self.run.pace() {
                Pace::Real => Time::Real,
                Pace::Skipping => Time::SkippingWaits,
            },
            started_by: self.started_by.as_ref(),
            part: self.part.as_ref(),
        }
    }

    pub(crate) fn new(
        execution: Execution,
        machine: Arc<Machine>,
        sequence: u64,
        run: Arc<Run>,
        started_by: Option<StartedBy>,
        mocking: Option<Mocking>,
        part: Option<Part>,
    ) -> Self {
        Self {
            identity: Arc::clone(execution.identity()),
            machine,
            sequence,
            run,
            started_by,
            mocking,
            part,
            child_of: OnceLock::new(),
            counted: Mutex::default(),
            body: Mutex::new(Body {
                execution,
                last_at: Timestamp::default(),
                facts: 0,
                noted: Status::Running,
                rests: false,
                is_out: false,
                timers: BTreeMap::new(),
                open_tasks: BTreeMap::new(),
                invocations: Invocations::default(),
                children: HashMap::new(),
                attempt: 0,
                redrive_token: None,
                known_map_runs: 0,
                watchers: Vec::new(),
                waiters: Vec::new(),
                broken: None,
                is_shed: false,
                open: None,
            }),
        }
    }

    /// The execution, for as long as the guard lives.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Body> {
        self.body.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it is counted, for as long as the guard lives. Who holds it locks no execution.
    pub(crate) fn counted(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the journal keeps it. AWS keeps nothing of an EXPRESS execution either: it may run more
    /// than once.
    pub(crate) fn is_kept(&self) -> bool {
        self.identity.execution_type == ExecutionType::Standard
    }

    /// The test case, where the execution's machine has one.
    pub(crate) fn case(&self) -> Option<&MockCase> {
        self.mocking.as_ref()?.case.as_deref()
    }
}

impl Body {
    /// How it stands, once it has begun.
    pub(crate) fn stage(&self) -> Option<Stage> {
        Some(Stage {
            status: Status::after(self.execution.outcome()),
            started_at: self.execution.started_at()?,
            ended_at: self.execution.ended_at(),
            redrives: self.execution.redrives().to_vec(),
            redrive_token: self.redrive_token.clone(),
        })
    }

    /// A fact has ended a task, or its timer has fired: nobody has to end it any more.
    pub(crate) fn settle(&mut self, fact: &Fact, run: &Run) {
        match fact {
            Fact::TaskSucceeded { task, .. } | Fact::TaskFailed { task, .. } => {
                self.close(*task, run);
            }
            Fact::TimerFired { timer } => {
                self.take_timer(*timer);
            }
            Fact::Started { .. }
            | Fact::ActivityScheduled { .. }
            | Fact::TaskHeartbeat { .. }
            | Fact::MapRunUpdated { .. }
            | Fact::Redriven
            | Fact::Stopped { .. } => {}
            Fact::ActivityStarted { task, .. } => {
                if let Some(OpenTask::Activity(offer)) = self.open_tasks.get_mut(task) {
                    *offer = None;
                }
            }
            // The call that hands the token over has been answered.
            Fact::TaskSubmitted { task, .. } => {
                if let Some(OpenTask::Callback(call)) = self.open_tasks.get_mut(task) {
                    *call = None;
                }
            }
            Fact::ChildEnded { child, .. } => {
                self.children.remove(child);
            }
        }
    }

    /// Forgets an open task.
    pub(crate) fn close(&mut self, task: TaskId, run: &Run) -> Option<OpenTask> {
        let open = self.open_tasks.remove(&task)?;
        if open.holds() {
            run.release();
        }
        Some(open)
    }

    /// Keeps an open task in mind.
    pub(crate) fn open(&mut self, task: TaskId, open: OpenTask, run: &Run) {
        if open.holds() {
            run.hold();
        }
        self.open_tasks.insert(task, open);
    }

    /// Forgets a timer.
    pub(crate) fn take_timer(&mut self, timer: TimerId) -> Option<TimerKey> {
        self.timers.remove(&timer)
    }
}

impl OpenTask {
    /// Somebody outside may end the task at any time, so no time may be skipped.
    const fn holds(&self) -> bool {
        matches!(self, Self::Callback(_) | Self::Activity(_))
    }
}
