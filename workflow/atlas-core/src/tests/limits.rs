//! What ends that would not end by itself: long histories, large documents, deep ones.

use atlas_asl::model::ExecutionType;
use expect_test::expect;
use serde_json::json;

use super::harness::{check_ends, history, machine, outcome, run, run_as, run_to_its_end, start};

const LOOP: &str = r#"{"A": {"Type": "Choice", "Choices": [
    {"Variable": "$.stop", "IsPresent": true, "Next": "B"}], "Default": "A"},
    "B": {"Type": "Succeed"}}"#;

#[test]
fn a_standard_execution_fails_at_its_event_25_000() {
    let run = run(&machine(LOOP), &[start(json!({}))]);
    assert_eq!(run.execution.history().len(), 25_000);
    let told = history(&run.execution);
    let last: Vec<&str> = told.lines().skip(24_997).collect();
    expect![[r#"
        24998 < 24997 ChoiceStateEntered A {}
        24999 < 24998 ChoiceStateExited A {}
        25000 < 24999 ExecutionFailed States.Runtime The execution reached the maximum number of history events (25000)."#]].assert_eq(&last.join("\n"));
}

#[test]
fn an_express_execution_goes_on_for_longer_and_ends_too() {
    let run = run_as(&machine(LOOP), &[start(json!({}))], ExecutionType::Express);
    assert_eq!(run.execution.history().len(), 1_000_000);
}

#[test]
fn a_map_that_fills_the_history_ends_with_all_its_tasks_cancelled() {
    let run = run(
        &machine(
            r#"{"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "A", "States": {
                "A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}}}}"#,
        ),
        &[start(json!([1, 2, 3]))],
    );
    assert_eq!(run.execution.history().len(), 25_000);
}

#[test]
fn a_state_hands_on_262_144_bytes_and_no_more() {
    let pass = r#"{"A": {"Type": "Pass", "OutputPath": "$.a", "End": true}}"#;
    let program = machine(pass);
    for (length, succeeds) in [(262_142, true), (262_143, false)] {
        let execution = run_to_its_end(&program, json!({"a": "x".repeat(length)}));
        let ended = outcome(execution.outcome().expect("it ends"));
        assert_eq!(ended.starts_with("succeed"), succeeds, "{length} {ended}");
    }
    // Bytes count, not characters: an "é" has two.
    let execution = run_to_its_end(&program, json!({"a": "é".repeat(131_072)}));
    let ended = outcome(execution.outcome().expect("it ends"));
    assert!(ended.starts_with("fail States.DataLimitExceeded"), "{ended}");
}

#[test]
fn an_endless_loop_within_a_map_run_ends() {
    let definition = format!(
        r#"{{"M": {{"Type": "Map", "End": true, "ItemProcessor": {{
            "ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
            "StartAt": "A", "States": {LOOP}}}}}}}"#
    );
    let run = run(&machine(&definition), &[start(json!([{}]))]);
    assert!(run.lines.contains("fail States.ExceedToleratedFailureThreshold"), "{}", run.lines);
}

#[test]
fn an_endless_loop_of_parallels_within_a_map_run_ends() {
    let run = run(
        &machine(
            r#"{"M": {"Type": "Map", "End": true, "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                "StartAt": "A", "States": {"A": {"Type": "Parallel", "Next": "A",
                    "ResultPath": null, "Branches": [
                    {"StartAt": "B", "States": {"B": {"Type": "Pass", "Next": "C"},
                        "C": {"Type": "Pass", "End": true}}}]}}}}}"#,
        ),
        &[start(json!([{}]))],
    );
    assert!(run.lines.contains("fail States.ExceedToleratedFailureThreshold"), "{}", run.lines);
    let events = run.execution.history().len();
    assert_eq!(events, 7, "none of them is the machine's");
}

#[test]
fn a_document_that_grows_deeper_and_deeper_ends_the_execution_and_not_the_process() {
    let nested = r#""x.$": "$""#;
    let wrapped = (0..30).fold(format!("{{{nested}}}"), |inner, _| format!(r#"{{"x": {inner}}}"#));
    let deep = "fail States.Runtime: An error occurred while executing the state 'A' (entered at the \
                event id #66). The state's output or a variable nests deeper than 500 levels.";
    check_ends(&[
        (
            "by a template",
            &format!(
                r#"{{"A": {{"Type": "Pass", "Parameters": {wrapped}, "Next": "B"}},
                    "B": {{"Type": "Pass", "Next": "A"}}}}"#
            ),
            json!({}),
            deep,
        ),
        (
            "by a variable",
            &format!(
                r#"{{"QueryLanguage": "JSONata", "StartAt": "S", "States": {{
                    "S": {{"Type": "Pass", "Assign": {{"v": 1}}, "Next": "A"}},
                    "A": {{"Type": "Pass", "Assign": {{"v": {}}}, "Next": "B"}},
                    "B": {{"Type": "Pass", "Next": "A"}}}}}}"#,
                wrapped.replace("x.$", "x").replace(r#""$""#, r#""{% $v %}""#)
            ),
            json!({}),
            &deep.replace("#66", "#68"),
        ),
    ]);
}

#[test]
fn a_document_deeper_than_a_parser_goes_survives_a_long_wait() {
    let wrapped =
        (0..100).fold(r#"{"x.$": "$"}"#.to_owned(), |inner, _| format!(r#"{{"x": {inner}}}"#));
    let definition = format!(
        r#"{{"A": {{"Type": "Pass", "Parameters": {wrapped}, "Next": "B"}},
            "B": {{"Type": "Pass", "Parameters": {wrapped}, "Next": "C"}},
            "C": {{"Type": "Wait", "Seconds": 9, "Next": "D"}},
            "D": {{"Type": "Pass", "InputPath": "$.x.x", "OutputPath": "$.x", "End": true}}}}"#
    );
    super::harness::held(&machine(&definition), &[start(json!({})), super::harness::fires()]);
}
