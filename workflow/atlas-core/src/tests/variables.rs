//! Variables: who sees what, and when.

use expect_test::expect;
use serde_json::json;

use super::harness::{check_ends, check_history, start};

#[test]
fn assign_and_output_see_the_variables_as_they_were() {
    check_ends(&[
        (
            "in JSONata",
            r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
                "A": {"Type": "Pass", "Assign": {"x": 1, "y": 2}, "Next": "B"},
                "B": {"Type": "Pass", "Assign": {"x": "{% $y %}", "y": "{% $x %}"},
                    "Output": "{% [$x, $y] %}", "Next": "C"},
                "C": {"Type": "Pass", "Output": "{% [$states.input, $x, $y] %}", "End": true}}}"#,
            json!({}),
            "succeed [1,2,2,1]",
        ),
        (
            "in JSONPath",
            r#"{"A": {"Type": "Pass", "Assign": {"x": 1, "y": 2}, "Next": "B"},
                "B": {"Type": "Pass", "Parameters": {"x.$": "$x", "y.$": "$y"},
                    "Assign": {"x.$": "$y", "y.$": "$x", "z.$": "$.x"}, "Next": "C"},
                "C": {"Type": "Pass", "Parameters": {
                    "was.$": "$", "x.$": "$x", "y.$": "$y", "z.$": "$z"}, "End": true}}"#,
            json!({}),
            r#"succeed {"was":{"x":1,"y":2},"x":2,"y":1,"z":1}"#,
        ),
    ]);
}

#[test]
fn assign_looks_at_the_result_and_not_at_the_output() {
    check_ends(&[(
        "`$` is the result that `ResultSelector` gives, before `ResultPath`",
        r#"{"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
                "Parameters": {"n": 7}, "ResultSelector": {"m.$": "$.n"}, "ResultPath": "$.r",
                "Assign": {"seen.$": "$"}, "Next": "B"},
            "B": {"Type": "Pass", "Parameters": {"in.$": "$", "seen.$": "$seen"}, "End": true}}"#,
        json!({"a": 1}),
        r#"succeed {"in":{"a":1,"r":{"m":7}},"seen":{"m":7}}"#,
    )]);
}

#[test]
fn catchers_and_rules_assign_their_own() {
    check_ends(&[
        (
            "a catcher in JSONata",
            r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
                "A": {"Type": "Parallel", "Assign": {"x": "state"}, "End": true, "Branches": [
                    {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "C"}}}],
                    "Catch": [{"ErrorEquals": ["E"], "Next": "B",
                        "Assign": {"x": "{% $states.errorOutput.Error & '!' %}"},
                        "Output": "{% $states.errorOutput %}"}]},
                "B": {"Type": "Pass", "Output": "{% [$x, $states.input] %}", "End": true}}}"#,
            json!({}),
            r#"succeed ["E!",{"Error":"E","Cause":"C"}]"#,
        ),
        (
            "a catcher in JSONPath",
            r#"{"A": {"Type": "Parallel", "Assign": {"x": "state"}, "End": true, "Branches": [
                    {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "C"}}}],
                    "Catch": [{"ErrorEquals": ["E"], "Next": "B", "Assign": {"x.$": "$.Cause"},
                        "ResultPath": "$.error"}]},
                "B": {"Type": "Pass", "Parameters": {"x.$": "$x", "in.$": "$"}, "End": true}}"#,
            json!({"a": 1}),
            r#"succeed {"in":{"a":1,"error":{"Error":"E","Cause":"C"}},"x":"C"}"#,
        ),
        (
            "a rule in JSONata, instead of the state",
            r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
                "A": {"Type": "Choice", "Assign": {"x": "state"}, "Default": "B", "Choices": [
                    {"Condition": true, "Assign": {"x": "rule"}, "Next": "B"}]},
                "B": {"Type": "Pass", "Output": "{% $x %}", "End": true}}}"#,
            json!({}),
            r#"succeed "rule""#,
        ),
        (
            "a rule in JSONPath, instead of the state",
            r#"{"A": {"Type": "Choice", "Assign": {"x": "state"}, "Default": "B", "Choices": [
                    {"Variable": "$.a", "IsPresent": true, "Assign": {"x.$": "$.a"}, "Next": "B"}]},
                "B": {"Type": "Pass", "Parameters": {"x.$": "$x"}, "End": true}}"#,
            json!({"a": 1}),
            r#"succeed {"x":1}"#,
        ),
        (
            "the state, by default",
            r#"{"A": {"Type": "Choice", "Assign": {"x": "state"}, "Default": "B", "Choices": [
                    {"Variable": "$.a", "IsPresent": false, "Assign": {"x": "rule"}, "Next": "B"}]},
                "B": {"Type": "Pass", "Parameters": {"x.$": "$x"}, "End": true}}"#,
            json!({"a": 1}),
            r#"succeed {"x":"state"}"#,
        ),
    ]);
}

#[test]
fn inner_scopes_see_the_outer_one_and_keep_what_they_assign() {
    check_ends(&[
        (
            "a Parallel's branches do not see each other's, nor does what follows",
            r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
                "A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "P"},
                "P": {"Type": "Parallel", "Next": "Z", "Branches": [
                    {"StartAt": "B", "States": {
                        "B": {"Type": "Pass", "Assign": {"y": "{% $x + 1 %}"}, "Next": "C"},
                        "C": {"Type": "Pass", "Output": "{% [$x, $y] %}", "End": true}}},
                    {"StartAt": "D", "States": {
                        "D": {"Type": "Pass", "Assign": {"y": "{% $x + 9 %}"}, "Next": "E"},
                        "E": {"Type": "Pass", "Output": "{% [$x, $y] %}", "End": true}}}]},
                "Z": {"Type": "Pass", "Output": {"got": "{% $states.input %}", "x": "{% $x %}",
                    "y": "{% $exists($y) %}"}, "End": true}}}"#,
            json!({}),
            r#"succeed {"got":[[1,2],[1,10]],"x":1,"y":false}"#,
        ),
        (
            "a Map's iterations do not see each other's",
            r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
                "A": {"Type": "Pass", "Assign": {"x": 10}, "Next": "M"},
                "M": {"Type": "Map", "Items": [1, 2, 3], "MaxConcurrency": 1, "End": true,
                    "ItemProcessor": {"StartAt": "B", "States": {
                        "B": {"Type": "Pass", "Output": "{% $exists($y) %}",
                            "Assign": {"y": "{% $x + $states.input %}"}, "Next": "C"},
                        "C": {"Type": "Pass", "Output": "{% [$states.input, $y] %}", "End": true}}}}}}"#,
            json!({}),
            "succeed [[false,11],[false,12],[false,13]]",
        ),
        (
            // AWS: workflow variables, scope of a distributed map.
            "the executions of a distributed Map see none from outside",
            r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
                "A": {"Type": "Pass", "Assign": {"x": 10}, "Next": "M"},
                "M": {"Type": "Map", "Items": [1], "End": true, "ItemSelector": "{% $x %}",
                    "ItemProcessor": {
                        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                        "StartAt": "B", "States": {
                        "B": {"Type": "Pass", "Output": "{% [$states.input, $exists($x)] %}",
                            "End": true}}}}}}"#,
            json!({}),
            "succeed [[10,false]]",
        ),
    ]);
}

#[test]
fn the_history_tells_of_what_was_assigned() {
    check_history(
        r#"{"A": {"Type": "Pass", "Assign": {"x": {"n": 1}, "y": "two"}, "End": true}}"#,
        &[start(json!({}))],
        expect![[r#"
            1 < 0 ExecutionStarted {}
            2 < 0 PassStateEntered A {}
            3 < 2 PassStateExited A {} assignedVariables {"x":"{\"n\":1}","y":"\"two\""}
            4 < 3 ExecutionSucceeded {}
        "#]],
    );
}
