//! The history of an execution: events with AWS's names, ids and details.

use std::sync::Arc;

use atlas_asl::{
    model::{StateName, StateType},
    resource::Resource,
};
use serde_json::{Map, Value, json};

use crate::{Failure, Payload, Timestamp};

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
        role_arn: Arc<str>,
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
    MapRunSucceeded,
    MapRunFailed(Box<Failure>),
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

    /// The event as `GetExecutionHistory` gives it, with this rendering of its time.
    pub fn to_json(&self, timestamp: Value) -> Value {
        let mut event = Map::new();
        event.insert("timestamp".into(), timestamp);
        event.insert("type".into(), self.event_type().into());
        event.insert("id".into(), self.id.into());
        event.insert("previousEventId".into(), self.previous_event_id.into());
        if let Some((field, details)) = self.detail.to_json() {
            event.insert(field.into(), details);
        }
        Value::Object(event)
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
            Self::MapRunSucceeded => "MapRunSucceeded",
            Self::MapRunFailed(_) => "MapRunFailed",
            Self::EvaluationFailed(_) => "EvaluationFailed",
        }
    }

    /// The field that holds the details, and the details.
    fn to_json(&self) -> Option<(&'static str, Value)> {
        let not_truncated = || json!({ "truncated": false });
        let output = |field, output: &Payload| {
            (field, json!({ "output": output.text(), "outputDetails": not_truncated() }))
        };
        Some(match self {
            Self::ExecutionStarted { input, role_arn } => (
                "executionStartedEventDetails",
                json!({ "input": input.text(), "inputDetails": not_truncated(), "roleArn": **role_arn }),
            ),
            Self::ExecutionSucceeded { output: payload } => {
                output("executionSucceededEventDetails", payload)
            }
            Self::ExecutionFailed(failure) => {
                ("executionFailedEventDetails", failure_json(failure, None))
            }
            Self::ExecutionTimedOut(failure) => {
                ("executionTimedOutEventDetails", failure_json(failure, None))
            }
            Self::ExecutionAborted(failure) => {
                ("executionAbortedEventDetails", failure_json(failure, None))
            }
            Self::StateEntered { name, input, .. } => (
                "stateEnteredEventDetails",
                json!({ "name": name.as_str(), "input": input.text(), "inputDetails": not_truncated() }),
            ),
            Self::StateExited { name, output, assigned, .. } => {
                let mut details = Map::new();
                details.insert("name".into(), name.as_str().into());
                details.insert("output".into(), output.text().into());
                details.insert("outputDetails".into(), not_truncated());
                if let Some(assigned) = assigned {
                    let variables = assigned
                        .iter()
                        .map(|(name, value)| (String::from(&**name), value.text().into()))
                        .collect();
                    details.insert("assignedVariables".into(), Value::Object(variables));
                    details.insert("assignedVariablesDetails".into(), not_truncated());
                }
                ("stateExitedEventDetails", Value::Object(details))
            }
            Self::TaskScheduled(scheduled) => {
                let mut details = Map::new();
                details.insert("resourceType".into(), scheduled.resource.resource_type().into());
                details.insert("resource".into(), scheduled.resource.resource_name().into());
                details.insert("region".into(), (*scheduled.region).into());
                details.insert("parameters".into(), scheduled.parameters.text().into());
                scheduled.limits_json(&mut details);
                ("taskScheduledEventDetails", Value::Object(details))
            }
            Self::TaskStarted { resource } => {
                ("taskStartedEventDetails", Value::Object(resource_json(resource)))
            }
            Self::TaskSubmitted { resource, output } => {
                ("taskSubmittedEventDetails", task_output_json(resource, output))
            }
            Self::TaskSucceeded { resource, output } => {
                ("taskSucceededEventDetails", task_output_json(resource, output))
            }
            Self::TaskFailed { resource, failure } => {
                ("taskFailedEventDetails", failure_json(failure, Some(resource)))
            }
            Self::TaskTimedOut { resource, failure } => {
                ("taskTimedOutEventDetails", failure_json(failure, Some(resource)))
            }
            Self::LambdaFunctionScheduled(scheduled) => {
                ("lambdaFunctionScheduledEventDetails", scheduled.input_json())
            }
            Self::LambdaFunctionSucceeded { output: payload } => {
                output("lambdaFunctionSucceededEventDetails", payload)
            }
            Self::LambdaFunctionFailed(failure) => {
                ("lambdaFunctionFailedEventDetails", failure_json(failure, None))
            }
            Self::LambdaFunctionTimedOut(failure) => {
                ("lambdaFunctionTimedOutEventDetails", failure_json(failure, None))
            }
            Self::ActivityScheduled(scheduled) => {
                ("activityScheduledEventDetails", scheduled.input_json())
            }
            Self::ActivityStarted { worker_name } => {
                let mut details = Map::new();
                if let Some(worker_name) = worker_name {
                    details.insert("workerName".into(), String::from(&**worker_name).into());
                }
                ("activityStartedEventDetails", Value::Object(details))
            }
            Self::ActivitySucceeded { output: payload } => {
                output("activitySucceededEventDetails", payload)
            }
            Self::ActivityFailed(failure) => {
                ("activityFailedEventDetails", failure_json(failure, None))
            }
            Self::ActivityTimedOut(failure) => {
                ("activityTimedOutEventDetails", failure_json(failure, None))
            }
            Self::MapStateStarted { length } => {
                ("mapStateStartedEventDetails", json!({ "length": length }))
            }
            Self::MapIterationStarted { name, index } => {
                ("mapIterationStartedEventDetails", iteration_json(name, *index))
            }
            Self::MapIterationSucceeded { name, index } => {
                ("mapIterationSucceededEventDetails", iteration_json(name, *index))
            }
            Self::MapIterationFailed { name, index } => {
                ("mapIterationFailedEventDetails", iteration_json(name, *index))
            }
            Self::MapIterationAborted { name, index } => {
                ("mapIterationAbortedEventDetails", iteration_json(name, *index))
            }
            Self::MapRunStarted { map_run_arn } => {
                ("mapRunStartedEventDetails", json!({ "mapRunArn": map_run_arn }))
            }
            Self::MapRunFailed(failure) => {
                ("mapRunFailedEventDetails", failure_json(failure, None))
            }
            Self::EvaluationFailed(evaluation) => {
                let mut details = Map::new();
                if let Value::Object(failure) = failure_json(&evaluation.failure, None) {
                    details.extend(failure);
                }
                if let Some(location) = &evaluation.location {
                    details.insert("location".into(), location.as_str().into());
                }
                details.insert("state".into(), evaluation.state.as_str().into());
                ("evaluationFailedEventDetails", Value::Object(details))
            }
            Self::LambdaFunctionStarted
            | Self::TaskStateAborted
            | Self::WaitStateAborted
            | Self::ParallelStateStarted
            | Self::ParallelStateSucceeded
            | Self::ParallelStateFailed
            | Self::ParallelStateAborted
            | Self::MapStateSucceeded
            | Self::MapStateFailed
            | Self::MapStateAborted
            | Self::MapRunSucceeded => return None,
        })
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
                *assigned = changed.into();
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
            | Self::MapRunSucceeded
            | Self::MapRunFailed(_)
            | Self::EvaluationFailed(_) => {}
        }
    }
}

impl Scheduled {
    fn input_json(&self) -> Value {
        let mut details = Map::new();
        details.insert("resource".into(), self.resource.resource_name().into());
        details.insert("input".into(), self.parameters.text().into());
        details.insert("inputDetails".into(), json!({ "truncated": false }));
        self.limits_json(&mut details);
        Value::Object(details)
    }

    fn limits_json(&self, details: &mut Map<String, Value>) {
        if let Some(seconds) = self.timeout_in_seconds {
            details.insert("timeoutInSeconds".into(), seconds.into());
        }
        if let Some(seconds) = self.heartbeat_in_seconds {
            details.insert("heartbeatInSeconds".into(), seconds.into());
        }
        if let Some(role_arn) = self.credentials.as_ref().and_then(|value| value.get("RoleArn")) {
            details.insert("taskCredentials".into(), json!({ "roleArn": role_arn }));
        }
    }
}

fn resource_json(resource: &Resource) -> Map<String, Value> {
    let mut details = Map::new();
    details.insert("resourceType".into(), resource.resource_type().into());
    details.insert("resource".into(), resource.resource_name().into());
    details
}

fn task_output_json(resource: &Resource, output: &Payload) -> Value {
    let mut details = resource_json(resource);
    details.insert("output".into(), output.text().into());
    details.insert("outputDetails".into(), json!({ "truncated": false }));
    Value::Object(details)
}

fn failure_json(failure: &Failure, resource: Option<&Resource>) -> Value {
    let mut details = resource.map(resource_json).unwrap_or_default();
    if let Some(error) = &failure.error {
        details.insert("error".into(), error.as_str().into());
    }
    if let Some(cause) = &failure.cause {
        details.insert("cause".into(), cause.as_str().into());
    }
    Value::Object(details)
}

fn iteration_json(name: &StateName, index: u32) -> Value {
    json!({ "name": name.as_str(), "index": index })
}
