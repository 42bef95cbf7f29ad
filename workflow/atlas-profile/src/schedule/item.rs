//! One thing that took time, and what it was made of.

use std::rc::Rc;

use crate::place::Place;

/// Its number in its run.
pub(crate) type ItemId = usize;

/// One thing that took time. All moments are milliseconds since the run began.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) id: ItemId,
    pub(crate) kind: Kind,
    pub(crate) place: Rc<Place>,
    pub(crate) start: f64,
    pub(crate) end: f64,
    /// What it is made of, by start. It waits for all of it.
    pub(crate) inner: Vec<Item>,
    /// What it started and did not wait for.
    pub(crate) spawned: Vec<Item>,
}

/// What kind of thing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Execution,
    State,
    /// A branch of a Parallel, an iteration of a Map.
    Branch,
    Attempt,
    /// A call of a service, by a state or a function.
    Call,
    /// A function's handler.
    Handler,
    /// A phase of a cold start.
    Init(String),
    /// The delay before another attempt.
    Backoff,
    /// The time of a Wait state.
    Timer,
    /// Somebody outside was waited for, who had a task token, or a worker.
    Callback,
}

impl Kind {
    /// In words, for what stands on the critical path.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Execution => "between states".to_owned(),
            Self::State | Self::Attempt => "the state's own time".to_owned(),
            Self::Branch => "between states of a branch".to_owned(),
            Self::Call => "call".to_owned(),
            Self::Handler => "the function's own time".to_owned(),
            Self::Init(phase) => format!("cold start: {phase}"),
            Self::Backoff => "delay before another attempt".to_owned(),
            Self::Timer => "wait".to_owned(),
            Self::Callback => "waiting for somebody outside".to_owned(),
        }
    }
}

impl Item {
    pub(crate) fn took(&self) -> f64 {
        self.end - self.start
    }

    /// Every item of it, itself first.
    pub(crate) fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Item)) {
        visit(self);
        for item in self.inner.iter().chain(&self.spawned) {
            item.walk(visit);
        }
    }
}
