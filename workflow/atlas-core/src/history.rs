//! The history of an execution: events with AWS's names, ids and details.

mod json;

use std::sync::Arc;

use atlas_asl::{
    model::{StateName, StateType},
    resource::Resource,
};
use serde_json::Value;

pub use self::json::{Details, Told};
use crate::{Failure, Identity, Payload, Timestamp};

/// An event's place in its execution, from 1; 0 is "before the first".
pub type EventId = u32;

/// One event, as `GetExecutionHistory` tells it.
#[derive(Debug, Clone)]
pub struct HistoryEvent {
    /// Its id; ids are gapless.
    pub id: EventId,
    /// The event that led to it, in its own branch. The first state's event has 0.
    pub previous_event_id: EventId,
    /// When.
    pub timestamp: Timestamp,
    /// What.
    pub detail: Detail,
}

/// What an event says. Each variant is an event type of AWS, or a family of them.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "variants and fields carry AWS's names for AWS's things")]
pub enum Detail {
    ExecutionStarted {
        input: Payload,
        identity: Arc<Identity>,
    },
    ExecutionSucceeded {
        output: Payload,
    },
    ExecutionFailed(Box<Failure>),
    ExecutionTimedOut(Box<Failure>),
    ExecutionAborted(Box<Failure>),
    /// `TaskStateEntered`, `PassStateEntered`, …
    StateEntered {
        state_type: StateType,
        name: StateName,
        input: Payload,
    },
    /// `TaskStateExited`, `PassStateExited`, …
    StateExited {
        state_type: StateType,
        name: StateName,
        output: Payload,
        assigned: Option<Assigned>,
    },
    TaskScheduled(Box<Scheduled>),
    TaskStarted {
        resource: Arc<Resource>,
    },
    TaskSubmitted {
        resource: Arc<Resource>,
        output: Payload,
    },
    TaskSucceeded {
        resource: Arc<Resource>,
        output: Payload,
    },
    TaskFailed {
        resource: Arc<Resource>,
        failure: Box<Failure>,
    },
    TaskTimedOut {
        resource: Arc<Resource>,
        failure: Box<Failure>,
    },
    LambdaFunctionScheduled(Box<Scheduled>),
    LambdaFunctionStarted,
    LambdaFunctionSucceeded {
        output: Payload,
    },
    LambdaFunctionFailed(Box<Failure>),
    LambdaFunctionTimedOut(Box<Failure>),
    ActivityScheduled(Box<Scheduled>),
    ActivityStarted {
        worker_name: Option<Box<str>>,
    },
    ActivitySucceeded {
        output: Payload,
    },
    ActivityFailed(Box<Failure>),
    ActivityTimedOut(Box<Failure>),
    TaskStateAborted,
    WaitStateAborted,
    ParallelStateStarted,
    ParallelStateSucceeded,
    ParallelStateFailed,
    ParallelStateAborted,
    MapStateStarted {
        length: u32,
    },
    MapStateSucceeded,
    MapStateFailed,
    MapStateAborted,
    MapIterationStarted {
        name: StateName,
        index: u32,
    },
    MapIterationSucceeded {
        name: StateName,
        index: u32,
    },
    MapIterationFailed {
        name: StateName,
        index: u32,
    },
    MapIterationAborted {
        name: StateName,
        index: u32,
    },
    MapRunStarted {
        map_run_arn: Box<str>,
    },
    MapRunAborted,
    MapRunSucceeded,
    MapRunFailed(Box<Failure>),
    MapRunRedriven {
        map_run_arn: Box<str>,
        redrive_count: u32,
    },
    ExecutionRedriven {
        redrive_count: u32,
    },
    EvaluationFailed(Box<EvaluationFailed>),
}

/// What a task was asked to do.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields carry AWS's names for AWS's things")]
pub struct Scheduled {
    pub resource: Arc<Resource>,
    pub parameters: Payload,
    pub region: Arc<str>,
    pub timeout_in_seconds: Option<u64>,
    pub heartbeat_in_seconds: Option<u64>,
    pub credentials: Option<Value>,
}

/// An expression that could not be evaluated.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields carry AWS's names for AWS's things")]
pub struct EvaluationFailed {
    pub failure: Failure,
    pub location: Option<String>,
    pub state: StateName,
}

/// The variables that a state assigned, by name.
pub type Assigned = Arc<[(Box<str>, Payload)]>;

impl HistoryEvent {
    /// The event's type: `PassStateEntered`.
    pub fn event_type(&self) -> &'static str {
        self.detail.event_type()
    }

    /// How many bytes the texts of the execution's data in it have.
    pub fn data_bytes(&self) -> usize {
        let mut bytes = 0;
        self.detail.clone().for_each_payload(|payload| bytes += payload.text().len());
        bytes
    }
}

impl Detail {
    fn event_type(&self) -> &'static str {
        match self {
            Self::ExecutionStarted { .. } => "ExecutionStarted",
            Self::ExecutionSucceeded { .. } => "ExecutionSucceeded",
            Self::ExecutionFailed(_) => "ExecutionFailed",
            Self::ExecutionTimedOut(_) => "ExecutionTimedOut",
            Self::ExecutionAborted(_) => "ExecutionAborted",
            Self::StateEntered { state_type, .. } => match state_type {
                StateType::Task => "TaskStateEntered",
                StateType::Pass => "PassStateEntered",
                StateType::Choice => "ChoiceStateEntered",
                StateType::Wait => "WaitStateEntered",
                StateType::Succeed => "SucceedStateEntered",
                StateType::Fail => "FailStateEntered",
                StateType::Parallel => "ParallelStateEntered",
                StateType::Map => "MapStateEntered",
            },
            Self::StateExited { state_type, .. } => match state_type {
                StateType::Task => "TaskStateExited",
                StateType::Pass => "PassStateExited",
                StateType::Choice => "ChoiceStateExited",
                StateType::Wait => "WaitStateExited",
                StateType::Succeed => "SucceedStateExited",
                StateType::Fail => "FailStateExited",
                StateType::Parallel => "ParallelStateExited",
                StateType::Map => "MapStateExited",
            },
            Self::TaskScheduled(_) => "TaskScheduled",
            Self::TaskStarted { .. } => "TaskStarted",
            Self::TaskSubmitted { .. } => "TaskSubmitted",
            Self::TaskSucceeded { .. } => "TaskSucceeded",
            Self::TaskFailed { .. } => "TaskFailed",
            Self::TaskTimedOut { .. } => "TaskTimedOut",
            Self::LambdaFunctionScheduled(_) => "LambdaFunctionScheduled",
            Self::LambdaFunctionStarted => "LambdaFunctionStarted",
            Self::LambdaFunctionSucceeded { .. } => "LambdaFunctionSucceeded",
            Self::LambdaFunctionFailed(_) => "LambdaFunctionFailed",
            Self::LambdaFunctionTimedOut(_) => "LambdaFunctionTimedOut",
            Self::ActivityScheduled(_) => "ActivityScheduled",
            Self::ActivityStarted { .. } => "ActivityStarted",
            Self::ActivitySucceeded { .. } => "ActivitySucceeded",
            Self::ActivityFailed(_) => "ActivityFailed",
            Self::ActivityTimedOut(_) => "ActivityTimedOut",
            Self::TaskStateAborted => "TaskStateAborted",
            Self::WaitStateAborted => "WaitStateAborted",
            Self::ParallelStateStarted => "ParallelStateStarted",
            Self::ParallelStateSucceeded => "ParallelStateSucceeded",
            Self::ParallelStateFailed => "ParallelStateFailed",
            Self::ParallelStateAborted => "ParallelStateAborted",
            Self::MapStateStarted { .. } => "MapStateStarted",
            Self::MapStateSucceeded => "MapStateSucceeded",
            Self::MapStateFailed => "MapStateFailed",
            Self::MapStateAborted => "MapStateAborted",
            Self::MapIterationStarted { .. } => "MapIterationStarted",
            Self::MapIterationSucceeded { .. } => "MapIterationSucceeded",
            Self::MapIterationFailed { .. } => "MapIterationFailed",
            Self::MapIterationAborted { .. } => "MapIterationAborted",
            Self::MapRunStarted { .. } => "MapRunStarted",
            Self::MapRunAborted => "MapRunAborted",
            Self::MapRunSucceeded => "MapRunSucceeded",
            Self::MapRunFailed(_) => "MapRunFailed",
            Self::MapRunRedriven { .. } => "MapRunRedriven",
            Self::ExecutionRedriven { .. } => "ExecutionRedriven",
            Self::EvaluationFailed(_) => "EvaluationFailed",
        }
    }

    /// Puts each payload through `change`.
    pub(crate) fn for_each_payload(&mut self, mut change: impl FnMut(&mut Payload)) {
        match self {
            Self::ExecutionStarted { input: payload, .. }
            | Self::ExecutionSucceeded { output: payload }
            | Self::StateEntered { input: payload, .. }
            | Self::StateExited { output: payload, assigned: None, .. }
            | Self::TaskSubmitted { output: payload, .. }
            | Self::TaskSucceeded { output: payload, .. }
            | Self::LambdaFunctionSucceeded { output: payload }
            | Self::ActivitySucceeded { output: payload } => change(payload),
            Self::StateExited { output, assigned: Some(assigned), .. } => {
                change(output);
                let mut changed: Vec<(Box<str>, Payload)> = assigned.to_vec();
                for (_, value) in &mut changed {
                    change(value);
                }
                let is_same =
                    |((_, one), (_, other)): (&(_, Payload), &(_, Payload))| one.is_same(other);
                if !assigned.iter().zip(&changed).all(is_same) {
                    *assigned = changed.into();
                }
            }
            Self::TaskScheduled(scheduled)
            | Self::LambdaFunctionScheduled(scheduled)
            | Self::ActivityScheduled(scheduled) => change(&mut scheduled.parameters),
            Self::ExecutionFailed(_)
            | Self::ExecutionTimedOut(_)
            | Self::ExecutionAborted(_)
            | Self::TaskStarted { .. }
            | Self::TaskFailed { .. }
            | Self::TaskTimedOut { .. }
            | Self::LambdaFunctionStarted
            | Self::LambdaFunctionFailed(_)
            | Self::LambdaFunctionTimedOut(_)
            | Self::ActivityStarted { .. }
            | Self::ActivityFailed(_)
            | Self::ActivityTimedOut(_)
            | Self::TaskStateAborted
            | Self::WaitStateAborted
            | Self::ParallelStateStarted
            | Self::ParallelStateSucceeded
            | Self::ParallelStateFailed
            | Self::ParallelStateAborted
            | Self::MapStateStarted { .. }
            | Self::MapStateSucceeded
            | Self::MapStateFailed
            | Self::MapStateAborted
            | Self::MapIterationStarted { .. }
            | Self::MapIterationSucceeded { .. }
            | Self::MapIterationFailed { .. }
            | Self::MapIterationAborted { .. }
            | Self::MapRunStarted { .. }
            | Self::MapRunAborted
            | Self::MapRunSucceeded
            | Self::MapRunFailed(_)
            | Self::MapRunRedriven { .. }
            | Self::ExecutionRedriven { .. }
            | Self::EvaluationFailed(_) => {}
        }
    }
}
