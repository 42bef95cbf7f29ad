//! What is measured: machines, what they are started with, and what they must answer.

use atlas_asl::model::ExecutionType;
use serde_json::{Value, json};

use super::pass_steps::{CALL_EXECUTION, in_pass_steps};

/// Stands for the number of an execution in inputs and outputs, so that no two are the same.
const KEY: &str = "KEY";

/// Machines that are started one after the other.
#[derive(Debug)]
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(super) way: Way,
    pub(super) machines: Vec<Machine>,
}

/// How an execution is followed to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// `StartExecution`, `DescribeExecution` until it has ended, the whole history.
    Polled,
    /// `StartSyncExecution`.
    Sync,
}

/// A machine, and what its executions take and give.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) name: &'static str,
    pub(super) execution_type: ExecutionType,
    pub(super) definition: String,
    /// The input as a JSON string in a request, with quotes and escapes.
    input: String,
    output: String,
    /// How many events of each type a whole history has.
    pub(super) events: Vec<(&'static str, usize)>,
}

impl Machine {
    /// The input of the execution with this key, as a JSON string.
    pub(super) fn input(&self, key: &str) -> String {
        self.input.replace(KEY, key)
    }

    /// What the execution with this key must answer.
    pub(super) fn output(&self, key: &str) -> Value {
        let text = self.output.replace(KEY, key);
        serde_json::from_str(&text).expect("an output is JSON, and a key needs no escapes")
    }
}

/// The pair in the language that every implementation speaks. Some of them answer `$.prepared[0].leadId`
/// with an array, so the first machine takes the results of its branches whole.
pub(crate) fn lead_to_call_in_json_path() -> Workload {
    let definition = include_str!("../../bench/lead.asl.json");
    let output = json!({
        "interactionKey": KEY,
        "created": { "leadId": "00Q5e00000ADA01EXA", "created": true },
        "generated": {
            "scenario": scenario(),
            "origin": "model",
            "modelId": "us.anthropic.claude-haiku-4-5-20251001-v1:0",
        },
        "callExecutionArn": CALL_EXECUTION,
    });
    let machines =
        vec![lead("bench-lead", definition.to_owned(), &output), call_in_json_path("bench-call")];
    Workload { name: "lead to call in Pass steps, JSONPath", way: Way::Polled, machines }
}

/// The second machine of the pair alone, for implementations that tell less of a Parallel than AWS does.
pub(crate) fn call_alone() -> Workload {
    let machines = vec![call_in_json_path("bench-call-alone")];
    Workload { name: "the call alone in Pass steps, JSONPath", way: Way::Polled, machines }
}

/// The pair as it is deployed, but for its Tasks.
pub(crate) fn lead_to_call_in_jsonata() -> Workload {
    let output = json!({
        "interactionKey": KEY,
        "leadId": "00Q5e00000ADA01EXA",
        "scenario": { "origin": "model" },
        "callExecutionArn": CALL_EXECUTION,
    });
    let machines = vec![
        lead("bench-lead-jsonata", in_pass_steps(definitions::lead_to_call::NAME), &output),
        call("bench-call-jsonata", in_pass_steps(definitions::call::NAME)),
    ];
    Workload { name: "lead to call in Pass steps, JSONata", way: Way::Polled, machines }
}

fn lead(name: &'static str, definition: String, output: &Value) -> Machine {
    Machine {
        name,
        execution_type: ExecutionType::Standard,
        definition,
        input: quoted(&intake()),
        output: output.to_string(),
        events: vec![
            ("ExecutionStarted", 1),
            ("ChoiceStateEntered", 1),
            ("ChoiceStateExited", 1),
            ("ParallelStateEntered", 1),
            ("ParallelStateStarted", 1),
            ("PassStateEntered", 4),
            ("PassStateExited", 4),
            ("ParallelStateSucceeded", 1),
            ("ParallelStateExited", 1),
            ("ExecutionSucceeded", 1),
        ],
    }
}

fn call_in_json_path(name: &'static str) -> Machine {
    call(name, include_str!("../../bench/call.asl.json").to_owned())
}

fn call(name: &'static str, definition: String) -> Machine {
    Machine {
        name,
        execution_type: ExecutionType::Standard,
        definition,
        input: quoted(&call_input()),
        output: json!({
            "interactionKey": KEY,
            "leadId": "00Q5e00000ADA01EXA",
            "outcome": "ANSWERED",
            "attempts": 1,
            "status": "Working - Contacted",
        })
        .to_string(),
        events: vec![
            ("ExecutionStarted", 1),
            ("PassStateEntered", 3),
            ("PassStateExited", 3),
            ("ChoiceStateEntered", 1),
            ("ChoiceStateExited", 1),
            ("SucceedStateEntered", 1),
            ("SucceedStateExited", 1),
            ("ExecutionSucceeded", 1),
        ],
    }
}

fn intake() -> Value {
    let mut lead: Value =
        serde_json::from_str(definitions::SAMPLE_LEAD).expect("the sample lead is JSON");
    lead["interactionKey"] = json!(KEY);
    lead
}

/// What the first machine starts the second with.
fn call_input() -> Value {
    let lead = intake();
    json!({
        "interactionKey": KEY,
        "leadId": "00Q5e00000ADA01EXA",
        "scenario": scenario(),
        "lead": { "phone": lead["lead"]["phone"] },
        "call": lead["call"],
        "consent": lead["consent"],
        "callerId": "+14155550100",
        "attempt": 1,
    })
}

fn scenario() -> Value {
    json!({
        "opening": "Hello, thank you for asking about our prices.",
        "objective": "Agree on a date for a demo.",
        "talkingPoints": ["What a seat costs", "What is included", "When a demo suits"],
        "tone": "friendly",
        "language": "en-US",
    })
}

/// An inline Map of so many items. A STANDARD execution of ten thousand would end with too long a history,
/// on AWS as here.
pub(crate) fn map(name: &'static str, execution_type: ExecutionType, length: usize) -> Workload {
    let items: Vec<usize> = (0..length).collect();
    let machine = Machine {
        name: match execution_type {
            ExecutionType::Standard => "bench-map",
            ExecutionType::Express => "bench-map-express",
        },
        execution_type,
        definition: include_str!("../../bench/map.asl.json").to_owned(),
        input: quoted(&json!({ "items": items })),
        output: json!(items).to_string(),
        events: vec![
            ("ExecutionStarted", 1),
            ("MapStateEntered", 1),
            ("MapStateStarted", 1),
            ("MapIterationStarted", length),
            ("PassStateEntered", length),
            ("PassStateExited", length),
            ("MapIterationSucceeded", length),
            ("MapStateSucceeded", 1),
            ("MapStateExited", 1),
            ("ExecutionSucceeded", 1),
        ],
    };
    let way = match execution_type {
        ExecutionType::Standard => Way::Polled,
        ExecutionType::Express => Way::Sync,
    };
    Workload { name, way, machines: vec![machine] }
}

/// A document as a JSON string.
fn quoted(document: &Value) -> String {
    Value::String(document.to_string()).to_string()
}
