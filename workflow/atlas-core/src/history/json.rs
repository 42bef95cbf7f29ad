//! Events as `GetExecutionHistory` gives them. They are written straight from what they hold, for a history
//! is the longest answer there is.

use atlas_asl::{model::StateName, resource::Resource};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::{Assigned, Detail, HistoryEvent, Scheduled};
use crate::{Failure, Payload};

/// The details of an event, in the field of its type or alone.
#[derive(Debug, Clone, Copy)]
pub struct Details<'a> {
    detail: &'a Detail,
    includes_data: bool,
}

/// An event as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a, T> {
    event: &'a HistoryEvent,
    timestamp: T,
    includes_data: bool,
}

impl HistoryEvent {
    /// The event as `GetExecutionHistory` gives it, with this rendering of its time, with the execution's
    /// data or without (`includeExecutionData`).
    pub fn told<T: Serialize>(&self, timestamp: T, includes_data: bool) -> Told<'_, T> {
        Told { event: self, timestamp, includes_data }
    }

    /// What the event says beside its type and its time, with the execution's data or without; an
    /// empty object where that is nothing.
    pub fn details(&self, includes_data: bool) -> Details<'_> {
        Details { detail: &self.detail, includes_data }
    }

    /// The event with its data as a tree.
    pub fn to_json(&self, timestamp: Value) -> Value {
        serde_json::to_value(self.told(timestamp, true)).expect("names are texts, values are JSON")
    }
}

impl<T: Serialize> Serialize for Told<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { event, timestamp, includes_data } = self;
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("timestamp", timestamp)?;
        fields.serialize_entry("type", event.event_type())?;
        fields.serialize_entry("id", &event.id)?;
        fields.serialize_entry("previousEventId", &event.previous_event_id)?;
        if let Some(name) = event.detail.field() {
            fields.serialize_entry(name, &event.details(*includes_data))?;
        }
        fields.end()
    }
}

impl Detail {
    /// The field that holds the details, where there are any.
    fn field(&self) -> Option<&'static str> {
        Some(match self {
            Self::ExecutionStarted { .. } => "executionStartedEventDetails",
            Self::ExecutionSucceeded { .. } => "executionSucceededEventDetails",
            Self::ExecutionFailed(_) => "executionFailedEventDetails",
            Self::ExecutionTimedOut(_) => "executionTimedOutEventDetails",
            Self::ExecutionAborted(_) => "executionAbortedEventDetails",
            Self::StateEntered { .. } => "stateEnteredEventDetails",
            Self::StateExited { .. } => "stateExitedEventDetails",
            Self::TaskScheduled(_) => "taskScheduledEventDetails",
            Self::TaskStarted { .. } => "taskStartedEventDetails",
            Self::TaskSubmitted { .. } => "taskSubmittedEventDetails",
            Self::TaskSucceeded { .. } => "taskSucceededEventDetails",
            Self::TaskFailed { .. } => "taskFailedEventDetails",
            Self::TaskTimedOut { .. } => "taskTimedOutEventDetails",
            Self::LambdaFunctionScheduled(_) => "lambdaFunctionScheduledEventDetails",
            Self::LambdaFunctionSucceeded { .. } => "lambdaFunctionSucceededEventDetails",
            Self::LambdaFunctionFailed(_) => "lambdaFunctionFailedEventDetails",
            Self::LambdaFunctionTimedOut(_) => "lambdaFunctionTimedOutEventDetails",
            Self::ActivityScheduled(_) => "activityScheduledEventDetails",
            Self::ActivityStarted { .. } => "activityStartedEventDetails",
            Self::ActivitySucceeded { .. } => "activitySucceededEventDetails",
            Self::ActivityFailed(_) => "activityFailedEventDetails",
            Self::ActivityTimedOut(_) => "activityTimedOutEventDetails",
            Self::MapStateStarted { .. } => "mapStateStartedEventDetails",
            Self::MapIterationStarted { .. } => "mapIterationStartedEventDetails",
            Self::MapIterationSucceeded { .. } => "mapIterationSucceededEventDetails",
            Self::MapIterationFailed { .. } => "mapIterationFailedEventDetails",
            Self::MapIterationAborted { .. } => "mapIterationAbortedEventDetails",
            Self::MapRunStarted { .. } => "mapRunStartedEventDetails",
            Self::MapRunFailed(_) => "mapRunFailedEventDetails",
            Self::MapRunRedriven { .. } => "mapRunRedrivenEventDetails",
            Self::ExecutionRedriven { .. } => "executionRedrivenEventDetails",
            Self::EvaluationFailed(_) => "evaluationFailedEventDetails",
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

impl Serialize for Details<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        let to = &mut fields;
        match self.detail {
            Detail::ExecutionStarted { input, identity } => {
                self.input(to, input)?;
                to.serialize_entry("roleArn", &*identity.role_arn)?;
                optional(to, "stateMachineAliasArn", identity.alias_arn.as_deref())?;
                optional(to, "stateMachineVersionArn", identity.version_arn.as_deref())?;
            }
            Detail::ExecutionSucceeded { output }
            | Detail::LambdaFunctionSucceeded { output }
            | Detail::ActivitySucceeded { output } => self.output(to, output)?,
            Detail::StateEntered { name, input, .. } => {
                to.serialize_entry("name", name.as_str())?;
                self.input(to, input)?;
            }
            Detail::StateExited { name, output, assigned, .. } => {
                to.serialize_entry("name", name.as_str())?;
                self.output(to, output)?;
                if let (Some(assigned), true) = (assigned, self.includes_data) {
                    to.serialize_entry("assignedVariables", &Variables(assigned))?;
                    to.serialize_entry("assignedVariablesDetails", &WHOLE)?;
                }
            }
            Detail::TaskScheduled(scheduled) => {
                resource(to, &scheduled.resource)?;
                to.serialize_entry("region", &*scheduled.region)?;
                if self.includes_data {
                    to.serialize_entry("parameters", scheduled.parameters.text())?;
                }
                limits(to, scheduled)?;
            }
            Detail::TaskStarted { resource: of } => resource(to, of)?,
            Detail::TaskSubmitted { resource: of, output }
            | Detail::TaskSucceeded { resource: of, output } => {
                resource(to, of)?;
                self.output(to, output)?;
            }
            Detail::TaskFailed { resource: of, failure: failed }
            | Detail::TaskTimedOut { resource: of, failure: failed } => {
                resource(to, of)?;
                failure(to, failed)?;
            }
            Detail::LambdaFunctionScheduled(scheduled) | Detail::ActivityScheduled(scheduled) => {
                to.serialize_entry("resource", &scheduled.resource.resource_name())?;
                self.input(to, &scheduled.parameters)?;
                limits(to, scheduled)?;
            }
            Detail::ExecutionFailed(failed)
            | Detail::ExecutionTimedOut(failed)
            | Detail::ExecutionAborted(failed)
            | Detail::LambdaFunctionFailed(failed)
            | Detail::LambdaFunctionTimedOut(failed)
            | Detail::ActivityFailed(failed)
            | Detail::ActivityTimedOut(failed)
            | Detail::MapRunFailed(failed) => failure(to, failed)?,
            Detail::ActivityStarted { worker_name } => {
                optional(to, "workerName", worker_name.as_deref())?;
            }
            Detail::MapStateStarted { length } => to.serialize_entry("length", length)?,
            Detail::MapIterationStarted { name, index }
            | Detail::MapIterationSucceeded { name, index }
            | Detail::MapIterationFailed { name, index }
            | Detail::MapIterationAborted { name, index } => iteration(to, name, *index)?,
            Detail::MapRunStarted { map_run_arn } => {
                to.serialize_entry("mapRunArn", map_run_arn)?;
            }
            Detail::MapRunRedriven { map_run_arn, redrive_count } => {
                to.serialize_entry("mapRunArn", map_run_arn)?;
                to.serialize_entry("redriveCount", redrive_count)?;
            }
            Detail::ExecutionRedriven { redrive_count } => {
                to.serialize_entry("redriveCount", redrive_count)?;
            }
            Detail::EvaluationFailed(evaluation) => {
                failure(to, &evaluation.failure)?;
                optional(to, "location", evaluation.location.as_deref())?;
                to.serialize_entry("state", evaluation.state.as_str())?;
            }
            Detail::LambdaFunctionStarted
            | Detail::TaskStateAborted
            | Detail::WaitStateAborted
            | Detail::ParallelStateStarted
            | Detail::ParallelStateSucceeded
            | Detail::ParallelStateFailed
            | Detail::ParallelStateAborted
            | Detail::MapStateSucceeded
            | Detail::MapStateFailed
            | Detail::MapStateAborted
            | Detail::MapRunAborted
            | Detail::MapRunSucceeded => {}
        }
        fields.end()
    }
}

impl Details<'_> {
    fn input<M: SerializeMap>(&self, to: &mut M, input: &Payload) -> Result<(), M::Error> {
        if self.includes_data {
            to.serialize_entry("input", input.text())?;
            to.serialize_entry("inputDetails", &WHOLE)?;
        }
        Ok(())
    }

    fn output<M: SerializeMap>(&self, to: &mut M, output: &Payload) -> Result<(), M::Error> {
        if self.includes_data {
            to.serialize_entry("output", output.text())?;
            to.serialize_entry("outputDetails", &WHOLE)?;
        }
        Ok(())
    }
}

fn optional<M: SerializeMap>(
    to: &mut M,
    field: &'static str,
    text: Option<&str>,
) -> Result<(), M::Error> {
    text.map_or(Ok(()), |text| to.serialize_entry(field, text))
}

fn resource<M: SerializeMap>(to: &mut M, resource: &Resource) -> Result<(), M::Error> {
    to.serialize_entry("resourceType", &resource.resource_type())?;
    to.serialize_entry("resource", &resource.resource_name())
}

fn limits<M: SerializeMap>(to: &mut M, scheduled: &Scheduled) -> Result<(), M::Error> {
    if let Some(seconds) = scheduled.timeout_in_seconds {
        to.serialize_entry("timeoutInSeconds", &seconds)?;
    }
    if let Some(seconds) = scheduled.heartbeat_in_seconds {
        to.serialize_entry("heartbeatInSeconds", &seconds)?;
    }
    if let Some(role_arn) = scheduled.credentials.as_ref().and_then(|value| value.get("RoleArn")) {
        to.serialize_entry("taskCredentials", &Credentials { role_arn })?;
    }
    Ok(())
}

fn failure<M: SerializeMap>(to: &mut M, failure: &Failure) -> Result<(), M::Error> {
    optional(to, "error", failure.error.as_deref())?;
    optional(to, "cause", failure.cause.as_deref())
}

fn iteration<M: SerializeMap>(to: &mut M, name: &StateName, index: u32) -> Result<(), M::Error> {
    to.serialize_entry("name", name.as_str())?;
    to.serialize_entry("index", &index)
}

/// What is said of each document: AWS cuts none of those that an execution may have.
const WHOLE: Whole = Whole { truncated: false };

#[derive(serde::Serialize)]
struct Whole {
    truncated: bool,
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Credentials<'a> {
    role_arn: &'a Value,
}

struct Variables<'a>(&'a Assigned);

impl Serialize for Variables<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (&**name, value.text())))
    }
}
