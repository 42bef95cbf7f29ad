//! The data of visits: what is recorded is shown, what is computed is what AWS computed.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::{
    Event, History, Told,
    data::{DataSteps, NoSuchVisit, data_steps},
    view::{Status, tests::harness::machine, tests::recorded::recorded, view},
};

const ARN: &str = "arn:aws:states:us-east-1:111111111111:execution:m:e";

/// Events with their details, in order, each after the one before it.
fn history(events: &[(&str, Value)]) -> History {
    History::of((1..).zip(events).map(|(id, (event_type, details))| Event {
        id,
        previous_id: if id == 2 { 0 } else { id - 1 },
        at_ms: i64::try_from(id).unwrap() * 1_000,
        event_type: (*event_type).to_owned(),
        details: details.as_object().unwrap().clone(),
    }))
}

/// The data of a visit of an execution that nothing else is known of.
fn data_of(
    told: &Told,
    history: &History,
    definition: Option<&Value>,
    visit: u64,
) -> Result<DataSteps, NoSuchVisit> {
    data_steps(&view(told, history, definition), told, history, definition, visit)
}

/// An execution begins with this input, and enters the state `S` with it.
fn begun(state_type: &'static str, input: &Value) -> Vec<(String, Value)> {
    let input = input.to_string();
    vec![
        ("ExecutionStarted".to_owned(), json!({ "input": input, "roleArn": "role" })),
        (format!("{state_type}StateEntered"), json!({ "name": "S", "input": input })),
    ]
}

/// The data of the visit of the event 2.
fn check(state: Value, begun: Vec<(String, Value)>, events: &[(&str, Value)], expected: Expect) {
    let mut all: Vec<(&str, Value)> =
        begun.iter().map(|(event_type, details)| (event_type.as_str(), details.clone())).collect();
    all.extend(events.iter().cloned());
    let definition = machine(json!({ "S": state }));
    let definition = Some(&definition).filter(|_| state != Value::Null);
    let steps = data_of(&Told::of_arn(ARN), &history(&all), definition, 2).unwrap();
    let mut text = String::new();
    for step in steps.steps {
        text += &format!("{} {}", step.name, step.value.map_or("?".into(), |it| it.to_string()));
        text += if step.is_recorded { " recorded" } else { "" };
        text += &step.note.map(|note| format!(" ({note})")).unwrap_or_default();
        text += "\n";
    }
    text += &steps.note.map(|note| format!("note: {note}\n")).unwrap_or_default();
    expected.assert_eq(&text);
}

fn task() -> Value {
    json!({ "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
        "InputPath": "$.in", "Parameters": { "n.$": "$.n", "e.$": "$$.Execution.Name" },
        "ResultSelector": { "r.$": "$.Payload" }, "ResultPath": "$.result", "OutputPath": "$.result",
        "Catch": [{ "ErrorEquals": ["E"], "ResultPath": "$.error", "Next": "S" }] })
}

#[test]
fn each_step_of_a_task_is_told() {
    check(
        task(),
        begun("Task", &json!({ "in": { "n": 1 }, "other": 2 })),
        &[
            ("TaskScheduled", json!({ "resource": "invoke", "parameters": r#"{"n":1,"e":"e"}"# })),
            ("TaskSucceeded", json!({ "output": r#"{"Payload":7,"StatusCode":200}"# })),
            ("TaskStateExited", json!({ "name": "S", "output": r#"{"r":7}"# })),
        ],
        expect![[r#"
            StateInput {"in":{"n":1},"other":2} recorded
            InputPath {"n":1}
            Parameters {"n":1,"e":"e"} recorded
            TaskResult {"Payload":7,"StatusCode":200} recorded
            ResultSelector {"r":7}
            ResultPath {"in":{"n":1},"other":2,"result":{"r":7}}
            OutputPath {"r":7} recorded
            StateOutput {"r":7} recorded
        "#]],
    );
    check(
        task(),
        begun("Task", &json!({ "in": { "n": 1 } })),
        &[
            ("TaskScheduled", json!({ "resource": "invoke" })),
            ("TaskFailed", json!({ "error": "E", "cause": "c" })),
            ("TaskStateExited", json!({ "name": "S" })),
        ],
        expect![[r#"
            StateInput {"in":{"n":1}} recorded
            InputPath {"n":1}
            Parameters {"e":"e","n":1}
            ErrorOutput {"Error":"E","Cause":"c"} recorded
            ResultPath {"in":{"n":1},"error":{"Error":"E","Cause":"c"}}
            StateOutput {"in":{"n":1},"error":{"Error":"E","Cause":"c"}}
        "#]],
    );
    check(
        task(),
        begun("Task", &json!({ "in": { "n": 1 } })),
        &[("TaskScheduled", json!({ "resource": "invoke" }))],
        expect![[r#"
            StateInput {"in":{"n":1}} recorded
            InputPath {"n":1}
            Parameters {"e":"e","n":1}
            TaskResult ? (there is no result yet)
            ResultSelector ? (there is no result yet)
            ResultPath ? (there is no result yet)
            OutputPath ? (there is no result yet)
            StateOutput ? (the state has not been left)
        "#]],
    );
}

#[test]
fn a_failure_that_no_event_tells_of_is_computed() {
    let state = json!({ "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "N",
        "ResultPath": "$.a.b", "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "C" }] });
    let definition = machine(json!({ "S": state, "N": { "Type": "Succeed" },
        "C": { "Type": "Succeed" } }));
    let mut events = begun("Task", &json!({ "a": 1 }));
    for (event_type, details) in [
        ("TaskScheduled", json!({ "resource": "invoke" })),
        ("TaskSucceeded", json!({ "output": "{}" })),
        ("TaskStateExited", json!({ "name": "S" })),
        ("SucceedStateEntered", json!({ "name": "C" })),
    ] {
        events.push((event_type.to_owned(), details));
    }
    let events: Vec<(&str, Value)> =
        events.iter().map(|(kind, details)| (kind.as_str(), details.clone())).collect();
    let (told, history) = (Told::of_arn(ARN), history(&events));
    assert_eq!(view(&told, &history, Some(&definition)).visits[0].status, Status::Caught);
    let steps = data_of(&told, &history, Some(&definition), 2).unwrap().steps;
    let error = steps.iter().find(|step| step.name == "ErrorOutput").unwrap();
    let error = error.value.as_ref().unwrap();
    assert_eq!(error["Error"], "States.ResultPathMatchFailure", "{error}");
}

#[test]
fn what_no_history_tells_is_said_and_not_guessed() {
    check(
        json!({ "Type": "Pass", "End": true, "Parameters": { "id.$": "States.UUID()" },
            "ResultPath": "$.made" }),
        begun("Pass", &json!({})),
        &[("PassStateExited", json!({ "name": "S", "output": r#"{"made":{"id":"0b7f"}}"# }))],
        expect![[r#"
            StateInput {} recorded
            Parameters ? (it makes a UUID, which no history tells)
            ResultPath ? (it makes a UUID, which no history tells)
            StateOutput {"made":{"id":"0b7f"}} recorded
        "#]],
    );
    check(
        json!({ "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": { "t.$": "$$.Task.Token" }, "End": true }),
        begun("Task", &json!({})),
        &[("TaskScheduled", json!({ "resource": "sendMessage.waitForTaskToken" }))],
        expect![[r#"
            StateInput {} recorded
            Parameters ? (it holds the task token, which is not known)
            TaskResult ? (there is no result yet)
            StateOutput ? (the state has not been left)
        "#]],
    );
    check(
        Value::Null,
        begun("Pass", &json!({ "a": 1 })),
        &[("PassStateExited", json!({ "name": "S", "output": "2" }))],
        expect![[r#"
            StateInput {"a":1} recorded
            StateOutput 2 recorded
            note: the definition is not known, so only what the history tells is shown
        "#]],
    );
}

/// Hands its token to a function, under a `Catch` for all that fails.
fn callback(arguments: Value) -> Value {
    json!({ "Type": "Task", "QueryLanguage": "JSONata", "Next": "S", "Arguments": arguments,
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Assign": { "callback": "{% $states.result %}" },
        "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "S", "Output": "caught",
            "Assign": { "callback": "{% $states.errorOutput.Error %}" } }] })
}

fn called_back(parameters: Option<&str>) -> Vec<(&'static str, Value)> {
    let mut scheduled = json!({ "resource": "invoke.waitForTaskToken" });
    if let Some(parameters) = parameters {
        scheduled["parameters"] = parameters.into();
    }
    vec![
        ("TaskScheduled", scheduled),
        ("TaskSucceeded", json!({ "output": r#"{"answered":true}"# })),
        (
            "TaskStateExited",
            json!({ "name": "S", "output": r#"{"answered":true}"#,
                "assignedVariables": { "callback": r#"{"answered":true}"# } }),
        ),
    ]
}

#[test]
fn a_callback_is_computed_with_its_token_or_without_it() {
    let arguments = json!({ "Payload": { "t": "{% $states.context.Task.Token %}" } });
    check(
        callback(arguments.clone()),
        begun("Task", &json!({})),
        &called_back(Some(r#"{"Payload":{"t":"T-1"}}"#)),
        expect![[r#"
            StateInput {} recorded
            Arguments {"Payload":{"t":"T-1"}} recorded
            TaskResult {"answered":true} recorded
            Assign {"callback":{"answered":true}} recorded
            StateOutput {"answered":true} recorded
        "#]],
    );
    check(
        callback(arguments),
        begun("Task", &json!({})),
        &called_back(None),
        expect![[r#"
            StateInput {} recorded
            Arguments ? (it holds the task token, which is not known)
            TaskResult {"answered":true} recorded
            Assign {"callback":{"answered":true}} recorded
            StateOutput {"answered":true} recorded
        "#]],
    );
    // The whole of the context object has it in it.
    for recorded in [None, Some(r#"{"c":"T-1 and more"}"#)] {
        let steps =
            check_notes(callback(json!({ "c": "{% $string($states.context.Task) %}" })), recorded);
        assert!(
            !steps.contains("another value") && !steps.contains("no history tells)"),
            "{steps}"
        );
    }
}

/// The data of a callback, as text.
fn check_notes(state: Value, recorded: Option<&str>) -> String {
    let begun = begun("Task", &json!({}));
    let mut events: Vec<(&str, Value)> =
        begun.iter().map(|(kind, details)| (kind.as_str(), details.clone())).collect();
    events.extend(called_back(recorded));
    let definition = machine(json!({ "S": state }));
    let steps = data_of(&Told::of_arn(ARN), &history(&events), Some(&definition), 2).unwrap();
    format!("{:?}", steps.steps)
}

#[test]
fn an_output_that_no_history_can_tell_again_is_not_said_to_differ() {
    check(
        json!({ "Type": "Pass", "End": true, "QueryLanguage": "JSONata", "Output": "{% $random() %}" }),
        begun("Pass", &json!({})),
        &[("PassStateExited", json!({ "name": "S", "output": "0.25" }))],
        expect![[r#"
            StateInput {} recorded
            Output 0.25 recorded
            StateOutput 0.25 recorded
        "#]],
    );
}

#[test]
fn the_history_is_right_where_the_definition_has_changed_since() {
    check(
        json!({ "Type": "Pass", "End": true, "QueryLanguage": "JSONata", "Output": "{% 1 + 1 %}",
            "Assign": { "x": "{% $states.input.a %}" } }),
        begun("Pass", &json!({ "a": 1 })),
        &[("PassStateExited", json!({ "name": "S", "output": "3" }))],
        expect![[r#"
            StateInput {"a":1} recorded
            Assign {"x":1}
            Output 3 recorded (the definition gives another value now; this is the one of the history)
            StateOutput 3 recorded (the definition gives another value now; this is the one of the history)
        "#]],
    );
}

#[test]
fn variables_are_those_of_the_branch_and_of_what_is_around_it() {
    let exited = |name: &str, assigned: Value| json!({ "name": name, "output": "{}", "assignedVariables": assigned });
    let entered = |name: &str| json!({ "name": name, "input": "{}" });
    let inside = json!({ "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Pass", "End": true,
        "Parameters": { "x.$": "$x", "y.$": "$y" } } });
    let definition = machine(json!({
        "V": { "Type": "Pass", "Next": "P" },
        "P": { "Type": "Parallel", "End": true, "Branches": [{ "StartAt": "A", "States": inside }] } }));
    let history = history(&[
        ("ExecutionStarted", json!({ "input": "{}" })),
        ("PassStateEntered", entered("V")),
        ("PassStateExited", exited("V", json!({ "x": "1", "y": "1" }))),
        ("ParallelStateEntered", entered("P")),
        ("ParallelStateStarted", json!({})),
        ("PassStateEntered", entered("A")),
        ("PassStateExited", exited("A", json!({ "y": "{\"of\":\"A\"}" }))),
        ("PassStateEntered", entered("B")),
    ]);
    let of = |visit| data_of(&Told::of_arn(ARN), &history, Some(&definition), visit).unwrap();
    assert_eq!(Value::Object(of(2).variables), json!({}));
    assert_eq!(Value::Object(of(6).variables), json!({ "x": 1, "y": 1 }));
    let last = of(8);
    assert_eq!(Value::Object(last.variables), json!({ "x": 1, "y": { "of": "A" } }));
    assert_eq!(last.steps[1].value, Some(json!({ "x": 1, "y": { "of": "A" } })));
    assert!(data_of(&Told::of_arn(ARN), &history, Some(&definition), 3).is_err());
}

#[test]
fn a_map_and_its_iterations_know_their_items() {
    let inside = json!({ "I": { "Type": "Pass", "End": true,
        "Parameters": { "v.$": "$$.Map.Item.Value", "i.$": "$$.Map.Item.Index" } } });
    let definition = machine(json!({ "M": { "Type": "Map", "End": true, "ItemsPath": "$.list",
        "ItemProcessor": { "StartAt": "I", "States": inside } } }));
    let history = history(&[
        ("ExecutionStarted", json!({ "input": "{}" })),
        ("MapStateEntered", json!({ "name": "M", "input": r#"{"list":["a"]}"# })),
        ("MapStateStarted", json!({ "length": 1 })),
        ("MapIterationStarted", json!({ "name": "M", "index": 0 })),
        ("PassStateEntered", json!({ "name": "I", "input": "\"a\"" })),
        ("PassStateExited", json!({ "name": "I", "output": r#"{"v":"a","i":0}"# })),
        ("MapIterationSucceeded", json!({ "name": "M", "index": 0 })),
        ("MapStateExited", json!({ "name": "M", "output": r#"[{"v":"a","i":0}]"# })),
    ]);
    let of = |visit| {
        let steps = data_of(&Told::of_arn(ARN), &history, Some(&definition), visit).unwrap();
        let steps = steps.steps.into_iter();
        steps.map(|step| (step.name, step.value.unwrap_or_default())).collect::<Vec<_>>()
    };
    assert_eq!(
        of(2),
        [
            ("StateInput", json!({ "list": ["a"] })),
            ("ItemsPath", json!(["a"])),
            ("Result", json!([{ "v": "a", "i": 0 }])),
            ("StateOutput", json!([{ "v": "a", "i": 0 }])),
        ]
    );
    assert_eq!(of(5)[1], ("Parameters", json!({ "v": "a", "i": 0 })));
}

#[test]
fn an_open_wait_ends_when_its_input_or_a_variable_says() {
    for (wait, expected) in [
        (json!({ "SecondsPath": "$.s" }), Some(32_000)),
        (json!({ "TimestampPath": "$.t" }), Some(90_000)),
        (json!({ "SecondsPath": "$.absent" }), None),
        (
            json!({ "QueryLanguage": "JSONata", "Seconds": "{% $states.input.s * 2 %}" }),
            Some(62_000),
        ),
        (json!({ "QueryLanguage": "JSONata", "Timestamp": "{% $states.input.t %}" }), Some(90_000)),
    ] {
        let mut state = wait.clone();
        state["Type"] = "Wait".into();
        state["End"] = true.into();
        let begun = begun("Wait", &json!({ "s": 30, "t": "1970-01-01T00:01:30Z" }));
        let events: Vec<(&str, Value)> =
            begun.iter().map(|(kind, details)| (kind.as_str(), details.clone())).collect();
        let definition = machine(json!({ "S": state }));
        let seen = view(&Told::of_arn(ARN), &history(&events), Some(&definition));
        assert_eq!(seen.visits[0].waits.as_ref().unwrap().deadline, expected, "{wait}");
    }
}

#[test]
fn what_is_computed_is_what_aws_recorded() {
    let (mut differ, mut computed, mut outputs) = (String::new(), 0, 0);
    for case in recorded() {
        let history = History::of(case.events.clone());
        let told = Told::of_arn(ARN);
        let definition = case.definition.as_ref();
        for visit in view(&told, &history, definition).visits {
            let steps = data_of(&told, &history, definition, visit.id).unwrap();
            for step in &steps.steps {
                let Some(value) = &step.value else { continue };
                computed += usize::from(!step.is_recorded);
                outputs += usize::from(step.name == "StateOutput");
                // Recordings have placeholders for what differs from run to run, and causes written anew.
                let text = value.to_string();
                let varies = text.contains(":<") || text.contains("\"<") || text.contains("<uuid");
                if !varies && step.note.is_some() {
                    differ += &format!("{} {} {step:?}\n", case.id, visit.name);
                }
            }
        }
    }
    println!("{computed} values were computed, {outputs} outputs compared");
    assert!(differ.is_empty(), "{differ}");
}
