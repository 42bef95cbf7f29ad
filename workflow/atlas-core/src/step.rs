//! One step: a fact is taken in, every branch that can move moves, and orders come out.

use std::sync::Arc;

use crate::{
    Command, Event, Execution, Fact, Failure, Outcome, Payload, Program, TimerId, Timestamp,
    branch::{Branch, BranchId, Phase},
    execution::{Began, Timer},
    failure,
    history::{Detail, EventId, HistoryEvent},
    program::CompiledState,
    random::Random,
    redrive, states,
    variables::Variables,
};

/// A STANDARD execution fails when its history would be longer (AWS: quotas of Step Functions).
const STANDARD_HISTORY_LIMIT: usize = 25_000;
/// AWS sets no limit for EXPRESS, but ends it after five minutes; an endless loop that takes no time
/// must end here too.
const EXPRESS_HISTORY_LIMIT: usize = 1_000_000;
/// An EXPRESS execution ends then, whatever its `TimeoutSeconds` (AWS: quotas of Step Functions).
const EXPRESS_LIMIT_SECONDS: u64 = 300;
/// A STANDARD execution ends then, whatever its `TimeoutSeconds` (AWS: quotas of Step Functions).
///
/// No timer is set for that alone, for nearly all executions would set one in vain. Instead no timer
/// is set for later, and whatever comes after the year ends the execution. So one that waits for
/// nothing but a callback without `TimeoutSeconds` still runs after it, until the callback comes.
const STANDARD_LIMIT_SECONDS: u64 = 365 * 24 * 60 * 60;

/// Advances one execution by one fact. `event.at` is the only clock.
///
/// A fact that [`Execution::admit`] refuses changes nothing.
pub fn step(execution: &mut Execution, event: Event) -> Vec<Command> {
    if execution.admit(&event.fact).is_err() {
        return Vec::new();
    }
    let program = Arc::clone(&execution.program);
    let mut cx = Cx::new(execution, &program, event.at);
    if cx.execution.outcome.is_none() {
        // What a branch that failed had remembered is out of date.
        cx.execution.halted = None;
    }
    if cx.is_over_age() && !matches!(event.fact, Fact::Redriven) {
        end_of_age(&mut cx, &event.fact);
    } else {
        take_in(&mut cx, event.fact);
    }
    while let Some(branch) = cx.next_ready() {
        states::enter(&mut cx, branch);
    }
    cx.commands
}

/// What a step works with.
pub(crate) struct Cx<'a> {
    pub(crate) execution: &'a mut Execution,
    pub(crate) program: &'a Program,
    pub(crate) now: Timestamp,
    commands: Vec<Command>,
    /// The history is full.
    exhausted: bool,
}

fn take_in(cx: &mut Cx<'_>, fact: Fact) {
    match fact {
        Fact::Started { input, seed } => {
            cx.execution.began =
                Some(Began { at: cx.now, input: input.clone(), random: Random::new(seed) });
            let identity = Arc::clone(&cx.execution.identity);
            cx.record_after(0, Detail::ExecutionStarted { input: input.clone(), identity });
            if let Some(seconds) = cx.longest_seconds() {
                cx.start_timer(Timer::Execution, cx.after_seconds(seconds));
            }
            let start = cx.program.start;
            cx.spawn(None, start, input, 0, Variables::default());
        }
        Fact::ActivityScheduled { task } => {
            if let Some(branch) = cx.branch_of(task) {
                states::task::activity_scheduled(cx, branch);
            }
        }
        Fact::ActivityStarted { task, worker_name } => {
            if let Some(branch) = cx.branch_of(task) {
                states::task::activity_started(cx, branch, worker_name);
            }
        }
        Fact::TaskSubmitted { task, output } => {
            if let Some(branch) = cx.branch_of(task) {
                states::task::submitted(cx, branch, output);
            }
        }
        Fact::TaskSucceeded { task, output } => {
            if let Some(branch) = cx.branch_of(task) {
                if cx.state(branch).is_map_run() {
                    states::map_run::answered(cx, branch, output);
                } else {
                    states::task::succeeded(cx, branch, output);
                }
            }
        }
        Fact::TaskFailed { task, error, cause } => {
            if let Some(branch) = cx.branch_of(task) {
                let failure = Failure { error, cause }.within_limits();
                if cx.state(branch).is_map_run() {
                    states::map_run::call_failed(cx, branch, failure);
                } else {
                    states::task::failed(cx, branch, failure);
                }
            }
        }
        Fact::ChildEnded { child, outcome, .. } => {
            if let Some(branch) = cx.execution.children.get(&child).copied() {
                states::map_run::child_ended(cx, branch, child, outcome);
            }
        }
        Fact::MapRunUpdated { map_run, limits } => {
            states::map_run::updated(cx, map_run, limits);
        }
        Fact::Redriven => redrive::redriven(cx),
        Fact::TaskHeartbeat { task } => {
            if let Some(branch) = cx.branch_of(task) {
                states::task::heartbeat(cx, branch);
            }
        }
        Fact::TimerFired { timer } => timer_fired(cx, timer),
        Fact::Stopped { error, cause } => {
            cx.finish(0, Outcome::Aborted(Failure { error, cause }.within_limits()));
        }
    }
}

/// The execution is as old as one may get: whatever the fact says, it has come too late.
fn end_of_age(cx: &mut Cx<'_>, fact: &Fact) {
    match fact {
        Fact::TaskSucceeded { task, .. } | Fact::TaskFailed { task, .. } => {
            cx.execution.tasks.remove(task);
        }
        Fact::TimerFired { timer } => {
            cx.execution.timers.remove(timer);
        }
        Fact::ChildEnded { child, .. } => {
            cx.execution.children.remove(child);
        }
        Fact::Started { .. }
        | Fact::ActivityScheduled { .. }
        | Fact::ActivityStarted { .. }
        | Fact::TaskSubmitted { .. }
        | Fact::TaskHeartbeat { .. }
        | Fact::MapRunUpdated { .. }
        | Fact::Redriven
        | Fact::Stopped { .. } => {}
    }
    timed_out(cx);
}

/// Neither error nor cause, and no predecessor: recorded 2024-03-10, test_global_timeout.
fn timed_out(cx: &mut Cx<'_>) {
    cx.finish(0, Outcome::TimedOut(Failure::default()));
}

fn timer_fired(cx: &mut Cx<'_>, timer: TimerId) {
    let Some(purpose) = cx.execution.timers.remove(&timer) else { return };
    match purpose {
        Timer::Execution => timed_out(cx),
        Timer::TaskTimeout(branch) => states::task::timed_out(cx, branch, failure::TIMEOUT),
        Timer::Heartbeat(branch) => states::task::timed_out(cx, branch, failure::HEARTBEAT_TIMEOUT),
        Timer::Wait(branch) => states::wait::over(cx, branch),
        Timer::Backoff(branch) => {
            cx.branch_mut(branch).phase = Phase::Retrying;
            cx.execution.ready.push_back(branch);
        }
    }
}

impl<'a> Cx<'a> {
    pub(crate) fn new(execution: &'a mut Execution, program: &'a Program, now: Timestamp) -> Self {
        Self { execution, program, now, commands: Vec::new(), exhausted: false }
    }

    /// The next branch that can move. Ends the execution instead, once its history is full.
    fn next_ready(&mut self) -> Option<BranchId> {
        if self.exhausted && self.execution.outcome.is_none() {
            let last = EventId::try_from(self.execution.history.len()).unwrap_or(EventId::MAX);
            self.finish(last, Outcome::Failed(self.full()));
        }
        loop {
            let branch = self.execution.ready.pop_front()?;
            if self.execution.branches.contains_key(&branch) {
                return Some(branch);
            }
        }
    }

    fn history_limit(&self) -> usize {
        match self.execution.identity.execution_type {
            atlas_asl::model::ExecutionType::Standard => STANDARD_HISTORY_LIMIT,
            atlas_asl::model::ExecutionType::Express => EXPRESS_HISTORY_LIMIT,
        }
    }

    /// How long the execution may take.
    pub(crate) fn longest_seconds(&self) -> Option<u64> {
        let wanted = self.program.timeout_seconds;
        match self.execution.identity.execution_type {
            atlas_asl::model::ExecutionType::Standard => wanted,
            atlas_asl::model::ExecutionType::Express => {
                Some(wanted.unwrap_or(EXPRESS_LIMIT_SECONDS).min(EXPRESS_LIMIT_SECONDS))
            }
        }
    }

    /// When the execution is as old as one may get, where that is not what `longest_seconds` says.
    fn end_of_age(&self) -> Option<Timestamp> {
        match self.execution.identity.execution_type {
            atlas_asl::model::ExecutionType::Standard => {
                let began = self.execution.began.as_ref()?.at;
                Some(seconds_after(began, STANDARD_LIMIT_SECONDS))
            }
            atlas_asl::model::ExecutionType::Express => None,
        }
    }

    fn is_over_age(&self) -> bool {
        self.end_of_age().is_some_and(|end| self.now >= end)
    }

    /// A branch that is known to live.
    pub(crate) fn branch(&self, id: BranchId) -> &Branch {
        self.execution.branches.get(&id).expect("only living branches are asked for")
    }

    /// A branch that is known to live, to be changed.
    pub(crate) fn branch_mut(&mut self, id: BranchId) -> &mut Branch {
        self.execution.branches.get_mut(&id).expect("only living branches are asked for")
    }

    fn branch_of(&self, task: crate::TaskId) -> Option<BranchId> {
        self.execution.tasks.get(&task).copied()
    }

    /// The state where a branch is.
    pub(crate) fn state(&self, id: BranchId) -> &'a CompiledState {
        &self.program.states[self.branch(id).state]
    }

    /// A new branch that is about to enter a state.
    pub(crate) fn spawn(
        &mut self,
        parent: Option<(BranchId, u32)>,
        state: usize,
        input: Payload,
        previous: EventId,
        variables: Variables,
    ) -> BranchId {
        self.execution.last_branch += 1;
        let id = BranchId(self.execution.last_branch);
        let item = parent.and_then(|(parent, _)| self.branch(parent).item.clone());
        let branch = Branch {
            parent,
            state,
            previous,
            previous_of_entered: previous,
            entered: previous,
            entered_at: self.now,
            input,
            variables,
            item,
            has_entered: false,
            retries: Vec::new(),
            phase: Phase::Entering,
        };
        self.execution.branches.insert(id, Box::new(branch));
        self.execution.ready.push_back(id);
        id
    }

    /// Records an event of a branch, after its last one.
    pub(crate) fn record(&mut self, id: BranchId, detail: Detail) -> EventId {
        let previous = self.branch(id).previous;
        let event = self.record_after(previous, detail);
        self.branch_mut(id).previous = event;
        event
    }

    /// Why an execution with a full history fails.
    pub(crate) fn full(&self) -> Failure {
        let limit = self.history_limit();
        Failure {
            error: Some(failure::RUNTIME.to_owned()),
            cause: Some(format!(
                "The execution reached the maximum number of history events ({limit})."
            )),
        }
    }

    /// Records an event after one that need not be the last one of its branch.
    pub(crate) fn record_after(&mut self, previous: EventId, detail: Detail) -> EventId {
        let history = &self.execution.history;
        let id = EventId::try_from(history.len() + 1).unwrap_or(EventId::MAX);
        if history.len() + 1 >= self.history_limit() {
            self.exhausted = true;
            return id;
        }
        self.push(id, previous, detail);
        id
    }

    fn push(&mut self, id: EventId, previous_event_id: EventId, detail: Detail) {
        let timestamp = self.now;
        self.execution.history.push(HistoryEvent { id, previous_event_id, timestamp, detail });
    }

    /// So many seconds from now.
    pub(crate) fn after_seconds(&self, seconds: u64) -> Timestamp {
        seconds_after(self.now, seconds)
    }

    pub(crate) fn start_timer(&mut self, purpose: Timer, at: Timestamp) -> TimerId {
        let at = self.end_of_age().map_or(at, |end| at.min(end));
        self.execution.last_timer += 1;
        let timer = TimerId(self.execution.last_timer);
        self.execution.timers.insert(timer, purpose);
        self.commands.push(Command::StartTimer { timer, at });
        timer
    }

    pub(crate) fn cancel_timer(&mut self, timer: TimerId) {
        if self.execution.timers.remove(&timer).is_some() {
            self.commands.push(Command::CancelTimer(timer));
        }
    }

    pub(crate) fn order(&mut self, command: Command) {
        self.commands.push(command);
    }

    /// Random numbers of this execution.
    pub(crate) fn random(&self) -> &Random {
        &self.began().random
    }

    pub(crate) fn began(&self) -> &Began {
        self.execution.began.as_ref().expect("a branch lives only after `Started`")
    }

    /// Ends the execution, and whatever is still out.
    pub(crate) fn finish(&mut self, previous: EventId, outcome: Outcome) {
        states::map_run::end_all(self);
        let execution = &mut *self.execution;
        let branches = std::mem::take(&mut execution.branches);
        if matches!(outcome, Outcome::Succeeded { .. }) || !execution.can_be_redriven() {
            execution.halted = None;
        } else if execution.halted.is_none() {
            execution.halted = Some(branches);
        }
        execution.ready.clear();
        for task in std::mem::take(&mut execution.tasks).into_keys() {
            self.commands.push(Command::CancelTask(task));
        }
        for child in std::mem::take(&mut execution.children).into_keys() {
            self.commands.push(Command::StopChild(child));
        }
        for timer in std::mem::take(&mut execution.timers).into_keys() {
            self.commands.push(Command::CancelTimer(timer));
        }
        let detail = match &outcome {
            Outcome::Succeeded { output } => Detail::ExecutionSucceeded { output: output.clone() },
            Outcome::Failed(failure) => Detail::ExecutionFailed(Box::new(failure.clone())),
            Outcome::TimedOut(failure) => Detail::ExecutionTimedOut(Box::new(failure.clone())),
            Outcome::Aborted(failure) => Detail::ExecutionAborted(Box::new(failure.clone())),
        };
        let id = EventId::try_from(execution.history.len() + 1).unwrap_or(EventId::MAX);
        self.push(id, previous, detail);
        self.execution.outcome = Some(outcome.clone());
        self.execution.ended_at = Some(self.now);
        self.commands.push(Command::Finish(outcome));
    }
}

fn seconds_after(moment: Timestamp, seconds: u64) -> Timestamp {
    moment.plus_millis(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000))
}
