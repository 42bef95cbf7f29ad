//! Executions that were redriven go on where they stopped.

use expect_test::expect;
use serde_json::json;

use super::harness::{check, machine, see};

#[test]
fn attempts_go_on_and_retriers_begin_anew() {
    let lines = "1<0 ExecutionStarted
         2<0 TaskStateEntered T
         3<2 TaskScheduled resource=invoke
         4<3 TaskFailed error=E
         5<4 TaskScheduled resource=invoke
         6<5 TaskFailed error=E
         7<6 ExecutionFailed error=E
         8<7 ExecutionRedriven redriveCount=1
         9<2 TaskScheduled resource=invoke
         10<9 TaskFailed error=E
         ";
    let definition = machine(json!({ "T": { "Type": "Task", "End": true,
        "Retry": [{ "ErrorEquals": ["E"], "MaxAttempts": 1, "IntervalSeconds": 30 }] } }));
    check(
        lines,
        Some(&definition),
        expect![[r#"
            RUNNING 1..
            2 T RUNNING 2.. #1 FAILED 3..4 E #2 FAILED 5..6 E #3 FAILED 9..10 E waits for retry 10..40
        "#]],
    );
    let seen = see(lines, None);
    assert_eq!((seen.redrive_count, seen.failure), (1, None));
    check(
        &format!("{lines}11<10 TaskStateExited T\n 12<11 ExecutionSucceeded"),
        None,
        expect![[r#"
            SUCCEEDED 1..12
            2 T CAUGHT 2..11 #1 FAILED 3..4 E #2 FAILED 5..6 E #3 FAILED 9..10 E
        "#]],
    );
}

/// As the interpreter's own test `branches_go_on_where_they_were_entered` has it.
#[test]
fn only_the_branches_that_did_not_end_go_on() {
    check(
        "1<0 ExecutionStarted
         2<0 ParallelStateEntered P
         3<2 ParallelStateStarted
         4<3 TaskStateEntered S
         5<4 TaskScheduled resource=x
         6<5 TaskStarted
         7<3 TaskStateEntered F
         8<7 TaskScheduled resource=x
         9<8 TaskStarted
         10<3 WaitStateEntered W
         13<6 TaskSucceeded
         14<13 TaskStateExited S
         15<9 TaskFailed error=E
         16<15 TaskStateAborted
         17<15 WaitStateAborted
         18<15 ParallelStateFailed
         19<18 ExecutionFailed error=E
         20<19 ExecutionRedriven redriveCount=1
         21<7 TaskScheduled resource=x
         22<21 TaskStarted
         25<20 WaitStateExited W
         27<22 TaskSucceeded
         28<27 TaskStateExited F
         29<28 ParallelStateSucceeded
         30<28 ParallelStateExited P
         31<30 ExecutionSucceeded",
        None,
        expect![[r#"
            SUCCEEDED 1..31 gap 11-12 gap 23-24 gap 26-26
            2 P SUCCEEDED 2..30 #1 FAILED 2..18 E #2 SUCCEEDED 20..30
              4 S branch 0 SUCCEEDED 4..14 #1 SUCCEEDED 5..13
              7 F branch 1 SUCCEEDED 7..28 #1 FAILED 8..15 E #2 SUCCEEDED 21..27
              10 W branch 2 SUCCEEDED 10..25 #1 ABORTED 10..18 #2 SUCCEEDED 20..25
        "#]],
    );
}

#[test]
fn a_state_that_an_iteration_had_not_come_to_is_entered_in_it() {
    let inside = json!({ "I": { "Type": "Pass", "End": true } });
    let definition = machine(json!({ "M": { "Type": "Map", "End": true,
        "ItemProcessor": { "StartAt": "I", "States": inside } } }));
    check(
        "1<0 ExecutionStarted
         2<0 MapStateEntered M
         3<2 MapStateStarted length=1
         4<3 MapIterationStarted M index=0
         5<4 ExecutionAborted
         6<5 ExecutionRedriven redriveCount=1
         7<6 PassStateEntered I
         8<7 PassStateExited I
         9<8 MapIterationSucceeded M index=0
         10<8 MapStateSucceeded
         11<8 MapStateExited M
         12<11 ExecutionSucceeded",
        Some(&definition),
        expect![[r#"
            SUCCEEDED 1..12
            2 M SUCCEEDED 2..11 #1 ABORTED 2..5 #2 SUCCEEDED 6..11
              7 I item 0 SUCCEEDED 7..8 #1 SUCCEEDED 7..8
        "#]],
    );
}
