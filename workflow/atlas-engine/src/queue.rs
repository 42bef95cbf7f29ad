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

/// An execution that is not in memory.
#[derive(Debug)]
pub(crate) enum Absent {
    /// By its ARN.
    Arn(Arc<str>),
    /// By its place among all.
    Number(u64),
}

/// What comes next.
#[derive(Debug)]
pub(crate) enum Next {
    /// Something to do for an execution. Whoever takes it leaves the execution's run when it is done.
    Work(Arc<Cell>, Work),
    /// An execution to be brought back, and to be told something.
    Absent(Absent, Option<Fact>),
}

/// Things to do, each for an execution. An execution's run does not skip time while one is left.
#[derive(Debug, Default)]
pub(crate) struct Queue(VecDeque<Next>);

impl Queue {
    pub(crate) fn push(&mut self, cell: Arc<Cell>, work: Work) {
        cell.run.enter();
        self.0.push_back(Next::Work(cell, work));
    }

    /// The same for a run that was entered already.
    pub(crate) fn push_entered(&mut self, cell: Arc<Cell>, work: Work) {
        self.0.push_back(Next::Work(cell, work));
    }

    /// Something for an execution that has to be brought back. No such one skips time.
    pub(crate) fn push_absent(&mut self, absent: Absent, fact: Option<Fact>) {
        self.0.push_back(Next::Absent(absent, fact));
    }

    pub(crate) fn pop(&mut self) -> Option<Next> {
        self.0.pop_front()
    }
}
