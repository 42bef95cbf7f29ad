//! Each state type, in both query languages.

use serde_json::json;

use super::harness::check_ends;

const JSONATA: &str = r#""QueryLanguage": "JSONata""#;

/// A machine in JSONata, of these states.
fn jsonata(start: &str, states: &str) -> String {
    format!(r#"{{{JSONATA}, "StartAt": "{start}", "States": {{{states}}}}}"#)
}

#[test]
fn every_state_type_runs_in_json_path() {
    check_ends(&[
        (
            "a Pass hands on its input",
            r#"{"A": {"Type": "Pass", "End": true}}"#,
            json!({"a": 1}),
            r#"succeed {"a":1}"#,
        ),
        (
            "a Pass hands on its result",
            r#"{"A": {"Type": "Pass", "Result": [1, 2], "End": true}}"#,
            json!({"a": 1}),
            "succeed [1,2]",
        ),
        (
            "a Task hands on what came back",
            r#"{"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
                "Parameters": {"MessageBody.$": "$.a"}, "End": true}}"#,
            json!({"a": 1}),
            r#"succeed {"MessageBody":1}"#,
        ),
        (
            "a Choice takes the first rule that holds",
            r#"{"A": {"Type": "Choice", "Default": "C", "Choices": [
                {"Variable": "$.a", "NumericEquals": 2, "Next": "C"},
                {"Variable": "$.a", "NumericEquals": 1, "Next": "B"},
                {"Variable": "$.a", "NumericLessThan": 5, "Next": "C"}]},
               "B": {"Type": "Pass", "Result": "b", "End": true},
               "C": {"Type": "Pass", "Result": "c", "End": true}}"#,
            json!({"a": 1}),
            r#"succeed "b""#,
        ),
        (
            "a Choice takes its default",
            r#"{"A": {"Type": "Choice", "Default": "C", "Choices": [
                {"Variable": "$.a", "NumericEquals": 2, "Next": "B"}]},
               "B": {"Type": "Pass", "Result": "b", "End": true},
               "C": {"Type": "Pass", "Result": "c", "End": true}}"#,
            json!({"a": 1}),
            r#"succeed "c""#,
        ),
        (
            "a Choice without a match and without a default fails",
            r#"{"A": {"Type": "Choice", "Choices": [
                {"Variable": "$.a", "NumericEquals": 2, "Next": "B"}]},
               "B": {"Type": "Succeed"}}"#,
            json!({"a": 1}),
            "fail States.Runtime: An error occurred while executing the state 'A' (entered at the \
             event id #2). Failed to transition out of the state. The state does not point to a next \
             state.",
        ),
        (
            "a Wait hands on its input",
            r#"{"A": {"Type": "Wait", "Seconds": 5, "End": true}}"#,
            json!({"a": 1}),
            r#"succeed {"a":1}"#,
        ),
        (
            "a Succeed ends well",
            r#"{"A": {"Type": "Succeed", "InputPath": "$.a"}}"#,
            json!({"a": 1}),
            "succeed 1",
        ),
        (
            "a Fail fails as it says",
            r#"{"A": {"Type": "Fail", "Error": "E", "Cause": "C"}}"#,
            json!({}),
            "fail E: C",
        ),
        (
            "a Fail says neither, where it has neither",
            r#"{"A": {"Type": "Fail"}}"#,
            json!({}),
            "fail -: -",
        ),
        (
            "a Fail takes error and cause from paths and intrinsic functions",
            r#"{"A": {"Type": "Fail", "ErrorPath": "$.e",
                "CausePath": "States.Format('lead {} on {}', $.lead, $$.State.Name)"}}"#,
            json!({"e": "Salesforce.Busy", "lead": 7}),
            "fail Salesforce.Busy: lead 7 on A",
        ),
        (
            "a Parallel gives its branches' outputs in their order",
            r#"{"A": {"Type": "Parallel", "End": true, "Branches": [
                {"StartAt": "X", "States": {"X": {"Type": "Wait", "Seconds": 9, "End": true}}},
                {"StartAt": "Y", "States": {"Y": {"Type": "Pass", "Result": 2, "End": true}}}]}}"#,
            json!(1),
            "succeed [1,2]",
        ),
        (
            "a Map gives its iterations' outputs in their order",
            r#"{"A": {"Type": "Map", "ItemsPath": "$.items", "End": true, "ItemProcessor": {
                "StartAt": "X", "States": {
                    "X": {"Type": "Wait", "SecondsPath": "$", "End": true}}}}}"#,
            json!({"items": [3, 1, 2]}),
            "succeed [3,1,2]",
        ),
    ]);
}

#[test]
fn every_state_type_runs_in_jsonata() {
    check_ends(&[
        (
            "a Pass hands on its output",
            &jsonata(
                "A",
                r#""A": {"Type": "Pass", "Output": "{% $states.input.a + 1 %}", "End": true}"#,
            ),
            json!({"a": 1}),
            "succeed 2",
        ),
        (
            "a Task without arguments is called with the input",
            &jsonata(
                "A",
                r#""A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}"#,
            ),
            json!({"a": 1}),
            r#"succeed {"a":1}"#,
        ),
        (
            "a Task is called with its arguments, and shapes its result",
            &jsonata(
                "A",
                r#""A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
                    "Arguments": {"MessageBody": "{% $states.input.a %}"},
                    "Output": {"sent": "{% $states.result.MessageBody %}", "in": "{% $states.input %}"},
                    "End": true}"#,
            ),
            json!({"a": 1}),
            r#"succeed {"sent":1,"in":{"a":1}}"#,
        ),
        (
            "a Choice hands on the output of the rule that holds, not its own",
            &jsonata(
                "A",
                r#""A": {"Type": "Choice", "Output": "state", "Default": "B", "Choices": [
                    {"Condition": "{% $states.input.a = 2 %}", "Output": "two", "Next": "B"},
                    {"Condition": "{% $states.input.a = 1 %}", "Output": "one", "Next": "B"}]},
                   "B": {"Type": "Succeed"}"#,
            ),
            json!({"a": 1}),
            r#"succeed "one""#,
        ),
        (
            "a Choice hands on its input where the rule has no output",
            &jsonata(
                "A",
                r#""A": {"Type": "Choice", "Output": "state", "Default": "B", "Choices": [
                    {"Condition": true, "Next": "B"}]},
                   "B": {"Type": "Succeed"}"#,
            ),
            json!({"a": 1}),
            r#"succeed {"a":1}"#,
        ),
        (
            "a Choice hands on its own output by default",
            &jsonata(
                "A",
                r#""A": {"Type": "Choice", "Output": "state", "Default": "B", "Choices": [
                    {"Condition": false, "Output": "rule", "Next": "B"}]},
                   "B": {"Type": "Succeed"}"#,
            ),
            json!({"a": 1}),
            r#"succeed "state""#,
        ),
        (
            "a Choice without a match and without a default fails",
            &jsonata(
                "A",
                r#""A": {"Type": "Choice", "Choices": [
                    {"Condition": "{% $states.input.a = 2 %}", "Next": "B"}]},
                   "B": {"Type": "Succeed"}"#,
            ),
            json!({"a": 1}),
            "fail States.Runtime: An error occurred while executing the state 'A' (entered at the \
             event id #2). Failed to transition out of the state. The state does not point to a next \
             state.",
        ),
        (
            "a condition that is no boolean fails",
            &jsonata(
                "A",
                r#""A": {"Type": "Choice", "Choices": [
                    {"Condition": "{% $states.input.a %}", "Next": "B"}]},
                   "B": {"Type": "Succeed"}"#,
            ),
            json!({"a": 1}),
            "fail States.QueryEvaluationError: An error occurred while executing the state 'A' \
             (entered at the event id #2). The JSONata expression '$states.input.a' specified for \
             the field 'Choices[0]/Condition' returned an unexpected result type. Expected \
             'boolean', but was 'number' for value: 1",
        ),
        (
            "a Wait counts seconds that an expression gives, and shapes its output",
            &jsonata(
                "A",
                r#""A": {"Type": "Wait", "Seconds": "{% $states.input.a * 2 %}",
                    "Output": "{% $states.context.State.Name %}", "End": true}"#,
            ),
            json!({"a": 1}),
            r#"succeed "A""#,
        ),
        (
            "a Succeed shapes its output",
            &jsonata("A", r#""A": {"Type": "Succeed", "Output": "{% $states.input.a %}"}"#),
            json!({"a": 1}),
            "succeed 1",
        ),
        (
            "a Fail takes error and cause from expressions",
            &jsonata(
                "A",
                r#""A": {"Type": "Fail", "Error": "{% $states.input.e %}",
                    "Cause": "{% 'lead ' & $states.input.lead %}"}"#,
            ),
            json!({"e": "Salesforce.Busy", "lead": 7}),
            "fail Salesforce.Busy: lead 7",
        ),
        (
            "a Parallel hands its arguments to every branch, and shapes the results",
            &jsonata(
                "A",
                r#""A": {"Type": "Parallel", "Arguments": {"n": "{% $states.input.a + 1 %}"},
                    "Output": "{% $states.result[0].n + $states.result[1] %}", "End": true,
                    "Branches": [
                    {"StartAt": "X", "States": {"X": {"Type": "Pass", "End": true}}},
                    {"StartAt": "Y", "States": {"Y": {"Type": "Pass",
                        "Output": "{% $states.input.n * 10 %}", "End": true}}}]}"#,
            ),
            json!({"a": 1}),
            "succeed 22",
        ),
        (
            "a Map takes its items from an expression",
            &jsonata(
                "A",
                r#""A": {"Type": "Map", "Items": "{% [1..3] %}", "End": true,
                    "Output": "{% $sum($states.result) %}",
                    "ItemProcessor": {"StartAt": "X", "States": {"X": {"Type": "Pass",
                        "Output": "{% $states.input * 2 %}", "End": true}}}}"#,
            ),
            json!({}),
            "succeed 12",
        ),
        (
            "states of both languages follow each other",
            r#"{"A": {"Type": "Pass", "Parameters": {"b.$": "$.a"}, "Next": "B"},
                "B": {"Type": "Pass", "QueryLanguage": "JSONata",
                    "Output": {"c": "{% $states.input.b %}"}, "Next": "C"},
                "C": {"Type": "Pass", "OutputPath": "$.c", "End": true}}"#,
            json!({"a": 1}),
            "succeed 1",
        ),
    ]);
}

#[test]
fn a_parallel_without_branches_gives_no_results() {
    check_ends(&[(
        "it does not wait for a branch that never comes",
        r#"{"A": {"Type": "Parallel", "Branches": [], "End": true}}"#,
        json!({}),
        "succeed []",
    )]);
}

#[test]
fn a_rule_that_cannot_give_its_output_is_named_by_its_place() {
    // Measured on AWS by others: floci-io/floci, pull request 2689.
    for (field, place) in [("Output", "Choices[1]/Output/v"), ("Assign", "Choices[1]/Assign/v")] {
        check_ends(&[(
            field,
            &jsonata(
                "A",
                &format!(
                    r#""A": {{"Type": "Choice", "Choices": [{{"Condition": false, "Next": "B"}},
                        {{"Condition": true, "{field}": {{"v": "{{% $states.input.none %}}"}},
                            "Next": "B"}}]}},
                        "B": {{"Type": "Succeed"}}"#
                ),
            ),
            json!({}),
            &format!(
                "fail States.QueryEvaluationError: An error occurred while executing the state 'A' \
                 (entered at the event id #2). The JSONata expression '$states.input.none' specified \
                 for the field '{place}' returned nothing (undefined)."
            ),
        )]);
    }
}
