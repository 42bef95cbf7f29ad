//! The context object, and the task token in it.

use expect_test::expect;
use serde_json::{Value, json};

use super::harness::{check_ends, done, held, machine, start};
use crate::Command;

#[test]
fn the_context_object_has_the_fields_of_aws() {
    let run = held(
        &machine(r#"{"A": {"Type": "Pass", "InputPath": "$$", "End": true}}"#),
        &[start(json!({"a": 1}))],
    );
    let Some(crate::Outcome::Succeeded { output }) = run.execution.outcome() else {
        panic!("it succeeds")
    };
    expect![[r#"
        {
          "Execution": {
            "Id": "arn:aws:states:us-east-1:111111111111:execution:machine:run",
            "Input": {
              "a": 1
            },
            "StartTime": "2026-11-21T01:00:00.000Z",
            "Name": "run",
            "RoleArn": "arn:aws:iam::111111111111:role/role",
            "RedriveCount": 0
          },
          "StateMachine": {
            "Id": "arn:aws:states:us-east-1:111111111111:stateMachine:machine",
            "Name": "machine"
          },
          "State": {
            "Name": "A",
            "EnteredTime": "2026-11-21T01:00:00.000Z"
          }
        }"#]]
    .assert_eq(&format!("{:#}", output.value()));
}

#[test]
fn a_part_of_the_context_object_is_what_it_is_in_the_whole() {
    check_ends(&[
        (
            "in JSONPath",
            r#"{"A": {"Type": "Pass", "Parameters": {"in.$": "$$.Execution.Input.a[0].b",
                "x.$": "$$.Execution.Name", "m.$": "$$.StateMachine.Name", "s.$": "$$.State.Name",
                "all.$": "$$.Execution.Input"}, "End": true}}"#,
            json!({"a": [{"b": 1}]}),
            r#"succeed {"all":{"a":[{"b":1}]},"s":"A","in":1,"x":"run","m":"machine"}"#,
        ),
        (
            "in JSONata, as a path and in an expression",
            r#"{"A": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": {
                "path": "{% $states.context.Execution.Input.a.b %}",
                "expression": "{% $join([$states.context.Execution.Name, $states.context.State.Name, $states.context.StateMachine.Name, $states.context.Execution.Input.a.b]) %}",
                "keys": "{% $keys($states.context.Execution) %}",
                "tokens": "{% $count([$states.context.Task.Token, $states.context.Map.Item]) %}"},
                "End": true}}"#,
            json!({"a": {"b": "c"}}),
            r#"succeed {"path":"c","expression":"runAmachinec","keys":["Id","Input","StartTime","Name","RoleArn","RedriveCount"],"tokens":0}"#,
        ),
        (
            "where it is missing",
            r#"{"A": {"Type": "Pass", "InputPath": "$$.Map.Item.Index", "End": true}}"#,
            json!({}),
            "fail States.Runtime: An error occurred while executing the state 'A' (entered at the \
             event id #2). Invalid path '$$.Map.Item.Index' : Missing property in path $['Map']",
        ),
    ]);
}

#[test]
fn a_map_names_its_item() {
    check_ends(&[
        (
            "in the item selector and in the states of the iteration",
            r#"{"M": {"Type": "Map", "End": true,
                "ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value"},
                "ItemProcessor": {"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {
                    "in.$": "$", "i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value"},
                    "End": true}}}}}"#,
            json!(["x", "y"]),
            r#"succeed [{"in":{"v":"x","i":0},"v":"x","i":0},{"in":{"v":"y","i":1},"v":"y","i":1}]"#,
        ),
        (
            "the innermost, and after it the outer one again",
            r#"{"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "N", "States": {
                "N": {"Type": "Map", "Next": "O", "ItemProcessor": {"StartAt": "A", "States": {
                    "A": {"Type": "Pass", "InputPath": "$$.Map.Item.Value", "End": true}}}},
                "O": {"Type": "Pass", "Parameters": {"in.$": "$", "of.$": "$$.Map.Item.Value"},
                    "End": true}}}}}"#,
            json!([[1, 2], [3]]),
            r#"succeed [{"in":[1,2],"of":[1,2]},{"in":[3],"of":[3]}]"#,
        ),
    ]);
}

#[test]
fn the_state_says_when_it_was_entered_and_how_often_it_was_tried_again() {
    let run = held(
        &machine(
            r#"{"W": {"Type": "Wait", "Seconds": 90, "Next": "A"},
                "A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
                "Parameters": {"state.$": "$$.State"}, "End": true,
                "Retry": [{"ErrorEquals": ["States.ALL"]}]}}"#,
        ),
        &[
            start(json!({})),
            super::harness::fires(),
            super::harness::failed(1, "E"),
            super::harness::fires(),
            done(2, json!({})),
        ],
    );
    expect![[r#"
        +0s start {}
            timer 1 +90s
        +90s timer 1 fires
            invoke A #1 {"state":{"Name":"A","EnteredTime":"2026-11-21T01:01:30.000Z","RetryCount":0}}
        +90s failed #1 E
            timer 2 +1s
        +91s timer 2 fires
            invoke A #2 retry 1 {"state":{"Name":"A","EnteredTime":"2026-11-21T01:01:30.000Z","RetryCount":1}}
        +91s done #2 {}
            succeed {}
    "#]].assert_eq(&run.lines);
}

#[test]
fn the_token_is_the_same_in_the_request_and_in_the_parameters() {
    for parameters in [
        r#""Parameters": {"QueueUrl": "q", "MessageBody": {"token.$": "$$.Task.Token"}}"#,
        r#""QueryLanguage": "JSONata",
           "Arguments": {"QueueUrl": "q", "MessageBody": {"token": "{% $states.context.Task.Token %}"}}"#,
    ] {
        let program = machine(&format!(
            r#"{{"A": {{"Type": "Task", {parameters}, "End": true,
                "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}}}}"#
        ));
        let mut execution =
            super::harness::execution_of(&program, atlas_asl::model::ExecutionType::Standard);
        let super::harness::Given::Fact(fact) = start(json!({})) else { unreachable!("a fact") };
        let commands = crate::step(&mut execution, crate::Event { at: super::harness::NOW, fact });
        let [Command::InvokeTask(request)] = &commands[..] else { panic!("{commands:?}") };
        let token = request.token.as_ref().expect("it waits for its token").expose();
        assert_eq!(request.parameters.value()["MessageBody"]["token"], Value::from(token));
        assert!(!format!("{commands:?}").contains(token), "a token is not shown");
    }
}

#[test]
fn no_cause_quotes_the_token_of_a_task() {
    for (fields, part) in [
        (r#""Parameters": {"x.$": "$$.Missing"}"#, r#""Task":{"Token":"(not shown)"}"#),
        (r#""Parameters": {"x.$": "States.StringToJson($$.Task.Token)"}"#, "StringToJson"),
        (r#""Parameters": {"x.$": "States.JsonMerge($$.Missing, $, false)"}"#, "(not shown)"),
        (r#""Parameters": {"x.$": "$$.Task.Token[0]"}"#, "$$.Task.Token[0]"),
        (
            r#""QueryLanguage": "JSONata", "Arguments": "{% $number($states.context.Task.Token) %}""#,
            "(not shown)",
        ),
        (
            r#""QueryLanguage": "JSONata", "Arguments": "{% $states.context.Task.Token < 1 %}""#,
            "(not shown)",
        ),
    ] {
        let program = machine(&format!(
            r#"{{"A": {{"Type": "Task", {fields}, "End": true,
                "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}}}}"#
        ));
        let run = held(&program, &[start(json!({}))]);
        let failure = run.execution.outcome().and_then(crate::Outcome::failure);
        let cause = failure.and_then(|failure| failure.cause.as_deref()).unwrap_or_default();
        assert!(cause.contains(part), "{fields}: {cause}");
        let random = crate::random::Random::new(crate::Seed([1; 32]));
        let token = random.task_token();
        assert!(!super::harness::history(&run.execution).contains(token.expose()), "{fields}");
        assert!(!cause.contains(token.expose()), "{fields}");
    }
}
