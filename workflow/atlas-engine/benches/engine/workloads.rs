//! The machines that are measured.

use std::sync::Arc;

use atlas_asl::{model::ExecutionType, parse};
use atlas_engine::{Engine, mocks::MockConfig};
use serde_json::{Map, Value, json};

/// Machines, and how the first of them is started.
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) state_machine: &'static str,
    pub(crate) mocks: Option<Arc<MockConfig>>,
    /// How many executions are kept at once.
    pub(crate) batch: usize,
    pub(crate) input: Box<dyn Fn(usize) -> String>,
    machines: Vec<(&'static str, ExecutionType, Value)>,
}

impl Workload {
    fn new(name: &'static str, kind: ExecutionType, batch: usize, machine: Value) -> Self {
        Self {
            name,
            state_machine: "Bench",
            mocks: None,
            batch,
            input: Box::new(|number| format!(r#"{{"number":{number},"count":0}}"#)),
            machines: vec![("Bench", kind, machine)],
        }
    }

    fn with_input(mut self, input: impl Fn(usize) -> String + 'static) -> Self {
        self.input = Box::new(input);
        self
    }

    pub(crate) fn create(&self, engine: &Engine) {
        for (name, kind, definition) in &self.machines {
            let parsed = parse::parse(&definition.to_string());
            assert_eq!(parsed.diagnostics, [], "{name}");
            let machine = parsed.machine.expect("the definition is right");
            engine.create_state_machine(name, *kind, &machine).expect("the machine is right");
        }
    }
}

/// Every workload, each at n and at 10 n.
pub(crate) fn all() -> Vec<Workload> {
    use ExecutionType::{Express, Standard};
    vec![
        Workload::new("chain of 10 Pass states", Standard, 1000, chain(10)),
        Workload::new("chain of 100 Pass states", Standard, 100, chain(100)),
        Workload::new("Choice loop of 200 turns", Standard, 100, choice_loop(200)),
        Workload::new("Choice loop of 2,000 turns", Standard, 10, choice_loop(2000)),
        Workload::new("inline Map of 1,000 items", Express, 10, map()).with_input(|_| items(1000)),
        Workload::new("inline Map of 10,000 items", Express, 1, map())
            .with_input(|_| items(10_000)),
        Workload::new("JSONata over 10 items", Standard, 100, jsonata()).with_input(|_| orders(10)),
        Workload::new("JSONata over 100 items", Standard, 100, jsonata())
            .with_input(|_| orders(100)),
        pair(),
    ]
}

/// A STANDARD machine that waits for a week with a lead in its hands.
pub(crate) fn waiting() -> Workload {
    let machine = only(json!({
        "Type": "Parallel", "End": true, "Branches": [
            only(json!({"Type": "Wait", "Seconds": 604_800, "End": true})),
        ],
    }));
    Workload::new("waiting", ExecutionType::Standard, 1, machine).with_input(lead)
}

fn only(state: Value) -> Value {
    json!({"StartAt": "Only", "States": {"Only": state}})
}

fn chain(length: usize) -> Value {
    let mut states = Map::new();
    for index in 0..length {
        let state = if index + 1 == length {
            json!({"Type": "Pass", "End": true})
        } else {
            json!({"Type": "Pass", "Next": format!("S{}", index + 1)})
        };
        states.insert(format!("S{index}"), state);
    }
    json!({"StartAt": "S0", "States": states})
}

fn choice_loop(turns: usize) -> Value {
    json!({"StartAt": "Count", "States": {
        "Count": {"Type": "Pass", "Next": "More",
            "Parameters": {"count.$": "States.MathAdd($.count, 1)"}},
        "More": {"Type": "Choice", "Default": "Done", "Choices": [
            {"Variable": "$.count", "NumericLessThan": turns, "Next": "Count"}]},
        "Done": {"Type": "Succeed"},
    }})
}

fn map() -> Value {
    only(json!({"Type": "Map", "ItemsPath": "$.items", "End": true,
        "ItemProcessor": {"StartAt": "Each", "States": {"Each": {"Type": "Pass", "End": true}}}}))
}

fn items(count: usize) -> String {
    json!({"items": (0..count).collect::<Vec<_>>()}).to_string()
}

fn jsonata() -> Value {
    let mut machine = only(json!({"Type": "Pass", "End": true, "Output": {
        "total": "{% $sum($states.input.orders.(price * quantity)) %}",
        "names": "{% $states.input.orders[price > 5].$uppercase(name) %}",
        "first": "{% $states.input.orders[0].name %}",
    }}));
    machine["QueryLanguage"] = json!("JSONata");
    machine
}

fn orders(count: usize) -> String {
    let order = |index: usize| json!({"name": format!("n{index}"), "price": index, "quantity": 2});
    json!({"orders": (0..count).map(order).collect::<Vec<_>>()}).to_string()
}

/// A lead as it comes from the chat, with a key of its own.
fn lead(number: usize) -> String {
    let mut lead: Value =
        serde_json::from_str(definitions::SAMPLE_LEAD).expect("the sample lead is JSON");
    lead["interactionKey"] = format!("bench-{number}").into();
    lead.to_string()
}

/// The two machines as they are deployed, all tasks mocked: the EXPRESS one prepares a call and
/// starts the STANDARD one that makes it.
fn pair() -> Workload {
    let machines = definitions::local_machines().into_iter().map(|local| {
        let text = serde_json::from_str(&local.text).expect("a rendered definition is JSON");
        (local.name, local.execution_type, text)
    });
    let mocks = MockConfig::parse(definitions::MOCKS.as_bytes()).expect("the mocks are right");
    Workload {
        name: "lead-to-call pair, instant mocks",
        state_machine: definitions::lead_to_call::NAME,
        mocks: Some(Arc::new(mocks)),
        batch: 500,
        input: Box::new(lead),
        machines: machines.collect(),
    }
}
