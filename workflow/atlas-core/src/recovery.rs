//! Bringing an execution back from its journal, through the same `step` as the first run.

use std::collections::{BTreeMap, HashMap};

use atlas_asl::model::StateName;

use crate::{ChildId, Command, Event, Execution, Fact, TaskId, TimerId, Timestamp, step};

/// An execution as its journal leaves it.
#[derive(Debug)]
pub struct Recovered {
    /// The execution.
    pub execution: Execution,
    /// The commands whose results the journal does not hold, in the order in which they came: whoever
    /// recovers performs them, as the first run would have.
    pub unsettled: Vec<Unsettled>,
    /// How often each Task state was invoked.
    pub invoked: HashMap<StateName, u32>,
    /// When the last fact came.
    pub last_at: Timestamp,
}

/// A command that has to be performed, perhaps again.
#[derive(Debug)]
pub struct Unsettled {
    /// The command.
    pub command: Command,
    /// Of an `InvokeTask`: the service has taken the request, or a worker the task; only its end is
    /// to come.
    pub is_taken: bool,
    /// Of an `InvokeTask`: how often its state had been invoked before.
    pub number: u32,
}

/// Runs the facts of a journal through [`step`] again, in an execution that waits for its `Started`.
pub fn recover(execution: Execution, journal: impl IntoIterator<Item = Event>) -> Recovered {
    let mut execution = execution;
    let mut open = Open::default();
    let mut last_at = Timestamp::default();
    for event in journal {
        last_at = event.at;
        open.settle(&event.fact);
        for command in step(&mut execution, event) {
            open.take_in(command);
        }
    }
    let unsettled = open.commands.into_values().map(|(command, number)| {
        let is_taken = match &command {
            Command::InvokeTask(request) => execution.is_taken(request.task),
            Command::CancelTask(_)
            | Command::StartChild(_)
            | Command::StopChild(_)
            | Command::StartTimer { .. }
            | Command::CancelTimer(_)
            | Command::Finish(_) => false,
        };
        Unsettled { command, is_taken, number }
    });
    let unsettled = unsettled.collect();
    Recovered { execution, unsettled, invoked: open.invoked, last_at }
}

/// Commands in their order, found by the task or timer that they are about.
#[derive(Default)]
struct Open {
    commands: BTreeMap<usize, (Command, u32)>,
    tasks: HashMap<TaskId, usize>,
    timers: HashMap<TimerId, usize>,
    children: HashMap<ChildId, usize>,
    end: Option<usize>,
    invoked: HashMap<StateName, u32>,
    next: usize,
}

impl Open {
    fn take_in(&mut self, command: Command) {
        let mut number = 0;
        match &command {
            Command::InvokeTask(request) => {
                let invoked = self.invoked.entry(request.state.clone()).or_default();
                number = *invoked;
                *invoked += 1;
                self.tasks.insert(request.task, self.next);
            }
            Command::StartTimer { timer, .. } => drop(self.timers.insert(*timer, self.next)),
            Command::StartChild(request) => drop(self.children.insert(request.child, self.next)),
            Command::CancelTask(task) => return self.forget_task(*task),
            Command::CancelTimer(timer) => return self.forget_timer(*timer),
            Command::StopChild(child) => return self.forget_child(*child),
            Command::Finish(_) => self.end = Some(self.next),
        }
        self.commands.insert(self.next, (command, number));
        self.next += 1;
    }

    fn settle(&mut self, fact: &Fact) {
        match fact {
            Fact::TaskSucceeded { task, .. } | Fact::TaskFailed { task, .. } => {
                self.forget_task(*task);
            }
            Fact::TimerFired { timer } => self.forget_timer(*timer),
            Fact::ChildEnded { child, .. } => self.forget_child(*child),
            Fact::Redriven => {
                if let Some(at) = self.end.take() {
                    self.commands.remove(&at);
                }
            }
            Fact::Started { .. }
            | Fact::ActivityScheduled { .. }
            | Fact::ActivityStarted { .. }
            | Fact::TaskSubmitted { .. }
            | Fact::TaskHeartbeat { .. }
            | Fact::MapRunUpdated { .. }
            | Fact::Stopped { .. } => {}
        }
    }

    fn forget_task(&mut self, task: TaskId) {
        if let Some(at) = self.tasks.remove(&task) {
            self.commands.remove(&at);
        }
    }

    fn forget_child(&mut self, child: ChildId) {
        if let Some(at) = self.children.remove(&child) {
            self.commands.remove(&at);
        }
    }

    fn forget_timer(&mut self, timer: TimerId) {
        if let Some(at) = self.timers.remove(&timer) {
            self.commands.remove(&at);
        }
    }
}
