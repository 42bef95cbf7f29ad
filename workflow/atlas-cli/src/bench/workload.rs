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

/// The pair in the language that every implementation speaks.
pub(crate) fn lead_to_call_in_json_path() -> Workload {
    let definitions =
        [include_str!("../../bench/lead.asl.json"), include_str!("../../bench/call.asl.json")];
    lead_to_call(
        "lead to call in Pass steps, JSONPath",
        ["bench-lead", "bench-call"],
        definitions.map(str::to_owned),
    )
}

/// The pair as it is deployed, but for its Tasks.
pub(crate) fn lead_to_call_in_jsonata() -> Workload {
    let definitions = [definitions::lead_to_call::NAME, definitions::call::NAME].map(in_pass_steps);
    lead_to_call(
        "lead to call in Pass steps, JSONata",
        ["bench-lead-jsonata", "bench-call-jsonata"],
        definitions,
    )
}

fn lead_to_call(
    name: &'static str,
    machines: [&'static str; 2],
    [lead, call]: [String; 2],
) -> Workload {
    let lead = Machine {
        name: machines[0],
        execution_type: ExecutionType::Standard,
        definition: lead,
        input: quoted(&intake()),
        output: json!({
            "interactionKey": KEY,
            "leadId": "00Q5e00000ADA01EXA",
            "scenario": { "origin": "model" },
            "callExecutionArn": CALL_EXECUTION,
        })
        .to_string(),
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
    };
    let call = Machine {
        name: machines[1],
        execution_type: ExecutionType::Standard,
        definition: call,
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
    };
    Workload { name, way: Way::Polled, machines: vec![lead, call] }
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
        "scenario": {
            "opening": "Hello, thank you for asking about our prices.",
            "objective": "Agree on a date for a demo.",
            "talkingPoints": ["What a seat costs", "What is included", "When a demo suits"],
            "tone": "friendly",
            "language": "en-US",
        },
        "lead": { "phone": lead["lead"]["phone"] },
        "call": lead["call"],
        "consent": lead["consent"],
        "callerId": "+14155550100",
        "attempt": 1,
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
