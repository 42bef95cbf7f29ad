//! For any chain of states: what is rewritten comes out the same, and what is called safe is.

use atlas_import::findings::Rewriting;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use crate::examining::{examined, told};

const NAMES: [&str; 6] = ["A", "B", "C", "D", "E", "F"];

/// A state of a chain in JSONPath: what it reads, where its result goes, how it fails.
fn of_paths() -> impl Strategy<Value = Value> {
    let reads = select(vec![
        "$.a",
        "$.r0",
        "$.r1.Payload.id",
        "$.r2.x",
        "$.deep.r3",
        "$",
        "$.a.b",
        "$$.Execution.Input.a",
        "States.Format('{}', $.r0)",
        "States.JsonToString($.r1)",
    ]);
    let gives = select(vec![
        json!("$.r0"),
        json!("$.r1"),
        json!("$.r2"),
        json!("$.deep.r3"),
        json!("$.deep.r4"),
        json!("$.a"),
        Value::Null,
        json!("$"),
    ]);
    let calls = select(vec!["lambda:invoke", "dynamodb:getItem", "sqs:sendMessage"]);
    let select = prop_oneof![
        3 => Just(None), 1 => Just(Some(json!({"Payload.$": "$.Payload"}))), 1 => Just(Some(json!({"x": 1})))
    ];
    let catch = prop_oneof![
        5 => Just(None), 1 => Just(Some(json!("$.error"))), 1 => Just(Some(json!("$")))
    ];
    (calls, reads, gives, select, catch, any::<bool>()).prop_map(
        |(call, read, give, selector, catch, is_plain)| {
            if is_plain && call == "sqs:sendMessage" {
                return json!({"Type": "Pass", "Parameters": {"a.$": "$.a", "kept.$": read}, "ResultPath": "$.r2"});
            }
            let mut state = json!({"Type": "Task", "Resource": format!("arn:aws:states:::{call}"),
                "TimeoutSeconds": 9, "Parameters": {"x.$": read}, "ResultPath": give});
            if let Some(selector) = selector {
                state["ResultSelector"] = selector;
            }
            if let Some(path) = catch {
                state["Catch"] = json!([{"ErrorEquals": ["States.ALL"], "ResultPath": path, "Next": "Caught"}]);
            }
            state
        },
    )
}

/// A state of a chain in JSONata.
fn of_variables() -> impl Strategy<Value = Value> {
    let reads = select(vec![
        "$states.input.a",
        "$states.input",
        "$v0",
        "$v1 & $v0",
        "$states.context.Execution.Input.a",
        "$states.input.b & '$v0'",
        "($v0 := 1; $v0)",
    ]);
    let assigns = select(vec![None, Some("v0"), Some("v1"), Some("v2")]);
    let gives = select(vec![
        json!("{% $states.input %}"),
        json!("{% $states.result.Payload %}"),
        json!({"a": "{% $states.input.a %}"}),
    ]);
    let shape = select(vec![
        "$states.result.Payload.id",
        "[$states.result.Payload.id]",
        "[]",
        "{'x': [1]}",
        "null",
    ]);
    (reads, assigns, gives, shape, any::<bool>()).prop_map(|(read, assign, give, shape, caught)| {
        let mut state = json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
            "TimeoutSeconds": 9, "Arguments": {"x": format!("{{% {read} %}}")}, "Output": give});
        if let Some(name) = assign {
            state["Assign"] = json!({ name: format!("{{% {shape} %}}") });
        }
        if caught {
            state["Catch"] = json!([{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]);
        }
        state
    })
}

fn machine(language: &str, states: Vec<Value>) -> Value {
    let mut all = serde_json::Map::new();
    // The variables that any state may read are there before.
    let mut start = json!({"Type": "Pass", "Next": "A"});
    if language == "JSONata" {
        start["Assign"] = json!({"v0": "0", "v1": "1", "v2": "2"});
    }
    all.insert("Start".to_owned(), start);
    let count = states.len();
    let has_catch = states.iter().any(|it| it.get("Catch").is_some());
    for (at, mut state) in states.into_iter().enumerate() {
        state["Next"] = json!(if at + 1 == count { "Last" } else { NAMES[at + 1] });
        all.insert(NAMES[at].to_owned(), state);
    }
    let mut last = json!({"Type": "Succeed"});
    if language == "JSONata" {
        last["Output"] =
            json!({"input": "{% $states.input %}", "all": ["{% $v0 %}", "{% $v1 %}", "{% $v2 %}"]});
    }
    all.insert("Last".to_owned(), last);
    if has_catch {
        all.insert("Caught".to_owned(), json!({"Type": "Succeed"}));
    }
    json!({"QueryLanguage": language, "StartAt": "Start", "States": all})
}

fn check(definition: &Value) -> Result<(), TestCaseError> {
    let found = examined(definition);
    let Some(trial) = found.trial else { return Ok(()) };
    let trial = trial.map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(&trial.differences, &[], "{:#}", definition);
    let has_catch = definition.to_string().contains("Catch");
    for finding in &found.findings {
        // What catches a failure may see that less had been done.
        let may_be_withdrawn = has_catch;
        if let Rewriting::Withdrawn(_) = finding.rewriting {
            prop_assert!(may_be_withdrawn, "{}{definition:#}", told(finding));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn chains_in_json_path_come_out_the_same(states in prop::collection::vec(of_paths(), 2..=6)) {
        check(&machine("JSONPath", states))?;
    }

    #[test]
    fn chains_in_jsonata_come_out_the_same(states in prop::collection::vec(of_variables(), 2..=6)) {
        check(&machine("JSONata", states))?;
    }
}
