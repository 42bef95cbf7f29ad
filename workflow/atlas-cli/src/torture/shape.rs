//! The machines that are tortured, each for a way in which executions live: their definitions, and the
//! output that follows from their input alone.

use serde_json::{Value, json};

/// A kind of execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// States that need nobody.
    Chain,
    /// A short wait.
    Wait,
    /// A wait that is long enough to be put out of memory.
    Rest,
    /// A task for a worker, who may be lost with it.
    Work,
    /// A task that somebody ends by its token.
    Callback,
    /// A call that is answered, or fails.
    Invoke,
    /// Several of these at once.
    Parallel,
    /// One that starts another and waits for it.
    Nested,
    /// The one that is started.
    Child,
    /// One that fails and goes on where it failed.
    Redriven,
    /// A wait that ends only by being stopped.
    Long,
}

/// The error after which a task is tried again.
pub(super) const AGAIN: &str = "Torture.Again";
/// The error that ends an execution.
pub(super) const BROKEN: &str = "Torture.Broken";
/// What the activity is called.
pub(super) const ACTIVITY: &str = "Work";
/// The function whose calls are answered at once, and the one that answers by token.
pub(super) const ECHO: &str = "Echo";
pub(super) const LATER: &str = "Later";
const PLACE: &str = "us-east-1:000000000000";

impl Shape {
    /// In an order in which they can be created.
    pub(super) const ALL: [Self; 11] = [
        Self::Chain,
        Self::Wait,
        Self::Rest,
        Self::Work,
        Self::Callback,
        Self::Invoke,
        Self::Parallel,
        Self::Child,
        Self::Nested,
        Self::Redriven,
        Self::Long,
    ];
    /// Those that clients start.
    pub(super) const STARTED: [Self; 10] = [
        Self::Chain,
        Self::Wait,
        Self::Rest,
        Self::Work,
        Self::Callback,
        Self::Invoke,
        Self::Parallel,
        Self::Nested,
        Self::Redriven,
        Self::Long,
    ];

    /// What its machine is called.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Chain => "Chain",
            Self::Wait => "Wait",
            Self::Rest => "Rest",
            Self::Work => "Work",
            Self::Callback => "Callback",
            Self::Invoke => "Invoke",
            Self::Parallel => "Parallel",
            Self::Nested => "Nested",
            Self::Child => "Child",
            Self::Redriven => "Redriven",
            Self::Long => "Long",
        }
    }

    pub(super) fn machine_arn(self) -> String {
        format!("arn:aws:states:{PLACE}:stateMachine:{}", self.name())
    }

    pub(super) fn execution_arn(self, name: &str) -> String {
        format!("arn:aws:states:{PLACE}:execution:{}:{name}", self.name())
    }

    /// The shape of the execution with this ARN.
    pub(super) fn of_execution(arn: &str) -> Option<Self> {
        let name = arn.split(':').nth(6)?;
        Self::ALL.into_iter().find(|shape| shape.name() == name)
    }

    pub(super) fn definition(self) -> Value {
        match self {
            Self::Chain => chain(),
            Self::Wait => one("Pause", json!({"Type": "Wait", "Seconds": 1})),
            Self::Rest => one("Pause", json!({"Type": "Wait", "Seconds": 6})),
            Self::Long => one("Pause", json!({"Type": "Wait", "Seconds": 86_400})),
            Self::Work => one("Work", work()),
            Self::Callback | Self::Child => one("Ask", callback(true)),
            Self::Redriven => one("Ask", callback(false)),
            Self::Invoke => one("Call", invoke()),
            Self::Parallel => one(
                "Fork",
                json!({"Type": "Parallel", "Branches": [
                    Self::Chain.definition(), Self::Callback.definition(), Self::Wait.definition()]}),
            ),
            Self::Nested => one(
                "Start",
                json!({"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
                    "Parameters": {"StateMachineArn": Self::Child.machine_arn(),
                        "Input": {"id.$": "$.id"}},
                    "OutputPath": "$.Output"}),
            ),
        }
    }

    /// The output that one with this id must end with, where nobody outside has a say in it.
    pub(super) fn own_output(self, id: &str) -> Option<Value> {
        match self {
            Self::Chain => Some(json!({"id": id, "through": 4})),
            Self::Wait | Self::Rest => Some(json!({"id": id})),
            Self::Invoke => Some(json!({"id": id, "called": true})),
            Self::Work
            | Self::Callback
            | Self::Parallel
            | Self::Nested
            | Self::Child
            | Self::Redriven
            | Self::Long => None,
        }
    }
}

pub(super) fn activity_arn() -> String {
    format!("arn:aws:states:{PLACE}:activity:{ACTIVITY}")
}

fn one(name: &str, mut state: Value) -> Value {
    state["End"] = true.into();
    json!({"StartAt": name, "States": {name: state}})
}

fn chain() -> Value {
    let through = json!({"id.$": "$.id", "through": 4});
    json!({"StartAt": "First", "States": {
        "First": {"Type": "Pass", "Next": "Second"},
        "Second": {"Type": "Pass", "Result": {"seen": true}, "ResultPath": "$.second", "Next": "Third"},
        "Third": {"Type": "Choice", "Default": "Never",
            "Choices": [{"Variable": "$.second.seen", "BooleanEquals": true, "Next": "Fourth"}]},
        "Fourth": {"Type": "Pass", "Parameters": through, "End": true},
        "Never": {"Type": "Fail"}}})
}

/// A worker who was given it and lost it, as the answer was lost with the server, sends no heartbeat.
fn work() -> Value {
    json!({"Type": "Task", "Resource": activity_arn(), "HeartbeatSeconds": 3,
        "Parameters": {"id.$": "$.id", "execution.$": "$$.Execution.Id"},
        "Retry": [{"ErrorEquals": ["States.HeartbeatTimeout", "States.Timeout", AGAIN],
            "IntervalSeconds": 1, "BackoffRate": 1.0, "MaxAttempts": 99}]})
}

fn callback(is_tried_again: bool) -> Value {
    let mut task = json!({"Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": LATER, "Payload": {"id.$": "$.id",
            "execution.$": "$$.Execution.Id", "token.$": "$$.Task.Token"}}});
    if is_tried_again {
        task["Retry"] = json!([{"ErrorEquals": [AGAIN], "IntervalSeconds": 1, "BackoffRate": 1.0,
            "MaxAttempts": 9}]);
    }
    task
}

fn invoke() -> Value {
    json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "OutputPath": "$.Payload",
        "Parameters": {"FunctionName": ECHO,
            "Payload": {"id.$": "$.id", "execution.$": "$$.Execution.Id"}},
        "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "BackoffRate": 1.0,
            "MaxAttempts": 99}]})
}
