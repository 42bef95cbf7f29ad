//! One state after another.

use expect_test::expect;
use serde_json::json;

use super::harness::{ARN, check, history, machine, see, told};
use crate::{Told, view::view};

#[test]
fn states_follow_each_other() {
    check(
        "1<0 ExecutionStarted
         2<0 PassStateEntered A
         3<2 PassStateExited A
         4<3 TaskStateEntered B
         5<4 TaskScheduled resourceType=lambda resource=invoke
         6<5 TaskStarted
         7<6 TaskSucceeded
         8<7 TaskStateExited B
         9<8 ExecutionSucceeded",
        None,
        expect![[r#"
            SUCCEEDED 1..9
            2 A SUCCEEDED 2..3 #1 SUCCEEDED 2..3
            4 B SUCCEEDED 4..8 #1 SUCCEEDED 5..7
        "#]],
    );
}

#[test]
fn a_task_that_is_tried_again_has_attempts() {
    let lines = "1<0 ExecutionStarted
         2<0 TaskStateEntered T
         3<2 LambdaFunctionScheduled resource=arn
         4<3 LambdaFunctionStarted
         5<4 LambdaFunctionFailed error=E cause=c
         6<5 LambdaFunctionScheduled resource=arn @7
         7<6 LambdaFunctionStarted
         8<7 LambdaFunctionTimedOut error=States.Timeout
         ";
    let definition = machine(json!({ "T": { "Type": "Task", "End": true, "Retry": [
        { "ErrorEquals": ["E"], "IntervalSeconds": 2 },
        { "ErrorEquals": ["States.ALL"], "IntervalSeconds": 5 } ] } }));
    check(
        lines,
        Some(&definition),
        expect![[r#"
            RUNNING 1..
            2 T RUNNING 2.. #1 FAILED 3..5 E #2 TIMED_OUT 7..8 States.Timeout waits for retry 8..13
        "#]],
    );
    check(
        &format!("{lines}9<8 ExecutionFailed error=States.Timeout"),
        Some(&definition),
        expect![[r#"
            FAILED 1..9 because States.Timeout in T attempt 2 event 8
            2 T TIMED_OUT 2..9 #1 FAILED 3..5 E #2 TIMED_OUT 7..8 States.Timeout
        "#]],
    );
    check(
        &format!("{lines}9<8 TaskStateExited T\n 10<9 SucceedStateEntered S"),
        None,
        expect![[r#"
            RUNNING 1..
            2 T CAUGHT 2..9 #1 FAILED 3..5 E #2 TIMED_OUT 7..8 States.Timeout
            10 S RUNNING 10.. #1 RUNNING 10..
        "#]],
    );
}

#[test]
fn what_waits_says_for_what_and_until_when() {
    let begun = "1<0 ExecutionStarted\n 2<0 TaskStateEntered T\n";
    for (scheduled, expected) in [
        ("TaskScheduled resource=invoke", "task None"),
        (
            "TaskScheduled resource=invoke.waitForTaskToken timeoutInSeconds=60",
            "callback Some(63000)",
        ),
        ("TaskScheduled resource=startExecution.sync:2 heartbeatInSeconds=9", "child None"),
        ("ActivityScheduled resource=arn timeoutInSeconds=7", "activity Some(10000)"),
        ("LambdaFunctionScheduled resource=arn", "task None"),
    ] {
        let seen = see(&format!("{begun}3<2 {scheduled}"), None);
        let waits = seen.visits[0].waits.as_ref().unwrap();
        assert_eq!(format!("{} {:?}", waits.waits_for.word(), waits.deadline), expected);
        assert_eq!(crate::view::open_waits(&seen)[0].event, 3);
    }
    for (wait, expected) in [
        (json!({ "Type": "Wait", "Seconds": 30 }), Some(32_000)),
        (json!({ "Type": "Wait", "Timestamp": "1970-01-01T00:01:00Z" }), Some(60_000)),
        (json!({ "Type": "Wait", "SecondsPath": "$.s" }), None),
    ] {
        let definition = machine(json!({ "W": wait }));
        let seen = see("1<0 ExecutionStarted\n 2<0 WaitStateEntered W", Some(&definition));
        assert_eq!(seen.visits[0].waits.as_ref().unwrap().deadline, expected, "{definition}");
    }
}

#[test]
fn a_failure_without_an_event_is_of_the_state_that_was_open() {
    check(
        "1<0 ExecutionStarted
         2<0 ChoiceStateEntered C
         3<2 ExecutionFailed error=States.NoChoiceMatched",
        None,
        expect![[r#"
            FAILED 1..3 because States.NoChoiceMatched in C attempt 1 event 3
            2 C FAILED 2..3 #1 FAILED 2..3 States.NoChoiceMatched
        "#]],
    );
    check(
        "1<0 ExecutionStarted
         2<0 TaskStateEntered T
         3<2 TaskStateExited T
         4<3 FailStateEntered F
         5<4 ExecutionFailed error=E",
        None,
        expect![[r#"
            FAILED 1..5 because E in F attempt 1 event 4
            2 T CAUGHT 2..3 #1 FAILED 2..3
            4 F FAILED 4..5 #1 FAILED 4..4 E
        "#]],
    );
}

#[test]
fn what_is_missing_is_told_and_what_is_there_is_shown() {
    check(
        "2<0 PassStateEntered A
         4<3 TaskStateEntered B
         5<4 TaskScheduled resource=arn
         8<7 TaskStateExited B
         12<11 PassStateExited D
         13<12 ExecutionSucceeded",
        None,
        expect![[r#"
            SUCCEEDED 2..13 gap 1-1 gap 3-3 gap 6-7 gap 9-11
            2 A SUCCEEDED 2..4 #1 SUCCEEDED 2..4
            4 B SUCCEEDED 4..8 #1 SUCCEEDED 5..8
            12 D SUCCEEDED 12..12 #1 SUCCEEDED 12..12
        "#]],
    );
}

#[test]
fn what_is_told_of_the_end_counts_where_its_event_is_missing() {
    let lines =
        history("1<0 ExecutionStarted\n 2<0 TaskStateEntered T\n 3<2 TaskScheduled resource=x");
    for (status, expected) in [
        ("RUNNING", "RUNNING 2 T RUNNING 2.. #1 RUNNING 3.. waits for task 3..? true"),
        ("SUCCEEDED", "SUCCEEDED 2 T SUCCEEDED 2..9 #1 SUCCEEDED 3..9 false"),
        ("FAILED", "FAILED 2 T ABORTED 2..9 #1 ABORTED 3..9 false"),
        ("TIMED_OUT", "TIMED_OUT 2 T TIMED_OUT 2..9 #1 TIMED_OUT 3..9 false"),
    ] {
        let has_ended = status != "RUNNING";
        let seen = view(
            &Told {
                status: Some(status.to_owned()),
                ended_ms: has_ended.then_some(9_000),
                error: has_ended.then(|| "E".to_owned()),
                ..Told::of_arn(ARN)
            },
            &lines,
            None,
        );
        let lines = told(&seen);
        let visit = lines.lines().nth(1).unwrap();
        assert_eq!(format!("{} {visit} {}", seen.status, seen.is_complete), expected);
        let state = seen.failure.and_then(|failure| failure.state);
        assert_eq!(state.as_deref(), has_ended.then_some("T"), "{status}");
    }
}

#[test]
fn an_execution_that_is_stopped_or_takes_too_long_was_somewhere() {
    let begun = "1<0 ExecutionStarted\n 2<0 WaitStateEntered W\n";
    check(
        &format!("{begun}3<0 ExecutionAborted"),
        None,
        expect![[r#"
            ABORTED 1..3
            2 W ABORTED 2..3 #1 ABORTED 2..3
        "#]],
    );
    check(
        &format!("{begun}3<0 WaitStateAborted\n 4<0 ExecutionTimedOut"),
        None,
        expect![[r#"
            TIMED_OUT 1..4 because States.Timeout in - attempt 0 event 4
            2 W ABORTED 2..3 #1 ABORTED 2..3
        "#]],
    );
    check(
        &format!("{begun}3<0 ExecutionTimedOut"),
        None,
        expect![[r#"
            TIMED_OUT 1..3 because States.Timeout in W attempt 1 event 3
            2 W TIMED_OUT 2..3 #1 TIMED_OUT 2..3
        "#]],
    );
}
