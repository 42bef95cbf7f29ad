//! Events as `GetExecutionHistory` gives them.

use atlas_asl::{model::StateName, resource::Resource};
use serde_json::{Map, Value, json};

use super::{Detail, HistoryEvent, Scheduled};
use crate::{Failure, Payload};

impl HistoryEvent {
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
    /// The field that holds the details, and the details.
    fn to_json(&self) -> Option<(&'static str, Value)> {
        let not_truncated = || json!({ "truncated": false });
        let output = |field, output: &Payload| {
            (field, json!({ "output": output.text(), "outputDetails": not_truncated() }))
        };
        Some(match self {
            Self::ExecutionStarted { input, identity } => {
                let mut details = Map::new();
                details.insert("input".into(), input.text().into());
                details.insert("inputDetails".into(), not_truncated());
                details.insert("roleArn".into(), (*identity.role_arn).into());
                for (field, arn) in [
                    ("stateMachineAliasArn", &identity.alias_arn),
                    ("stateMachineVersionArn", &identity.version_arn),
                ] {
                    if let Some(arn) = arn {
                        details.insert(field.into(), (**arn).into());
                    }
                }
                ("executionStartedEventDetails", Value::Object(details))
            }
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
            Self::MapRunRedriven { map_run_arn, redrive_count } => (
                "mapRunRedrivenEventDetails",
                json!({ "mapRunArn": map_run_arn, "redriveCount": redrive_count }),
            ),
            Self::ExecutionRedriven { redrive_count } => {
                ("executionRedrivenEventDetails", json!({ "redriveCount": redrive_count }))
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
            | Self::MapRunAborted
            | Self::MapRunSucceeded => return None,
        })
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
