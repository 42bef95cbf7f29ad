//! Timeouts and heartbeats, of tasks and of the execution.

use expect_test::expect;
use serde_json::json;

use super::harness::{
    beat, check, check_ends, check_history, done, failed, fires, passes, start, stop, timer,
};

/// A Task with these fields.
fn task(fields: &str) -> String {
    format!(
        r#"{{"A": {{"Type": "Task", "End": true, {fields},
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}},
            "C": {{"Type": "Pass", "End": true}}}}"#
    )
}

#[test]
fn a_task_that_takes_too_long_times_out_and_what_comes_later_is_refused() {
    check(
        &task(
            r#""TimeoutSeconds": 10, "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "C"}]"#,
        ),
        &[start(json!({})), fires(), done(1, json!(1)), failed(1, "E"), beat(1), done(2, json!(1))],
        expect![[r#"
            +0s start {}
                timer 1 +10s
                invoke A #1 {}
            +10s timer 1 fires
                cancel #1
                succeed {"Error":"States.Timeout","Cause":""}
            +10s done #1 1
                refused: the task has been closed
            +10s failed #1 E
                refused: the task has been closed
            +10s beat #1
                refused: the task has been closed
            +10s done #2 1
                refused: the execution has no such task
        "#]],
    );
}

#[test]
fn a_second_result_is_refused_and_so_is_a_timer_that_was_cancelled() {
    check(
        &task(r#""TimeoutSeconds": 10, "Retry": [{"ErrorEquals": ["E"]}]"#),
        &[
            start(json!({})),
            failed(1, "E"),
            done(1, json!(1)),
            timer(1),
            fires(),
            timer(2),
            timer(9),
            done(0, json!(1)),
            start(json!({})),
        ],
        expect![[r#"
            +0s start {}
                timer 1 +10s
                invoke A #1 {}
            +0s failed #1 E
                cancel timer 1
                timer 2 +1s
            +0s done #1 1
                refused: the task has been closed
            +0s timer 1 fires
                refused: the timer was cancelled or has fired before
            +1s timer 2 fires
                timer 3 +10s
                invoke A #2 retry 1 {}
            +1s timer 2 fires
                refused: the timer was cancelled or has fired before
            +1s timer 9 fires
                refused: the timer was cancelled or has fired before
            +1s done #0 1
                refused: the execution has no such task
            +1s start {}
                refused: the execution has already been started
        "#]],
    );
}

#[test]
fn a_heartbeat_starts_its_clock_anew_and_never_the_timeout() {
    check(
        &task(r#""TimeoutSeconds": 25, "HeartbeatSeconds": 10"#),
        &[start(json!({})), passes(9_000), beat(1), passes(9_000), beat(1), fires()],
        expect![[r#"
            +0s start {}
                timer 1 +25s
                timer 2 +10s
                invoke A #1 {}
            +9s beat #1
                cancel timer 2
                timer 3 +10s
            +18s beat #1
                cancel timer 3
                timer 4 +10s
            +25s timer 1 fires
                cancel timer 4
                cancel #1
                fail States.Timeout: -
        "#]],
    );
}

#[test]
fn silence_is_known_by_its_own_name_and_as_a_timeout() {
    for name in ["States.HeartbeatTimeout", "States.Timeout", "States.ALL"] {
        let program = super::harness::machine(&task(&format!(
            r#""TimeoutSeconds": 25, "HeartbeatSeconds": 10,
               "Catch": [{{"ErrorEquals": ["{name}"], "Next": "C"}}]"#
        )));
        let run = super::harness::held(&program, &[start(json!({})), fires()]);
        let ended = super::harness::outcome(run.execution.outcome().expect("it ends"));
        assert_eq!(ended, r#"succeed {"Error":"States.Timeout","Cause":""}"#, "{name}");
    }
    check_history(
        &task(
            r#""TimeoutSeconds": 25, "HeartbeatSeconds": 10,
               "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "C"}]"#,
        ),
        &[start(json!({})), fires()],
        expect![[r#"
            1 < 0 ExecutionStarted {}
            2 < 0 TaskStateEntered A {}
            3 < 2 TaskScheduled {} timeoutInSeconds 25 heartbeatInSeconds 10
            4 < 3 TaskStarted
            5 < 4 TaskTimedOut States.Timeout
            6 < 5 ExecutionFailed States.Timeout
        "#]],
    );
}

#[test]
fn a_timeout_comes_from_a_path_or_an_expression() {
    check(
        &task(r#""TimeoutSecondsPath": "$.t", "HeartbeatSecondsPath": "$.h""#),
        &[start(json!({"t": 60, "h": 20}))],
        expect![[r#"
            +0s start {"t":60,"h":20}
                timer 1 +60s
                timer 2 +20s
                invoke A #1 {"t":60,"h":20}
        "#]],
    );
    check(
        &task(
            r#""QueryLanguage": "JSONata", "TimeoutSeconds": "{% $states.input.t * 2 %}",
               "HeartbeatSeconds": "{% $states.input.h %}""#,
        ),
        &[start(json!({"t": 60, "h": 20}))],
        expect![[r#"
            +0s start {"t":60,"h":20}
                timer 1 +120s
                timer 2 +20s
                invoke A #1 {"t":60,"h":20}
        "#]],
    );
    check_ends(&[
        (
            "a text is no timeout",
            &task(r#""TimeoutSecondsPath": "$.t""#),
            json!({"t": "60"}),
            r#"fail States.Runtime: An error occurred while executing the state 'A' (entered at the event id #2). The TimeoutSecondsPath parameter cannot be parsed as a long value: $.t == "60""#,
        ),
        (
            "nor is a negative number",
            &task(r#""TimeoutSecondsPath": "$.t""#),
            json!({"t": -1}),
            r#"fail States.Runtime: An error occurred while executing the state 'A' (entered at the event id #2). The TimeoutSecondsPath parameter references a negative value: $.t == -1"#,
        ),
        (
            "nor is a fraction",
            &task(r#""QueryLanguage": "JSONata", "TimeoutSeconds": "{% 1.5 %}""#),
            json!({}),
            r#"fail States.QueryEvaluationError: An error occurred while executing the state 'A' (entered at the event id #2). The JSONata expression '1.5' specified for the field 'TimeoutSeconds' returned an unexpected value. Expected a whole number that is not negative, but was: 1.5"#,
        ),
    ]);
}

#[test]
fn an_execution_that_takes_too_long_times_out() {
    check_history(
        r#"{"TimeoutSeconds": 5, "StartAt": "A", "States": {"A": {"Type": "Task", "End": true,
            "TimeoutSeconds": 60, "Resource": "arn:aws:states:::sqs:sendMessage"}}}"#,
        &[start(json!({})), fires()],
        expect![[r#"
            1 < 0 ExecutionStarted {}
            2 < 0 TaskStateEntered A {}
            3 < 2 TaskScheduled {} timeoutInSeconds 60
            4 < 3 TaskStarted
            5 < 0 ExecutionTimedOut
        "#]],
    );
}

#[test]
fn an_execution_that_ends_leaves_nothing_behind() {
    let machine = r#"{"TimeoutSeconds": 50, "StartAt": "P", "States": {
        "P": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "A", "States": {"A": {"Type": "Task", "End": true, "TimeoutSeconds": 60,
                "HeartbeatSeconds": 30, "Resource": "arn:aws:states:::sqs:sendMessage"}}},
            {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 70, "End": true}}}]}}}"#;
    check(
        machine,
        &[start(json!({})), stop(), stop(), done(1, json!(1))],
        expect![[r#"
        +0s start {}
            timer 1 +50s
            timer 2 +60s
            timer 3 +30s
            invoke A #1 {}
            timer 4 +70s
        +0s stop
            cancel #1
            cancel timer 1
            cancel timer 2
            cancel timer 3
            cancel timer 4
            abort Stopped: by hand
        +0s stop
            refused: the execution has ended
        +0s done #1 1
            refused: the task has been closed
    "#]],
    );
    check(
        machine,
        &[start(json!({})), fires()],
        expect![[r#"
        +0s start {}
            timer 1 +50s
            timer 2 +60s
            timer 3 +30s
            invoke A #1 {}
            timer 4 +70s
        +30s timer 3 fires
            cancel timer 2
            cancel #1
            cancel timer 4
            cancel timer 1
            fail States.Timeout: -
    "#]],
    );
    check(
        machine,
        &[start(json!({})), failed(1, "E")],
        expect![[r#"
        +0s start {}
            timer 1 +50s
            timer 2 +60s
            timer 3 +30s
            invoke A #1 {}
            timer 4 +70s
        +0s failed #1 E
            cancel timer 2
            cancel timer 3
            cancel timer 4
            cancel timer 1
            fail E: cause
    "#]],
    );
}
