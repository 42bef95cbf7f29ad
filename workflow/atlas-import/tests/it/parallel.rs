//! States of a sequence that go side by side, and those that do not.

use atlas_import::findings::Code;
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::examining::{examined, told};

/// What is said of sequential states, what came of trying, and the flow of the rewritten machine.
#[expect(clippy::needless_pass_by_value, reason = "as everywhere with expectations")]
fn check(definition: Value, expected: Expect) {
    let found = examined(&definition);
    let mut all: String = found
        .diagnostics
        .iter()
        .filter(|it| it.severity == atlas_asl::diagnostic::Severity::Error)
        .map(|it| format!("{it}\n"))
        .collect();
    all.extend(found.findings.iter().filter(|it| it.code == Code::SequentialStates).map(told));
    let trial = found.trial.unwrap().unwrap();
    assert_eq!(trial.differences, [], "{definition:#}");
    let timed = trial.timed.unwrap();
    all += &format!(
        "{} cases, {} succeed, {} ms, then {} ms\n",
        trial.cases, trial.succeeded, timed.original_millis, timed.rewritten_millis
    );
    if let Some((_, rewritten)) = &found.rewritten {
        all += &flow(rewritten);
    }
    expected.assert_eq(&all);
}

/// States in a line each, without what was there before.
fn flow(flow: &Value) -> String {
    let mut told = String::new();
    for (name, state) in flow["States"].as_object().unwrap() {
        let mut shown = state.clone();
        for known in
            ["Type", "Resource", "Parameters", "Arguments", "TimeoutSeconds", "Retry", "Branches"]
        {
            shown.as_object_mut().unwrap().shift_remove(known);
        }
        told += &format!("{name} {shown}\n");
        for branch in state["Branches"].as_array().into_iter().flatten() {
            for line in self::flow(branch).lines() {
                told += &format!("  {line}\n");
            }
            told += "  -\n";
        }
    }
    told
}

fn get(key: &str, result: &str) -> Value {
    json!({"Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem", "TimeoutSeconds": 5,
        "Parameters": {"TableName": "T", "Key": {"id": {"S.$": key}}}, "ResultPath": result})
}

fn call(key: &str, result: Value) -> Value {
    json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": 5,
        "Parameters": {"FunctionName": "f", "Payload": {"x.$": key}}, "ResultPath": result,
        "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]})
}

/// States that follow each other, and others.
fn chain(states: Vec<(&str, Value)>, others: Value) -> Value {
    let mut all = serde_json::Map::new();
    for (at, (name, state)) in states.iter().enumerate() {
        let mut state = state.clone();
        match states.get(at + 1) {
            Some((next, _)) => state["Next"] = json!(next),
            None => state["End"] = json!(true),
        }
        all.insert((*name).to_owned(), state);
    }
    all.extend(others.as_object().unwrap().clone());
    json!({"StartAt": states[0].0, "States": all})
}

#[test]
fn reads_that_need_nothing_of_each_other_are_safe() {
    check(
        chain(
            vec![
                ("A", get("$.a", "$.first")),
                ("B", get("$.b", "$.second")),
                ("C", get("$.first.Item.x.S", "$.third")),
            ],
            json!({}),
        ),
        expect![[r#"
            SEQUENTIAL_STATES `A` and `B` need nothing of each other, and run one behind the other (safe)
            4 cases, 1 succeed, 30 ms, then 20 ms
            A beside B {"ResultSelector":{"joined.$":"States.JsonMerge($[0], $[1], false)"},"OutputPath":"$.joined","Next":"C"}
              A {"ResultPath":"$.first","End":true}
              -
              B {"ResultSelector":{"second.$":"$"},"End":true}
              -
            C {"ResultPath":"$.third","End":true}
        "#]],
    );
}

#[test]
fn calls_that_act_are_to_confirm_and_longer_branches_bring_what_they_gave() {
    check(
        chain(
            vec![
                ("A", call("$.a", json!("$.first"))),
                ("B", call("$.first.Payload.id", Value::Null)),
                ("C", call("$.c", json!("$.deep.third"))),
                ("D", call("$.deep.third.Payload.id", json!("$.fourth"))),
            ],
            json!({}),
        ),
        expect![[r#"
            SEQUENTIAL_STATES `A` then `B` and `C` then `D` need nothing of each other, and run one behind the other (to confirm)
              `B` may be left out where `C` or `D` fails first
              `C` is called even where `A` or `B` fails, or before that has ended
              `D` is called even where `A` or `B` fails, or before that has ended
            9 cases, 5 succeed, 800 ms, then 400 ms
            A beside C {"ResultSelector":{"joined.$":"States.JsonMerge($[0], $[1], false)"},"OutputPath":"$.joined","End":true}
              A {"ResultPath":"$.first","Next":"B"}
              B {"ResultPath":null,"End":true}
              -
              C {"ResultPath":"$.deep.third","Next":"D"}
              D {"ResultPath":"$.fourth","Next":"Bring what D gave"}
              Bring what D gave {"End":true}
              -
        "#]],
    );
}

#[test]
fn a_result_in_the_place_of_all_goes_on_alone() {
    check(
        chain(vec![("A", call("$.a", Value::Null)), ("B", call("$.b", json!("$")))], json!({})),
        expect![[r#"
            SEQUENTIAL_STATES `A` and `B` need nothing of each other, and run one behind the other (to confirm)
              `B` is called even where `A` fails, or before that has ended
            5 cases, 3 succeed, 400 ms, then 200 ms
            A beside B {"ResultSelector":{"joined.$":"$[1]"},"OutputPath":"$.joined","End":true}
              A {"ResultSelector":{},"End":true}
              -
              B {"ResultPath":"$","End":true}
              -
        "#]],
    );
}

#[test]
fn what_a_document_had_before_is_overwritten_as_before() {
    // Both put their result where they read what the input had.
    check(
        chain(vec![("A", call("$.a", json!("$.a"))), ("B", call("$.b", json!("$.b")))], json!({})),
        expect![[r#"
            SEQUENTIAL_STATES `A` and `B` need nothing of each other, and run one behind the other (to confirm)
              `B` is called even where `A` fails, or before that has ended
            5 cases, 3 succeed, 400 ms, then 200 ms
            A beside B {"ResultSelector":{"joined.$":"States.JsonMerge($[0], $[1], false)"},"OutputPath":"$.joined","End":true}
              A {"ResultPath":"$.a","End":true}
              -
              B {"ResultSelector":{"b.$":"$"},"End":true}
              -
        "#]],
    );
}

#[test]
fn a_common_catch_becomes_that_of_the_parallel() {
    let caught = |key: &str, result: &str, catch: Value| {
        let mut state = call(key, json!(result));
        state["Catch"] = json!([catch]);
        state
    };
    let park = json!({"Park": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
        "TimeoutSeconds": 5, "Parameters": {"QueueUrl": "q", "MessageBody.$": "$.error"},
        "Next": "Failed"},
        "Failed": {"Type": "Fail", "Error": "Parked"}});
    let catch = json!({"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Park"});
    check(
        chain(
            vec![
                ("A", caught("$.a", "$.x", catch.clone())),
                ("B", caught("$.b", "$.y", catch.clone())),
            ],
            park.clone(),
        ),
        expect![[r#"
            SEQUENTIAL_STATES `A` and `B` need nothing of each other, and run one behind the other (to confirm)
              `B` is called even where `A` fails, or before that has ended
              what catches a failure gets the document as it was before all of them, without the results of those that had succeeded
            6 cases, 4 succeed, 400 ms, then 200 ms
            A beside B {"ResultSelector":{"joined.$":"States.JsonMerge($[0], $[1], false)"},"OutputPath":"$.joined","Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.error","Next":"Park"}],"End":true}
              A {"ResultPath":"$.x","End":true}
              -
              B {"ResultSelector":{"y.$":"$"},"End":true}
              -
            Park {"Next":"Failed"}
            Failed {"Error":"Parked"}
        "#]],
    );
    // What catches a failure sends all of the document, in which the first result would be missing.
    let mut all = park.clone();
    all["Park"]["Parameters"]["MessageBody.$"] = json!("$");
    check(
        chain(
            vec![
                ("A", caught("$.a", "$.x", catch.clone())),
                ("B", caught("$.b", "$.y", catch.clone())),
            ],
            all,
        ),
        expect![[r#"
            SEQUENTIAL_STATES as far as the definition tells, `A` and `B` need nothing of each other, and run one behind the other (withdrawn)
              where `B` fails with `Trial.Error`: `Park` is called with {"MessageBody":{"a":"a of the input","b":"b of the input","error":{"Cause":"`B` was let fail","Error":"Trial.Error"},"x":{"ExecutedVersion…, and rewritten `Park` is called with {"MessageBody":{"a":"a of the input","b":"b of the input","error":{"Cause":"`B` was let fail","Error":"Trial.Error"}},"QueueUrl":"q"}
            6 cases, 4 succeed, 400 ms, then 400 ms
        "#]],
    );
    check(
        chain(vec![("A", call("$.a", json!("$.x"))), ("B", caught("$.b", "$.y", catch))], park),
        expect![[r#"
            6 cases, 4 succeed, 400 ms, then 400 ms
        "#]],
    );
}

#[test]
fn a_state_that_is_made_up_for_takes_that_along() {
    let mut model = call("$.topic", json!("$.text"));
    model["Catch"] =
        json!([{"ErrorEquals": ["States.ALL"], "ResultPath": "$.why", "Next": "Template"}]);
    model["Next"] = json!("Send");
    let definition = json!({"StartAt": "A", "States": {
        "A": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem", "TimeoutSeconds": 5,
            "Parameters": {"TableName": "T", "Item": {"id": {"S.$": "$.id"}}}, "ResultPath": "$.kept",
            "Next": "Model"},
        "Model": model,
        "Template": {"Type": "Pass", "Result": {"Payload": {"words": "Hello"}}, "ResultPath": "$.text",
            "Next": "Send"},
        "Send": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "TimeoutSeconds": 5,
            "Parameters": {"TopicArn": "t", "Message.$": "$.text.Payload.words"}, "ResultPath": null, "End": true},
    }});
    check(
        definition,
        expect![[r#"
            SEQUENTIAL_STATES `A` and `Model` need nothing of each other, and run one behind the other (to confirm)
              `Model` is called even where `A` fails, or before that has ended
            5 cases, 3 succeed, 240 ms, then 230 ms
            A beside Model {"ResultSelector":{"joined.$":"States.JsonMerge($[1], $[0], false)"},"OutputPath":"$.joined","Next":"Send"}
              A {"ResultSelector":{"kept.$":"$"},"End":true}
              -
              Model {"ResultPath":"$.text","Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.why","Next":"Template"}],"End":true}
              Template {"Result":{"Payload":{"words":"Hello"}},"ResultPath":"$.text","End":true}
              -
            Send {"ResultPath":null,"End":true}
        "#]],
    );
}

#[test]
fn variables_come_out_of_branches_and_are_assigned_again() {
    let call = |payload: &str, assign: Value| {
        json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": 5,
            "Arguments": {"FunctionName": "f", "Payload": payload}, "Assign": assign,
            "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}],
            "Output": "{% $states.input %}"})
    };
    let mut definition = chain(
        vec![
            ("A", call("{% $states.input.a %}", json!({"a": "{% $states.result.Payload.id %}"}))),
            ("B", call("{% $a & '$a' %}", json!({"b": "{% [$a, $states.result.Payload.id] %}"}))),
            ("C", call("{% $states.input.c %}", json!({"c": ["{% $states.result.Payload.id %}"]}))),
            ("D", call("{% $a & $b & $c %}", json!({}))),
        ],
        json!({}),
    );
    definition["QueryLanguage"] = json!("JSONata");
    definition["States"]["D"]["Output"] =
        json!({"all": ["{% $a %}", "{% $b %}", "{% $c %}", "{% $states.input %}"]});
    check(
        definition,
        expect![[r#"
            SEQUENTIAL_STATES `A` then `B` and `C` need nothing of each other, and run one behind the other (to confirm)
              `B` may be left out where `C` fails first
              `C` is called even where `A` or `B` fails, or before that has ended
            9 cases, 5 succeed, 800 ms, then 600 ms
            A beside C {"Assign":{"a":"{% $states.result[0].variables.a %}","b":"{% $states.result[0].variables.b %}","c":"{% $states.result[1].variables.c %}"},"Output":"{% $states.input %}","Next":"D"}
              A {"Assign":{"aInBranch":"{% $states.result.Payload.id %}"},"Output":"{% $states.input %}","Next":"B"}
              B {"Output":{"variables":{"a":"{% $aInBranch %}","b":"{% [$aInBranch, $states.result.Payload.id] %}"}},"End":true}
              -
              C {"Output":{"variables":{"c":["{% $states.result.Payload.id %}"]}},"End":true}
              -
            D {"Assign":{},"Output":{"all":["{% $a %}","{% $b %}","{% $c %}","{% $states.input %}"]},"End":true}
        "#]],
    );
}

#[test]
fn what_cannot_be_put_side_by_side_stays() {
    for states in [
        // Each takes the whole of what the one before gave.
        vec![("A", call("$.a", json!("$"))), ("B", call("$.b", json!("$")))],
        // Something other than a name.
        vec![("A", call("$.a", json!("$.x"))), ("B", call("$..x", json!("$.y")))],
        // Both set the same field.
        vec![("A", call("$.a", json!("$.x.a"))), ("B", call("$.b", json!("$.x.b")))],
    ] {
        let found = examined(&chain(states, json!({})));
        let parallel = found.findings.iter().filter(|it| it.code == Code::SequentialStates).count();
        assert_eq!(parallel, 0, "{:?}", found.findings);
    }
}

#[test]
fn what_reads_a_variable_of_the_state_before_it_stays_behind_it() {
    let get = |assign: Value, next: &str| {
        json!({"Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem",
            "Arguments": {"TableName": "t", "Key": {"id": {"S": "{% $states.input.id %}"}}},
            "Assign": assign, "Output": "{% $states.input %}", "Next": next})
    };
    let price = get(json!({"price": "{% $states.result.Item.price.N %}"}), "GetStock");
    let assigning = get(json!({"worth": "{% $price & $states.result.Item.stock.N %}"}), "Out");
    let mut giving = get(json!({"worth": "{% $states.result.Item.stock.N %}"}), "Out");
    giving["Output"] = json!({"price": "{% $price %}"});
    for stock in [assigning, giving] {
        let definition = json!({"QueryLanguage": "JSONata", "StartAt": "Parse", "States": {
            "Parse": {"Type": "Pass", "Output": "{% $states.input %}",
                "Assign": {"id": "{% $states.input.id %}"}, "Next": "GetPrice"},
            "GetPrice": price, "GetStock": stock,
            "Out": {"Type": "Pass", "Output": "{% $worth & $id %}", "End": true},
        }});
        let found = examined(&definition);
        assert!(
            found.findings.iter().all(|it| it.code != Code::SequentialStates),
            "{definition:#}"
        );
        assert_eq!(found.rewritten, None, "{definition:#}");
    }
}

#[test]
fn nothing_goes_beside_what_waits_for_somebody() {
    let ship = json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": 5,
        "Parameters": {"FunctionName": "Ship", "Payload.$": "$.order"}, "ResultPath": "$.ship",
        "End": true});
    for resource in [
        "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "arn:aws:states:::states:startExecution.sync:2",
        "arn:aws:states:us-east-1:123456789012:activity:approve",
    ] {
        let approve = json!({"Type": "Task", "Resource": resource, "TimeoutSeconds": 3600,
            "Parameters": {"FunctionName": "f", "StateMachineArn": "m",
                "Payload": {"token.$": "$$.Task.Token"}},
            "ResultPath": null, "Next": "Ship"});
        let mut within = json!({"Type": "Parallel", "ResultPath": null, "Next": "Ship", "Branches": [
            {"StartAt": "Ask", "States": {"Ask": approve.clone()}}]});
        let ask = within["Branches"][0]["States"]["Ask"].as_object_mut().unwrap();
        ask.shift_remove("Next");
        ask.insert("End".to_owned(), json!(true));
        for first in [approve, within] {
            let definition =
                json!({"StartAt": "Approve", "States": {"Approve": first, "Ship": ship}});
            let found = examined(&definition);
            assert!(
                found.findings.iter().all(|it| it.code != Code::SequentialStates),
                "{definition:#}"
            );
        }
    }
}
