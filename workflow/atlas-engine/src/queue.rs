//! What a thread still has to do before it returns from the engine.

use std::{collections::VecDeque, sync::Arc};

use atlas_core::{ChildRequest, Fact};

use crate::{cell::Cell, perform::Invocation};

/// One thing to do.
#[derive(Debug)]
pub(crate) enum Work {
    /// Tell an execution a fact.
    Tell(Fact),
    /// Start what a `states:startExecution` task of an execution asks for.
    StartNested(Invocation),
    /// Start a child execution of a map run of an execution.
    StartChild(Box<ChildRequest>),
}

/// Things to do, each for an execution. An execution's run does not skip time while one is left.
#[derive(Debug, Default)]
pub(crate) struct Queue(VecDeque<(Arc<Cell>, Work)>);

impl Queue {
    pub(crate) fn push(&mut self, cell: Arc<Cell>, work: Work) {
        cell.run.enter();
        self.0.push_back((cell, work));
    }

    /// The same for a run that was entered already.
    pub(crate) fn push_entered(&mut self, cell: Arc<Cell>, work: Work) {
        self.0.push_back((cell, work));
    }

    /// The next thing to do. Whoever takes it leaves the execution's run when it is done.
    pub(crate) fn pop(&mut self) -> Option<(Arc<Cell>, Work)> {
        self.0.pop_front()
    }
}
