//! Performing what the interpreter orders.

use std::{collections::VecDeque, sync::Arc};

use atlas_asl::resource::{Pattern, Resource};
use atlas_core::{Command, Fact, Outcome, TaskId, TaskRequest, Timestamp};
use tokio::sync::Semaphore;

use crate::{
    cell::{Body, Cell, OpenTask},
    engine::Inner,
    integrations,
    journal::Settling,
    queue::{Queue, Work},
    run::{Pace, Run},
    runner::{Answering, TaskAnswer, TaskCall, TaskRunner},
    waker::Waker,
};

/// A wait of this length is worth the time that making an execution small takes.
const LONG_WAIT_MILLIS: i64 = 5_000;

/// A task to be done, perhaps not for the first time.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    pub(crate) request: Box<TaskRequest>,
    /// The service took the request, or a worker the task, before the engine came back.
    pub(crate) is_submitted: bool,
}

impl Inner {
    pub(crate) fn perform(
        self: &Arc<Self>,
        cell: &Arc<Cell>,
        body: &mut Body,
        command: Command,
        queue: &mut Queue,
        following: &mut VecDeque<Fact>,
    ) {
        match command {
            Command::InvokeTask(request) => {
                let state = request.state.as_str();
                let number =
                    cell.case().map_or(0, |case| case.next_number(state, &mut body.invocations));
                let invocation = Invocation { request, is_submitted: false };
                self.invoke(cell, body, invocation, number, queue, following);
            }
            Command::CancelTask(task) => {
                if let Some(open) = body.close(task, &cell.run) {
                    self.give_up(open, queue);
                }
            }
            Command::StartChild(request) => {
                queue.push(Arc::clone(cell), Work::StartChild(request));
            }
            Command::StopChild(child) => {
                if let Some(child) = body.children.remove(&child).and_then(|it| it.upgrade()) {
                    let stopped = Fact::Stopped { error: None, cause: None };
                    queue.push(child, Work::Tell(stopped));
                }
            }
            Command::StartTimer { timer, at } => {
                let key = cell.run.start_timer(at, Arc::downgrade(cell), timer);
                body.timers.insert(timer, key);
                body.is_shed = false;
                if cell.run.pace() == Pace::Real {
                    self.waker.attend(&cell.run);
                }
            }
            Command::CancelTimer(timer) => {
                if let Some(key) = body.take_timer(timer) {
                    cell.run.cancel_timer(key);
                }
            }
            Command::Finish(outcome) => self.finish(cell, body, &outcome, queue),
        }
    }

    pub(crate) fn invoke(
        self: &Arc<Self>,
        cell: &Arc<Cell>,
        body: &mut Body,
        invocation: Invocation,
        number: u32,
        queue: &mut Queue,
        following: &mut VecDeque<Fact>,
    ) {
        body.is_shed = false;
        let Invocation { request, is_submitted } = &invocation;
        let state = request.state.as_str();
        if let Some(answer) = cell.case().and_then(|case| case.answer(state, number)) {
            let pace = cell.run.pace();
            integrations::mocked::answer(request, answer, *is_submitted, pace, following);
            return;
        }
        match &*request.resource {
            Resource::Activity { arn } => {
                following.extend(self.expect_worker(arn, cell, body, request, *is_submitted));
            }
            Resource::Integration { service, action, pattern }
                if service == "states" && action == "startExecution" =>
            {
                match pattern {
                    Pattern::RequestResponse => {}
                    Pattern::Sync | Pattern::Sync2 => {
                        body.open(request.task, OpenTask::Child(None), &cell.run);
                    }
                    Pattern::WaitForTaskToken => self.expect_callback(cell, body, request),
                }
                if *pattern != Pattern::WaitForTaskToken || !is_submitted {
                    queue.push(Arc::clone(cell), Work::StartNested(invocation));
                }
            }
            Resource::Integration { .. } | Resource::AwsSdk { .. } | Resource::Function { .. } => {
                self.call(cell, body, invocation);
            }
        }
    }

    /// From here on, whoever has the task's token may end it.
    fn expect_callback(&self, cell: &Arc<Cell>, body: &mut Body, request: &TaskRequest) {
        self.hand_out(cell, body, request);
        body.open(request.task, OpenTask::Callback(None), &cell.run);
    }

    /// Lets a task be found by its token.
    pub(crate) fn hand_out(&self, cell: &Arc<Cell>, body: &Body, request: &TaskRequest) {
        let Some(token) = &request.token else { return };
        self.tokens.insert(token.clone(), cell, request.task);
        // The archive has those of an execution that rests.
        if let Some(archive) = self.journal.archive()
            && cell.is_kept()
            && !body.rests
        {
            archive.hand_out(token, cell.sequence, request.task);
        }
    }

    fn call(self: &Arc<Self>, cell: &Arc<Cell>, body: &mut Body, invocation: Invocation) {
        let Invocation { request, is_submitted } = invocation;
        let pattern = request.resource.pattern();
        let task = request.task;
        if pattern == Pattern::WaitForTaskToken {
            // Before the call leaves, for its token may come back before its answer.
            self.expect_callback(cell, body, &request);
            if is_submitted {
                return;
            }
        }
        let turns = self.runner.turns(&request);
        let task_call = TaskCall { identity: Arc::clone(&cell.identity), request, watched: None };
        let is_durable = self.journal.archive().is_some();
        let answering = match turns {
            None if is_durable => {
                after(self.journal.settled(), Arc::clone(&self.runner), task_call)
            }
            None => self.runner.run(task_call),
            Some(turns) => {
                let standing = Standing::new(cell, &self.waker);
                let settling = is_durable.then(|| self.journal.settled());
                in_turn(turns, standing, settling, Arc::clone(&self.runner), task_call)
            }
        };
        let in_flight = InFlight::new(cell, &self.waker);
        let (engine, caller) = (Arc::clone(self), Arc::clone(cell));
        let handle = self.runtime.spawn(async move {
            let answer = answering.await;
            let facts = facts(task, pattern, answer, is_submitted);
            engine.answered(&caller, facts, in_flight);
        });
        let abort = handle.abort_handle();
        match body.open_tasks.get_mut(&task) {
            Some(OpenTask::Callback(call)) => *call = Some(abort),
            Some(_) | None => body.open(task, OpenTask::Call(abort), &cell.run),
        }
    }

    fn answered(self: &Arc<Self>, cell: &Arc<Cell>, facts: Vec<Fact>, in_flight: InFlight) {
        let mut queue = Queue::default();
        for fact in facts {
            queue.push(Arc::clone(cell), Work::Tell(fact));
        }
        drop(in_flight);
        self.drive(&mut queue, &cell.run);
    }
}

/// What a call's answer says of its task.
fn facts(task: TaskId, pattern: Pattern, answer: TaskAnswer, is_submitted: bool) -> Vec<Fact> {
    match (answer, pattern) {
        (TaskAnswer::Answered(output), Pattern::RequestResponse) => {
            vec![Fact::TaskSucceeded { task, output }]
        }
        (TaskAnswer::Answered(output), Pattern::WaitForTaskToken) => {
            vec![Fact::TaskSubmitted { task, output }]
        }
        (TaskAnswer::Answered(output), Pattern::Sync | Pattern::Sync2) => {
            let submitted = Fact::TaskSubmitted { task, output: output.clone() };
            let succeeded = Fact::TaskSucceeded { task, output };
            if is_submitted { vec![succeeded] } else { vec![submitted, succeeded] }
        }
        (TaskAnswer::Failed(failure), _) => {
            vec![Fact::TaskFailed { task, error: failure.error, cause: failure.cause }]
        }
    }
}

/// Does a task once what led to it is kept.
fn after(settling: Settling, runner: Arc<dyn TaskRunner>, task_call: TaskCall) -> Answering {
    Box::pin(async move {
        settling.await;
        runner.run(task_call).await
    })
}

/// Does a task when its turn has come.
fn in_turn(
    turns: Arc<Semaphore>,
    standing: Standing,
    settling: Option<Settling>,
    runner: Arc<dyn TaskRunner>,
    task_call: TaskCall,
) -> Answering {
    Box::pin(async move {
        // Where there are no turns any more, nobody has to wait for one.
        let _turn = turns.acquire_owned().await.ok();
        drop(standing);
        if let Some(settling) = settling {
            settling.await;
        }
        runner.run(task_call).await
    })
}

/// A call that waits for its turn: while one does, its run's clock stands still if it skips waits.
struct Standing {
    run: Arc<Run>,
    waker: Arc<Waker>,
}

impl Standing {
    fn new(cell: &Cell, waker: &Arc<Waker>) -> Self {
        cell.run.stand();
        Self { run: Arc::clone(&cell.run), waker: Arc::clone(waker) }
    }
}

impl Drop for Standing {
    /// Also where the call was given up.
    fn drop(&mut self) {
        self.run.go_on();
        self.waker.attend(&self.run);
    }
}

/// A call in flight: while one is, its run skips no time.
struct InFlight {
    run: Arc<Run>,
    waker: Arc<Waker>,
}

impl InFlight {
    fn new(cell: &Cell, waker: &Arc<Waker>) -> Self {
        cell.run.enter();
        Self { run: Arc::clone(&cell.run), waker: Arc::clone(waker) }
    }
}

impl Drop for InFlight {
    /// Also where the call was given up.
    fn drop(&mut self) {
        self.run.leave();
        self.waker.attend(&self.run);
    }
}

impl Inner {
    fn finish(&self, cell: &Arc<Cell>, body: &mut Body, outcome: &Outcome, queue: &mut Queue) {
        body.open = None;
        for (_, key) in std::mem::take(&mut body.timers) {
            cell.run.cancel_timer(key);
        }
        while let Some(entry) = body.open_tasks.first_entry() {
            let task = *entry.key();
            if let Some(open) = body.close(task, &cell.run) {
                self.give_up(open, queue);
            }
        }
        for waiter in std::mem::take(&mut body.waiters) {
            // Whoever does not wait any more need not know.
            let _gone = waiter.send(Ok(outcome.clone()));
        }
        if let Some(child_of) = cell.child_of.get()
            && let Some(parent) = child_of.parent.upgrade()
        {
            let (child, attempt) = (child_of.child, body.attempt);
            let fact = Fact::ChildEnded { child, attempt, outcome: outcome.clone() };
            queue.push(parent, Work::Tell(fact));
        }
        for watcher in std::mem::take(&mut body.watchers) {
            let fact = integrations::start_execution::ended(cell, body, outcome, &watcher);
            self.send(&watcher.execution_arn, fact, queue);
        }
    }

    /// Nobody waits for the task any more.
    fn give_up(&self, open: OpenTask, queue: &mut Queue) {
        match open {
            OpenTask::Call(call) | OpenTask::Callback(Some(call)) => call.abort(),
            OpenTask::Callback(None) | OpenTask::Activity(_) | OpenTask::Child(None) => {}
            OpenTask::Child(Some(child)) => {
                self.send(&child, Fact::Stopped { error: None, cause: None }, queue);
            }
        }
    }
}

impl Body {
    /// Nothing will happen to the execution soon, as far as can be known.
    pub(crate) fn waits_long(&self, cell: &Cell) -> bool {
        if cell.run.pace() == Pace::Skipping && !cell.run.is_held() {
            return false;
        }
        let soon: Timestamp = self.last_at.plus_millis(LONG_WAIT_MILLIS);
        self.timers.values().all(|key| key.at > soon)
            && self.open_tasks.values().all(|open| match open {
                OpenTask::Callback(_) | OpenTask::Activity(_) => true,
                OpenTask::Call(_) | OpenTask::Child(_) => false,
            })
            && (!self.timers.is_empty() || !self.open_tasks.is_empty())
    }
}
