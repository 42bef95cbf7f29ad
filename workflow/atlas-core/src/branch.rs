//! A branch: one thread of control of an execution. The machine's own flow is one, each branch of a
//! Parallel and each iteration of a Map is one.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

use serde_json::Value;

use crate::{
    ChildId, Failure, MapRunId, Payload, TaskId, TaskToken, TimerId, Timestamp,
    history::{Assigned, EventId, Scheduled},
    program::StateIndex,
    variables::{Changed, Variables},
};

/// A branch of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct BranchId(pub(crate) u32);

#[derive(Debug, Clone)]
pub(crate) struct Branch {
    /// The branch whose Parallel or Map state waits for this one, and the place of the result.
    pub(crate) parent: Option<(BranchId, u32)>,
    /// The state where it is, or is about to be.
    pub(crate) state: StateIndex,
    /// The last event of this branch, to which the next one refers.
    pub(crate) previous: EventId,
    /// The event before the one that entered the state.
    pub(crate) previous_of_entered: EventId,
    /// The event that entered the state.
    pub(crate) entered: EventId,
    pub(crate) entered_at: Timestamp,
    /// The raw input of the state.
    pub(crate) input: Payload,
    pub(crate) variables: Variables,
    /// The item of the innermost Map around it.
    pub(crate) item: Option<Arc<MapItem>>,
    /// It has entered its state; otherwise it is about to.
    pub(crate) has_entered: bool,
    /// How often each retrier of the state was used in this visit.
    pub(crate) retries: Vec<u64>,
    pub(crate) phase: Phase,
}

/// `$$.Map.Item`.
#[derive(Debug)]
pub(crate) struct MapItem {
    pub(crate) index: u32,
    pub(crate) value: Payload,
}

/// What a branch does in its state.
#[derive(Debug, Clone)]
pub(crate) enum Phase {
    /// It is about to enter its state.
    Entering,
    /// It has waited for its retry, and is about to try the state again.
    Retrying,
    /// A task is out.
    Task(Box<TaskPhase>),
    /// A Wait state waits.
    Waiting(TimerId),
    /// The state failed, and will be tried again.
    BackingOff(TimerId),
    /// The branches of a Parallel run.
    Parallel(Box<ParallelPhase>),
    /// The iterations of a Map run.
    Map(Box<MapPhase>),
    /// A map run reads its items.
    Reading(Box<ReadingPhase>),
    /// The child executions of a map run run.
    MapRun(Box<MapRunPhase>),
    /// A map run writes its results.
    Writing(Box<WritingPhase>),
}

#[derive(Debug, Clone)]
pub(crate) struct TaskPhase {
    pub(crate) task: TaskId,
    pub(crate) token: Option<TaskToken>,
    /// Who is to take it before it can end well; `None` for a call that is simply answered.
    pub(crate) taker: Option<Taker>,
    /// It has been taken.
    pub(crate) is_taken: bool,
    /// What the history says of an activity's task once it is known that there is such an activity.
    pub(crate) to_schedule: Option<Box<Scheduled>>,
    pub(crate) timeout: Option<TimerId>,
    pub(crate) heartbeat: Option<(TimerId, u64)>,
}

/// Who takes a task, and ends it later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taker {
    /// A worker: `ActivityStarted`.
    Worker,
    /// The service of a `.sync` or `.waitForTaskToken` task: `TaskSubmitted`.
    Service,
}

#[derive(Debug, Clone)]
pub(crate) struct ParallelPhase {
    pub(crate) children: Vec<BranchId>,
    pub(crate) results: Vec<Option<Payload>>,
    pub(crate) remaining: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct MapPhase {
    /// The effective input, which every `ItemSelector` looks at.
    pub(crate) input: Payload,
    pub(crate) items: Vec<Payload>,
    pub(crate) next: usize,
    pub(crate) running: BTreeSet<BranchId>,
    pub(crate) results: Vec<Option<Payload>>,
    pub(crate) remaining: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct ReadingPhase {
    pub(crate) task: TaskId,
    pub(crate) run: MapRunId,
    /// The effective input of the state.
    pub(crate) input: Payload,
    /// What the call was made with.
    pub(crate) parameters: Payload,
    /// The items of what was read before.
    pub(crate) items: Vec<Payload>,
    /// It reads an object that another one named.
    pub(crate) is_held: bool,
    /// The parameters of objects that are read yet, the next one last.
    pub(crate) objects: Vec<Payload>,
    /// The headers of the objects' rows, where a manifest names them.
    pub(crate) headers: Option<Vec<String>>,
}

#[derive(Debug, Clone)]
pub(crate) struct MapRunPhase {
    pub(crate) run: MapRunId,
    /// The effective input, which every `ItemSelector` looks at.
    pub(crate) input: Payload,
    /// What each child execution is given, before its `ItemSelector`.
    pub(crate) items: Vec<Payload>,
    /// Of how many items each batch is; empty where items are not batched.
    pub(crate) batch_sizes: Vec<u32>,
    /// The child executions that have been started once, in the order of the items.
    pub(crate) children: Vec<Child>,
    /// Those that wait to be redriven.
    pub(crate) to_redrive: VecDeque<u32>,
    pub(crate) running: usize,
    /// What `ResultWriter` wrote before the run was redriven, as its manifest tells of it.
    pub(crate) success_files: Vec<Value>,
}

/// A child execution of a map run.
#[derive(Debug, Clone)]
pub(crate) struct Child {
    pub(crate) id: ChildId,
    /// How often it was redriven.
    pub(crate) attempt: u32,
    pub(crate) input: Payload,
    pub(crate) state: ChildState,
    pub(crate) started_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
    /// Its result stands in one of `success_files`.
    pub(crate) is_written: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum ChildState {
    Running,
    Succeeded(Payload),
    Failed(Failure),
    TimedOut(Failure),
    Aborted(Failure),
    PendingRedrive,
}

#[derive(Debug, Clone)]
pub(crate) struct WritingPhase {
    pub(crate) task: TaskId,
    /// The run, none of whose child executions runs.
    pub(crate) run: MapRunPhase,
    /// What is still to be written, the next one last.
    pub(crate) documents: Vec<Document>,
    pub(crate) then: Then,
}

/// What comes once the results are written.
#[derive(Debug, Clone)]
pub(crate) enum Then {
    /// The state has this result.
    Succeed(Payload),
    /// The run has failed.
    Fail(Failure),
}

/// A document to be written to a bucket.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) parameters: Payload,
}

impl Branch {
    pub(crate) fn retry_count(&self) -> u32 {
        u32::try_from(self.retries.iter().sum::<u64>()).unwrap_or(u32::MAX)
    }

    pub(crate) fn task(&self) -> Option<&TaskPhase> {
        match &self.phase {
            Phase::Task(task) => Some(task),
            _ => None,
        }
    }

    /// Takes over what a state assigned.
    pub(crate) fn assign(&mut self, assigned: Option<&Assigned>) {
        if let Some(assigned) = assigned {
            self.variables.assign(assigned);
        }
    }

    /// Puts each payload through `change`.
    pub(crate) fn for_each_payload(
        &mut self,
        scopes: &mut Changed,
        change: &mut impl FnMut(&mut Payload),
    ) {
        change(&mut self.input);
        self.variables = self.variables.with_each_payload(scopes, change);
        if let Some(item) = &self.item {
            let mut value = item.value.clone();
            change(&mut value);
            if !value.is_same(&item.value) {
                self.item = Some(Arc::new(MapItem { index: item.index, value }));
            }
        }
        match &mut self.phase {
            Phase::Parallel(parallel) => parallel.results.iter_mut().flatten().for_each(change),
            Phase::Map(map) => {
                change(&mut map.input);
                map.items.iter_mut().for_each(&mut *change);
                map.results.iter_mut().flatten().for_each(change);
            }
            Phase::Reading(reading) => {
                change(&mut reading.input);
                change(&mut reading.parameters);
                reading.objects.iter_mut().for_each(&mut *change);
                reading.items.iter_mut().for_each(change);
            }
            Phase::MapRun(run) => run.for_each_payload(change),
            Phase::Writing(writing) => {
                if let Then::Succeed(result) = &mut writing.then {
                    change(result);
                }
                for document in &mut writing.documents {
                    change(&mut document.parameters);
                }
                writing.run.for_each_payload(change);
            }
            Phase::Entering
            | Phase::Retrying
            | Phase::Task(_)
            | Phase::Waiting(_)
            | Phase::BackingOff(_) => {}
        }
    }
}

impl MapRunPhase {
    fn for_each_payload(&mut self, change: &mut impl FnMut(&mut Payload)) {
        change(&mut self.input);
        self.items.iter_mut().for_each(&mut *change);
        for child in &mut self.children {
            change(&mut child.input);
            if let ChildState::Succeeded(output) = &mut child.state {
                change(output);
            }
        }
    }
}

impl Child {
    pub(crate) fn is_running(&self) -> bool {
        matches!(self.state, ChildState::Running)
    }

    pub(crate) fn has_succeeded(&self) -> bool {
        matches!(self.state, ChildState::Succeeded(_))
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.state.failure().is_some()
    }
}

impl ChildState {
    pub(crate) fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) | Self::TimedOut(failure) | Self::Aborted(failure) => {
                Some(failure)
            }
            Self::Running | Self::Succeeded(_) | Self::PendingRedrive => None,
        }
    }

    /// As the API spells it.
    pub(crate) const fn as_str(&self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded(_) => "SUCCEEDED",
            Self::Failed(_) => "FAILED",
            Self::TimedOut(_) => "TIMED_OUT",
            Self::Aborted(_) => "ABORTED",
            Self::PendingRedrive => "PENDING_REDRIVE",
        }
    }
}
