//! Data on its way through a JSONPath state: the order of its fields, and what `null` means.

use expect_test::expect;
use serde_json::json;

use super::harness::{check, check_ends, done, start};

const TASK: &str = r#""Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage""#;

#[test]
fn the_fields_of_a_state_apply_in_their_order() {
    check(
        &format!(
            r#"{{"A": {{{TASK}, "InputPath": "$.in", "Parameters": {{"x.$": "$.a", "y": "z"}},
                "ResultSelector": {{"r.$": "$.value"}}, "ResultPath": "$.out",
                "OutputPath": "$.out", "End": true}}}}"#
        ),
        &[start(json!({"in": {"a": 1}, "other": 2})), done(1, json!({"value": 5, "more": 6}))],
        expect![[r#"
            +0s start {"in":{"a":1},"other":2}
                invoke A #1 {"y":"z","x":1}
            +0s done #1 {"value":5,"more":6}
                succeed {"r":5}
        "#]],
    );
}

#[test]
fn null_and_whole_paths_mean_what_aws_says() {
    let rows = [
        ("`InputPath` null is the empty object", r#""InputPath": null, "#, r#"succeed {}"#),
        (
            "`ResultPath` null keeps the state's whole input",
            r#""InputPath": "$.a", "ResultPath": null, "#,
            r#"succeed {"a":{"b":1}}"#,
        ),
        ("`OutputPath` null is the empty object", r#""OutputPath": null, "#, "succeed {}"),
        (
            "`ResultPath` places the result in the state's whole input",
            r#""InputPath": "$.a", "ResultPath": "$.c.d", "#,
            r#"succeed {"a":{"b":1},"c":{"d":{"b":1}}}"#,
        ),
        (
            "`$` changes nothing",
            r#""InputPath": "$", "ResultPath": "$", "OutputPath": "$", "#,
            r#"succeed {"a":{"b":1}}"#,
        ),
        (
            "`InputPath` may look at the context object",
            r#""InputPath": "$$.State.Name", "#,
            r#"succeed "A""#,
        ),
    ];
    for (claim, fields, expected) in rows {
        let pass = format!(r#"{{"A": {{"Type": "Pass", {fields} "End": true}}}}"#);
        let task = format!(r#"{{"A": {{{TASK}, {fields} "End": true}}}}"#);
        let input = json!({"a": {"b": 1}});
        check_ends(&[(claim, &pass, input.clone(), expected), (claim, &task, input, expected)]);
    }
}

#[test]
fn a_path_that_matches_nothing_fails_as_aws_says() {
    check_ends(&[
        (
            "in `InputPath`",
            r#"{"A": {"Type": "Pass", "InputPath": "$.b", "End": true}}"#,
            json!({"a": 1}),
            r#"fail States.Runtime: An error occurred while executing the state 'A' (entered at the event id #2). Invalid path '$.b' : No results for path: $['b']"#,
        ),
        (
            "in `Parameters`",
            r#"{"A": {"Type": "Pass", "Parameters": {"x.$": "$.b"}, "End": true}}"#,
            json!({"a": 1}),
            r#"fail States.Runtime: An error occurred while executing the state 'A' (entered at the event id #2). The JSONPath '$.b' specified for the field 'x.$' could not be found in the input '{"a":1}'"#,
        ),
        (
            "in `ResultPath`, where a scalar is in the way",
            r#"{"A": {"Type": "Pass", "ResultPath": "$.a.b", "End": true}}"#,
            json!({"a": 1}),
            r#"fail States.ResultPathMatchFailure: An error occurred while executing the state 'A' (entered at the event id #2). Unable to apply step "b" to input {"a":1}"#,
        ),
    ]);
}

#[test]
fn templates_call_intrinsic_functions() {
    check_ends(&[(
        "each template, with its own `$`",
        r#"{"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": {"sum.$": "States.MathAdd($.a, 1)"},
            "ResultSelector": {"text.$": "States.Format('got {}', $.sum)"},
            "ResultPath": "$.said", "End": true}}"#,
        json!({"a": 1}),
        r#"succeed {"a":1,"said":{"text":"got 2"}}"#,
    )]);
}
