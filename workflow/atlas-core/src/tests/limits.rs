//! What ends that would not end by itself: long histories, large documents, deep ones, years; and what
//! is cut.

use atlas_asl::model::ExecutionType;
use expect_test::expect;
use serde_json::json;

use super::harness::{
    Given, check, check_ends, done, failed, fires, history, machine, outcome, passes, run, run_as,
    run_to_its_end, start, stop,
};

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
fn what_parameters_make_of_an_input_has_the_same_limit_and_nothing_catches_it() {
    let twice = r#"{"a.$": "$.a", "b.$": "$.a"}"#;
    let catches = r#""Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}]"#;
    let task = format!(
        r#"{{"A": {{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": {twice}, {catches}, "Next": "B"}}, "B": {{"Type": "Succeed"}}}}"#
    );
    let parallel = format!(
        r#"{{"P": {{"Type": "Parallel", {catches}, "Next": "B", "Branches": [
            {{"StartAt": "A", "States": {{"A": {{"Type": "Parallel", "Parameters": {twice},
                "End": true, "Branches": [{{"StartAt": "X", "States": {{"X": {{"Type": "Pass",
                "OutputPath": null, "End": true}}}}}}]}}}}}}]}},
            "B": {{"Type": "Succeed"}}}}"#
    );
    let jsonata = r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
        "Arguments": {"a": "{% $states.input.a %}", "b": "{% $states.input.a %}"}}}}"#;
    for definition in [&*task, &parallel, jsonata] {
        let program = machine(definition);
        // `{"a":"…","b":"…"}` has 15 bytes beside the two texts.
        for (length, is_within) in [(131_064, true), (131_065, false)] {
            let input = json!({"a": "x".repeat(length)});
            let run = run(&program, &[start(input)]);
            let ended = run.execution.outcome().map(outcome).unwrap_or_default();
            let cause = "fail States.DataLimitExceeded: The state/task 'A' returned a result with a \
                         size exceeding the maximum number of bytes service limit.";
            assert_eq!(ended == cause, !is_within, "{definition} {length} {ended}");
        }
    }
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

const YEAR: i64 = 365 * 24 * 60 * 60 * 1000;

#[test]
fn a_standard_execution_times_out_after_a_year() {
    let wait = |seconds: &str| {
        format!(
            r#"{{"A": {{"Type": "Wait", "Seconds": {seconds}, "Next": "B"}},
                "B": {{"Type": "Succeed"}}}}"#
        )
    };
    check(
        &wait("34560000"),
        &[start(json!({})), fires()],
        expect![[r#"
            +0s start {}
                timer 1 +31536000s
            +31536000s timer 1 fires
                time out -: -
        "#]],
    );
    check(
        &wait("31535999"),
        &[start(json!({})), fires()],
        expect![[r#"
            +0s start {}
                timer 1 +31535999s
            +31535999s timer 1 fires
                succeed {}
        "#]],
    );
    check(
        r#"{"TimeoutSeconds": 99999999, "StartAt": "A", "States": {"A": {"Type": "Parallel",
            "End": true, "Branches": [
            {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 34560000, "End": true}}},
            {"StartAt": "T", "States": {"T": {"Type": "Task", "TimeoutSeconds": 99999999,
                "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}}}]}}}"#,
        &[start(json!({})), fires()],
        expect![[r#"
            +0s start {}
                timer 1 +31536000s
                timer 2 +31536000s
                timer 3 +31536000s
                invoke T #1 {}
            +31536000s timer 1 fires
                cancel #1
                cancel timer 2
                cancel timer 3
                time out -: -
        "#]],
    );
}

#[test]
fn what_comes_after_a_year_comes_too_late() {
    let program = machine(
        r#"{"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "HeartbeatSeconds": 99999999, "End": true,
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}]}, "B": {"Type": "Succeed"}}"#,
    );
    let rows: [(Given, i64, &str); 6] = [
        (done(1, json!(1)), YEAR - 1, "succeed 1"),
        (done(1, json!(1)), YEAR, "time out"),
        (failed(1, "E"), YEAR, "time out"),
        (super::harness::beat(1), YEAR, "time out"),
        (stop(), YEAR, "time out"),
        (fires(), YEAR + 1, "time out"),
    ];
    for (given, millis, expected) in rows {
        let told = format!("{given:?}");
        let run = super::harness::held(&program, &[start(json!({})), passes(millis), given]);
        let ended = outcome(run.execution.outcome().expect("it ends"));
        assert!(ended.starts_with(expected), "{told}: {ended}");
    }
}

#[test]
fn error_and_cause_are_cut_to_what_aws_keeps() {
    let long = "é".repeat(40_000);
    let cut = |text: &str| (text.chars().count(), text.chars().next_back());
    for (claim, definition, input, given) in [
        (
            "of a Fail state",
            r#"{"A": {"Type": "Fail", "ErrorPath": "$.long", "CausePath": "$.long"}}"#,
            json!({ "long": long }),
            None,
        ),
        (
            "of a path that finds nothing",
            r#"{"A": {"Type": "Pass", "Parameters": {"x.$": "$.missing"}, "End": true}}"#,
            json!({ "long": long }),
            None,
        ),
        (
            "of an expression",
            r#"{"A": {"Type": "Wait", "QueryLanguage": "JSONata", "End": true,
                "Seconds": "{% $states.input.long %}"}}"#,
            json!({ "long": long }),
            None,
        ),
        (
            "of a task",
            r#"{"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}}"#,
            json!({}),
            Some(crate::Fact::TaskFailed {
                task: crate::TaskId(1),
                error: Some(long.clone()),
                cause: Some(long.clone()),
            }),
        ),
    ] {
        let mut facts = vec![start(input)];
        facts.extend(given.map(Given::Fact));
        let run = super::harness::held(&machine(definition), &facts);
        let failure = run.execution.outcome().and_then(crate::Outcome::failure);
        let failure = failure.unwrap_or_else(|| panic!("{claim}: it fails"));
        let cause = failure.cause.as_deref().unwrap_or_default();
        assert_eq!(cut(cause), (32_768, Some('é')), "{claim}");
        let error = failure.error.as_deref().unwrap_or_default();
        assert!(error.chars().count() <= 256, "{claim}");
        assert_eq!(error.starts_with('é'), error.chars().count() == 256, "{claim}");
    }
}
