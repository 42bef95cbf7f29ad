//! One execution: everything about it that changes.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};

use serde_json::Value;

use crate::{
    ChildId, Fact, Identity, MapRun, MapRunStatus, Outcome, Payload, Program, TaskId, TimerId,
    Timestamp,
    branch::{Branch, BranchId, Child, ChildState, Phase, Taker, TaskPhase},
    history::HistoryEvent,
    random::Random,
    scope::SharedContext,
    variables::Changed,
};

/// A running or ended execution of a machine.
#[derive(Debug)]
pub struct Execution {
    pub(crate) program: Arc<Program>,
    pub(crate) identity: Arc<Identity>,
    pub(crate) began: Option<Began>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) history: Vec<HistoryEvent>,
    pub(crate) branches: BTreeMap<BranchId, Box<Branch>>,
    pub(crate) last_branch: u32,
    pub(crate) ready: VecDeque<BranchId>,
    pub(crate) tasks: BTreeMap<TaskId, BranchId>,
    pub(crate) last_task: u32,
    pub(crate) timers: BTreeMap<TimerId, Timer>,
    pub(crate) last_timer: u32,
    pub(crate) map_runs: Vec<MapRun>,
    pub(crate) children: BTreeMap<ChildId, BranchId>,
    pub(crate) last_child: u32,
    /// What a redrive would go on with, once it has ended otherwise than well.
    pub(crate) halted: Option<BTreeMap<BranchId, Box<Branch>>>,
    pub(crate) redrives: Vec<Timestamp>,
    pub(crate) context: SharedContext,
    /// The context object, where it is given as a whole: a state that is tried by itself.
    pub(crate) given_context: Option<Value>,
}

/// What the first fact fixed.
#[derive(Debug)]
pub(crate) struct Began {
    pub(crate) at: Timestamp,
    pub(crate) input: Payload,
    pub(crate) random: Random,
}

/// What a timer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timer {
    /// `TimeoutSeconds` of the machine.
    Execution,
    /// `TimeoutSeconds` of a Task.
    TaskTimeout(BranchId),
    /// `HeartbeatSeconds` of a Task.
    Heartbeat(BranchId),
    /// A Wait state.
    Wait(BranchId),
    /// The delay before a retry.
    Backoff(BranchId),
}

/// Why a fact cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAdmitted {
    /// `Started` came a second time.
    #[error("the execution has already been started")]
    AlreadyStarted,
    /// A fact came before `Started`.
    #[error("the execution has not been started")]
    NotStarted,
    /// The execution has ended.
    #[error("the execution has ended")]
    Ended,
    /// The task has ended, timed out or been aborted: `TaskTimedOut` in AWS's API.
    #[error("the task has been closed")]
    TaskClosed,
    /// There never was such a task: `TaskDoesNotExist` in AWS's API.
    #[error("the execution has no such task")]
    NoSuchTask,
    /// A worker or the service has taken the task before, or none is to take it.
    #[error("the task does not wait for anybody to take it")]
    NotToBeTaken,
    /// The timer was cancelled or has fired before.
    #[error("the timer was cancelled or has fired before")]
    NoSuchTimer,
    /// The child execution is not waited for.
    #[error("the child execution is not waited for")]
    NoSuchChild,
    /// There is no such map run, or it has ended.
    #[error("the map run does not run")]
    NoSuchMapRun,
    /// The execution cannot be redriven.
    #[error("the execution cannot be redriven")]
    NotRedrivable,
}

impl Execution {
    /// An execution that waits for its `Started`.
    pub fn new(program: Arc<Program>, identity: Arc<Identity>) -> Self {
        Self {
            program,
            identity,
            began: None,
            outcome: None,
            ended_at: None,
            history: Vec::new(),
            branches: BTreeMap::new(),
            last_branch: 0,
            ready: VecDeque::new(),
            tasks: BTreeMap::new(),
            last_task: 0,
            timers: BTreeMap::new(),
            last_timer: 0,
            map_runs: Vec::new(),
            children: BTreeMap::new(),
            last_child: 0,
            halted: None,
            redrives: Vec::new(),
            context: SharedContext::default(),
            given_context: None,
        }
    }

    /// Says whether a fact may be taken now; what is late or forged stops here.
    pub fn admit(&self, fact: &Fact) -> Result<(), NotAdmitted> {
        match fact {
            Fact::Started { .. } if self.began.is_some() => Err(NotAdmitted::AlreadyStarted),
            Fact::Started { .. } => Ok(()),
            _ if self.began.is_none() => Err(NotAdmitted::NotStarted),
            Fact::Stopped { .. } if self.outcome.is_some() => Err(NotAdmitted::Ended),
            Fact::Stopped { .. } => Ok(()),
            Fact::ActivityScheduled { task } => self.awaits_schedule(*task),
            Fact::ActivityStarted { task, .. } => self.awaits(*task, Taker::Worker),
            Fact::TaskSubmitted { task, .. } => self.awaits(*task, Taker::Service),
            Fact::TaskSucceeded { task, .. }
            | Fact::TaskFailed { task, .. }
            | Fact::TaskHeartbeat { task } => self.open_task(*task).map(|_| ()),
            Fact::ChildEnded { child, attempt, .. } => self.awaits_child(*child, *attempt),
            Fact::MapRunUpdated { map_run, .. } => {
                let run = usize::try_from(map_run.0).ok().and_then(|at| self.map_runs.get(at));
                if run.is_some_and(|run| run.status == MapRunStatus::Running) {
                    Ok(())
                } else {
                    Err(NotAdmitted::NoSuchMapRun)
                }
            }
            Fact::Redriven if self.is_halted() => Ok(()),
            Fact::Redriven => Err(NotAdmitted::NotRedrivable),
            Fact::TimerFired { timer } => {
                if self.timers.contains_key(timer) {
                    Ok(())
                } else {
                    Err(NotAdmitted::NoSuchTimer)
                }
            }
        }
    }

    /// The branch whose task this is.
    fn open_task(&self, task: TaskId) -> Result<BranchId, NotAdmitted> {
        self.tasks.get(&task).copied().ok_or(if task.0 == 0 || task.0 > self.last_task {
            NotAdmitted::NoSuchTask
        } else {
            NotAdmitted::TaskClosed
        })
    }

    fn awaits(&self, task: TaskId, taker: Taker) -> Result<(), NotAdmitted> {
        let branch = self.open_task(task)?;
        let phase = self.branches.get(&branch).and_then(|branch| branch.task());
        let is_awaited = |phase: &TaskPhase| {
            phase.taker == Some(taker) && !phase.is_taken && phase.to_schedule.is_none()
        };
        if phase.is_some_and(is_awaited) { Ok(()) } else { Err(NotAdmitted::NotToBeTaken) }
    }

    fn awaits_schedule(&self, task: TaskId) -> Result<(), NotAdmitted> {
        let branch = self.open_task(task)?;
        let phase = self.branches.get(&branch).and_then(|branch| branch.task());
        if phase.is_some_and(|phase| phase.to_schedule.is_some()) {
            Ok(())
        } else {
            Err(NotAdmitted::NotToBeTaken)
        }
    }

    fn awaits_child(&self, child: ChildId, attempt: u32) -> Result<(), NotAdmitted> {
        let branch = self.children.get(&child).and_then(|branch| self.branches.get(branch));
        let Some(Phase::MapRun(run)) = branch.map(|branch| &branch.phase) else {
            return Err(NotAdmitted::NoSuchChild);
        };
        let is_awaited =
            |known: &Child| known.attempt == attempt && matches!(known.state, ChildState::Running);
        if run.child(child).is_some_and(|(_, known)| is_awaited(known)) {
            Ok(())
        } else {
            Err(NotAdmitted::NoSuchChild)
        }
    }

    /// Whether the service has taken the task's request, or a worker the task; only its end is to come.
    pub(crate) fn is_taken(&self, task: TaskId) -> bool {
        let branch = self.tasks.get(&task).and_then(|branch| self.branches.get(branch));
        branch.and_then(|branch| branch.task()).is_some_and(|phase| phase.is_taken)
    }

    /// Its names.
    pub fn identity(&self) -> &Arc<Identity> {
        &self.identity
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// When it began.
    pub fn started_at(&self) -> Option<Timestamp> {
        self.began.as_ref().map(|began| began.at)
    }

    /// When it ended.
    pub fn ended_at(&self) -> Option<Timestamp> {
        self.ended_at
    }

    /// Its input.
    pub fn input(&self) -> Option<&Payload> {
        self.began.as_ref().map(|began| &began.input)
    }

    /// Its map runs, in the order in which they began.
    pub fn map_runs(&self) -> &[MapRun] {
        &self.map_runs
    }

    /// When it was redriven, each time.
    pub fn redrives(&self) -> &[Timestamp] {
        &self.redrives
    }

    /// Its history so far.
    pub fn history(&self) -> &[HistoryEvent] {
        &self.history
    }

    /// Keeps each document as text alone, once: worth its time before a long wait.
    pub fn shed(&mut self) {
        let mut kept: HashMap<usize, Payload> = HashMap::new();
        let mut originals: Vec<Payload> = Vec::new();
        let mut shed = |payload: &mut Payload| {
            if payload.is_text_only() {
                return;
            }
            let identity = payload.identity();
            let text_only = kept.entry(identity).or_insert_with(|| {
                // Held to the end, so that no other payload can get its identity meanwhile.
                originals.push(payload.clone());
                payload.as_text_only()
            });
            *payload = text_only.clone();
        };
        for event in &mut self.history {
            event.detail.for_each_payload(&mut shed);
        }
        if let Some(began) = &mut self.began {
            shed(&mut began.input);
        }
        let mut scopes = Changed::default();
        let halted = self.halted.iter_mut().flat_map(BTreeMap::values_mut);
        for branch in self.branches.values_mut().chain(halted) {
            branch.for_each_payload(&mut scopes, &mut shed);
        }
        if let Some(Outcome::Succeeded { output }) = &mut self.outcome {
            shed(output);
        }
        self.context.clear();
        self.history.shrink_to_fit();
        self.ready.shrink_to_fit();
    }
}
