//! `Task`: asks for work outside, and waits for what comes of it.

use std::sync::Arc;

use atlas_asl::{
    endpoint_task::{self, Written},
    resource::{Pattern, Resource},
};

use super::{MAX_PAYLOAD_BYTES, complete};
use crate::{
    Command, Failure, Payload, TaskId, TaskRequest,
    branch::{BranchId, Phase, Taker, TaskPhase},
    execution::Timer,
    failure::{self, HEARTBEAT_TIMEOUT, Origin, StateFailure, TIMEOUT},
    history::{Detail, Scheduled},
    program::{CompiledTask, Kind},
    shape,
    step::Cx,
};

pub(super) fn enter(
    cx: &mut Cx<'_>,
    id: BranchId,
    task: &CompiledTask,
) -> Result<(), StateFailure> {
    let resource = &task.resource;
    let is_activity = matches!(**resource, Resource::Activity { .. });
    let has_token = is_activity || resource.pattern() == Pattern::WaitForTaskToken;
    let token = has_token.then(|| cx.random().task_token());
    let parameters = shape::arguments(cx, id, token.as_ref())
        .and_then(|parameters| startable(resource, parameters))
        .map_err(|failed| failed.without_token(token.as_ref()))?;
    let seconds = |number: Option<&crate::program::Number>, field| {
        number.map(|number| shape::number(cx, id, number, field)).transpose()
    };
    let timeout_seconds = seconds(task.timeout.as_ref(), "TimeoutSeconds")?;
    let heartbeat_seconds = seconds(task.heartbeat.as_ref(), "HeartbeatSeconds")?;
    let credentials = task
        .credentials
        .as_ref()
        .map(|credentials| shape::template(cx, id, credentials, "Credentials"))
        .transpose()?;

    let scheduled = Box::new(Scheduled {
        resource: Arc::clone(resource),
        parameters: parameters.clone(),
        region: Arc::clone(&cx.execution.identity.region),
        timeout_in_seconds: timeout_seconds,
        heartbeat_in_seconds: heartbeat_seconds,
        credentials: credentials.clone(),
    });
    let to_schedule = match **resource {
        Resource::Function { .. } => {
            cx.record(id, Detail::LambdaFunctionScheduled(scheduled));
            cx.record(id, Detail::LambdaFunctionStarted);
            None
        }
        // `ActivityScheduled` comes when it is known that there is such an activity (recorded:
        // test_activity_task_on_deleted), `ActivityStarted` when a worker takes the task.
        Resource::Activity { .. } => Some(scheduled),
        Resource::Integration { .. } | Resource::AwsSdk { .. } => {
            cx.record(id, Detail::TaskScheduled(scheduled));
            cx.record(id, Detail::TaskStarted { resource: Arc::clone(resource) });
            None
        }
    };

    cx.execution.last_task += 1;
    let task_id = TaskId(cx.execution.last_task);
    cx.execution.tasks.insert(task_id, id);
    let timeout = timeout_seconds
        .map(|seconds| cx.start_timer(Timer::TaskTimeout(id), cx.after_seconds(seconds)));
    let heartbeat = heartbeat_seconds
        .map(|seconds| (cx.start_timer(Timer::Heartbeat(id), cx.after_seconds(seconds)), seconds));
    let retry_count = cx.branch(id).retry_count();
    cx.branch_mut(id).phase = Phase::Task(Box::new(TaskPhase {
        task: task_id,
        token: token.clone(),
        taker: match resource.pattern() {
            _ if is_activity => Some(Taker::Worker),
            Pattern::RequestResponse => None,
            Pattern::Sync | Pattern::Sync2 | Pattern::WaitForTaskToken => Some(Taker::Service),
        },
        is_taken: false,
        to_schedule,
        timeout,
        heartbeat,
    }));
    cx.order(Command::InvokeTask(Box::new(TaskRequest {
        task: task_id,
        state: cx.state(id).name.clone(),
        resource: Arc::clone(resource),
        parameters,
        token,
        credentials,
        retry_count,
        timeout_seconds,
        heartbeat_seconds,
    })));
    Ok(())
}

/// The parameters, if the task can be started with them. Recorded for an HTTP Task: one with a header
/// that it may not set fails before it is scheduled.
pub(crate) fn startable(resource: &Resource, parameters: Payload) -> Result<Payload, StateFailure> {
    let faults = endpoint_task::faults(resource, parameters.value(), Written::Final);
    if faults.is_empty() {
        return Ok(parameters);
    }
    let faults: Vec<String> = faults.into_iter().map(|fault| fault.message).collect();
    Err(StateFailure::runtime(format!(
        "The Parameters '{}' could not be used to start the Task: [{}]",
        parameters.value(),
        faults.join(", ")
    )))
}

/// The task's activity exists.
pub(crate) fn activity_scheduled(cx: &mut Cx<'_>, id: BranchId) {
    let scheduled = match &mut cx.branch_mut(id).phase {
        Phase::Task(task) => task.to_schedule.take(),
        _ => None,
    };
    if let Some(scheduled) = scheduled {
        cx.record(id, Detail::ActivityScheduled(scheduled));
    }
}

/// A worker has taken an activity's task.
pub(crate) fn activity_started(cx: &mut Cx<'_>, id: BranchId, worker_name: Option<String>) {
    let worker_name = worker_name.map(String::into_boxed_str);
    cx.record(id, Detail::ActivityStarted { worker_name });
    taken(cx, id);
    heartbeat(cx, id);
}

/// The service has taken the request; the result is to come.
pub(crate) fn submitted(cx: &mut Cx<'_>, id: BranchId, output: Payload) {
    if let Some(resource) = resource(cx, id) {
        cx.record(id, Detail::TaskSubmitted { resource, output });
        taken(cx, id);
    }
}

fn taken(cx: &mut Cx<'_>, id: BranchId) {
    if let Phase::Task(task) = &mut cx.branch_mut(id).phase {
        task.is_taken = true;
    }
}

/// Somebody still works on it: the heartbeat's timer starts anew. No event tells of it.
pub(crate) fn heartbeat(cx: &mut Cx<'_>, id: BranchId) {
    let Some((timer, seconds)) = cx.branch(id).task().and_then(|task| task.heartbeat) else {
        return;
    };
    cx.cancel_timer(timer);
    let timer = cx.start_timer(Timer::Heartbeat(id), cx.after_seconds(seconds));
    if let Phase::Task(task) = &mut cx.branch_mut(id).phase {
        task.heartbeat = Some((timer, seconds));
    }
}

/// The task has ended well.
pub(crate) fn succeeded(cx: &mut Cx<'_>, id: BranchId, output: Payload) {
    let Some(resource) = resource(cx, id) else { return };
    if output.is_longer_than(MAX_PAYLOAD_BYTES) {
        let who = match &*resource {
            Resource::Function { arn } | Resource::Activity { arn } => arn.clone(),
            Resource::Integration { .. } | Resource::AwsSdk { .. } => resource.resource_type(),
        };
        let failure = Failure {
            error: Some(failure::DATA_LIMIT_EXCEEDED.to_owned()),
            cause: Some(failure::data_limit_cause(&who)),
        };
        return failed(cx, id, failure);
    }
    settle(cx, id);
    let detail = match &*resource {
        Resource::Function { .. } => Detail::LambdaFunctionSucceeded { output: output.clone() },
        Resource::Activity { .. } => Detail::ActivitySucceeded { output: output.clone() },
        Resource::Integration { .. } | Resource::AwsSdk { .. } => {
            Detail::TaskSucceeded { resource, output: output.clone() }
        }
    };
    cx.record(id, detail);
    complete(cx, id, output);
}

/// The task has failed.
pub(crate) fn failed(cx: &mut Cx<'_>, id: BranchId, failure: Failure) {
    let Some(resource) = resource(cx, id) else { return };
    if cx.branch(id).task().is_some_and(|task| task.to_schedule.is_some()) {
        settle(cx, id);
        return failure::state_failed(cx, id, StateFailure { failure, origin: Origin::State });
    }
    settle(cx, id);
    let told = Box::new(failure.clone());
    let detail = match &*resource {
        Resource::Function { .. } => Detail::LambdaFunctionFailed(told),
        Resource::Activity { .. } => Detail::ActivityFailed(told),
        Resource::Integration { .. } | Resource::AwsSdk { .. } => {
            Detail::TaskFailed { resource, failure: told }
        }
    };
    cx.record(id, detail);
    failure::state_failed(cx, id, StateFailure { failure, origin: Origin::Task });
}

/// The task has taken too long, or was silent for too long.
pub(crate) fn timed_out(cx: &mut Cx<'_>, id: BranchId, why: &'static str) {
    let Some(resource) = resource(cx, id) else { return };
    if let Some(task) = settle(cx, id) {
        cx.order(Command::CancelTask(task));
    }
    let failure = Failure { error: Some(TIMEOUT.to_owned()), cause: None };
    let told = Box::new(failure.clone());
    let detail = match &*resource {
        Resource::Function { .. } => Detail::LambdaFunctionTimedOut(told),
        Resource::Activity { .. } => Detail::ActivityTimedOut(told),
        Resource::Integration { .. } | Resource::AwsSdk { .. } => {
            Detail::TaskTimedOut { resource, failure: told }
        }
    };
    cx.record(id, detail);
    let origin = if why == HEARTBEAT_TIMEOUT { Origin::Heartbeat } else { Origin::Task };
    failure::state_failed(cx, id, StateFailure { failure, origin });
}

/// Forgets a task: its id and its timers.
pub(super) fn close(cx: &mut Cx<'_>, task: &TaskPhase) {
    cx.execution.tasks.remove(&task.task);
    for timer in task.timeout.into_iter().chain(task.heartbeat.map(|(timer, _)| timer)) {
        cx.cancel_timer(timer);
    }
}

fn settle(cx: &mut Cx<'_>, id: BranchId) -> Option<TaskId> {
    match std::mem::replace(&mut cx.branch_mut(id).phase, Phase::Entering) {
        Phase::Task(task) => {
            close(cx, &task);
            Some(task.task)
        }
        other => {
            cx.branch_mut(id).phase = other;
            None
        }
    }
}

fn resource(cx: &Cx<'_>, id: BranchId) -> Option<Arc<Resource>> {
    match &cx.state(id).kind {
        Kind::Task(task) => Some(Arc::clone(&task.resource)),
        Kind::Pass { .. }
        | Kind::Choice { .. }
        | Kind::Wait(_)
        | Kind::Succeed
        | Kind::Fail { .. }
        | Kind::Parallel { .. }
        | Kind::Map(_) => None,
    }
}
