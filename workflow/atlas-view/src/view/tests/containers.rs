//! Parallel and Map, one inside another, tried again, caught.

use expect_test::expect;
use serde_json::json;

use super::harness::{check, history, machine};
use crate::view::events_of_visit;

#[test]
fn branches_and_iterations_are_around_what_is_in_them() {
    let lines = "1<0 ExecutionStarted
         2<0 ParallelStateEntered P
         3<2 ParallelStateStarted
         4<3 PassStateEntered A
         5<3 MapStateEntered M
         6<5 MapStateStarted length=2
         7<4 PassStateExited A
         8<7 PassStateEntered A2
         9<6 MapIterationStarted M index=0
         10<6 MapIterationStarted M index=1
         11<9 PassStateEntered I
         12<10 PassStateEntered I
         13<8 PassStateExited A2
         14<12 PassStateExited I
         15<14 MapIterationSucceeded M index=1
         16<11 PassStateExited I
         17<16 MapIterationSucceeded M index=0
         18<16 MapStateSucceeded
         19<16 MapStateExited M
         20<19 ParallelStateSucceeded
         21<19 ParallelStateExited P
         22<21 SucceedStateEntered S
         23<22 SucceedStateExited S
         24<23 ExecutionSucceeded";
    check(
        lines,
        None,
        expect![[r#"
            SUCCEEDED 1..24
            2 P SUCCEEDED 2..21 #1 SUCCEEDED 2..21
              4 A branch 0 SUCCEEDED 4..7 #1 SUCCEEDED 4..7
              5 M branch 1 SUCCEEDED 5..19 #1 SUCCEEDED 5..19
              8 A2 branch 0 SUCCEEDED 8..13 #1 SUCCEEDED 8..13
                11 I item 0 SUCCEEDED 11..16 #1 SUCCEEDED 11..16
                12 I item 1 SUCCEEDED 12..14 #1 SUCCEEDED 12..14
            22 S SUCCEEDED 22..23 #1 SUCCEEDED 22..23
        "#]],
    );
}

#[test]
fn the_events_of_a_visit_are_its_own() {
    let history = history(TRIED_AGAIN);
    assert_eq!(events_of_visit(&history, None, 2), [2, 3]);
    assert_eq!(events_of_visit(&history, None, 4), [4, 5, 7, 8, 9]);
    assert_eq!(events_of_visit(&history, None, 6), [6]);
    assert!(events_of_visit(&history, None, 5).is_empty());
}

#[test]
fn iterations_one_after_another_are_told_apart() {
    check(
        "1<0 ExecutionStarted
         2<0 MapStateEntered M
         3<2 MapStateStarted length=2
         4<3 MapIterationStarted M index=0
         5<4 PassStateEntered I
         6<5 PassStateExited I
         7<6 MapIterationSucceeded M index=0
         8<6 MapIterationStarted M index=1
         9<8 PassStateEntered I",
        None,
        expect![[r#"
            RUNNING 1..
            2 M RUNNING 2.. #1 RUNNING 2..
              5 I item 0 SUCCEEDED 5..6 #1 SUCCEEDED 5..6
              9 I item 1 RUNNING 9.. #1 RUNNING 9..
        "#]],
    );
}

const TRIED_AGAIN: &str = "1<0 ExecutionStarted
     2<0 ParallelStateEntered P
     3<2 ParallelStateStarted
     4<3 TaskStateEntered T
     5<4 TaskScheduled resource=invoke
     6<3 WaitStateEntered W
     7<5 TaskFailed error=E
     8<7 TaskStateAborted
     9<7 WaitStateAborted
     ";

#[test]
fn a_parallel_that_is_tried_again_stops_its_branches_and_begins_them_anew() {
    let again = "10<7 ParallelStateStarted @20
         11<10 TaskStateEntered T
         12<11 TaskScheduled resource=invoke
         13<10 WaitStateEntered W
         14<12 TaskFailed error=F
         15<14 TaskStateAborted
         16<14 WaitStateAborted
         17<14 ParallelStateFailed
         ";
    check(
        &format!("{TRIED_AGAIN}{again}18<17 ExecutionFailed error=F"),
        None,
        expect![[r#"
            FAILED 1..18 because F in T attempt 1 event 14
            2 P FAILED 2..18 #1 FAILED 2..7 E #2 FAILED 20..17 F
              4 T branch 0 FAILED 4..7 #1 FAILED 5..7 E
              6 W branch 1 ABORTED 6..7 #1 ABORTED 6..7
              11 T branch 0 FAILED 11..17 #1 FAILED 12..14 F
              13 W branch 1 ABORTED 13..17 #1 ABORTED 13..17
        "#]],
    );
    check(
        &format!("{TRIED_AGAIN}{again}18<17 ParallelStateExited P\n 19<18 PassStateEntered Q"),
        None,
        expect![[r#"
            RUNNING 1..
            2 P CAUGHT 2..18 #1 FAILED 2..7 E #2 FAILED 20..17 F
              4 T branch 0 FAILED 4..7 #1 FAILED 5..7 E
              6 W branch 1 ABORTED 6..7 #1 ABORTED 6..7
              11 T branch 0 FAILED 11..17 #1 FAILED 12..14 F
              13 W branch 1 ABORTED 13..17 #1 ABORTED 13..17
            19 Q RUNNING 19.. #1 RUNNING 19..
        "#]],
    );
}

#[test]
fn what_no_retry_inside_knows_the_parallel_around_waits_to_try_again() {
    let inside = json!({ "T": { "Type": "Task", "End": true,
        "Retry": [{ "ErrorEquals": ["Other"] }] } });
    let waits = json!({ "W": { "Type": "Wait", "Seconds": 90, "End": true } });
    let definition = machine(json!({ "P": { "Type": "Parallel", "End": true,
        "Branches": [{ "StartAt": "T", "States": inside }, { "StartAt": "W", "States": waits }],
        "Retry": [{ "ErrorEquals": ["E"], "IntervalSeconds": 60 }] } }));
    check(
        TRIED_AGAIN,
        Some(&definition),
        expect![[r#"
            RUNNING 1..
            2 P RUNNING 2.. #1 FAILED 2..7 E waits for retry 7..67
              4 T branch 0 FAILED 4..7 #1 FAILED 5..7 E
              6 W branch 1 ABORTED 6..7 #1 ABORTED 6..7
        "#]],
    );
}

#[test]
fn the_deepest_state_that_failed_is_the_cause() {
    check(
        "1<0 ExecutionStarted
         2<0 ParallelStateEntered P
         3<2 ParallelStateStarted
         4<3 MapStateEntered M
         5<4 MapStateStarted length=2
         6<5 MapIterationStarted M index=0
         7<5 MapIterationStarted M index=1
         8<6 TaskStateEntered T
         9<8 TaskScheduled resource=invoke
         10<7 TaskStateEntered T
         11<10 TaskScheduled resource=invoke
         12<11 TaskFailed error=E
         13<12 MapIterationAborted M index=0
         14<12 TaskStateAborted
         15<12 MapIterationFailed M index=1
         16<12 TaskStateAborted
         17<12 MapStateFailed
         18<17 ParallelStateFailed
         19<18 ExecutionFailed error=E",
        None,
        expect![[r#"
            FAILED 1..19 because E in T attempt 1 event 12
            2 P FAILED 2..19 #1 FAILED 2..18 E
              4 M branch 0 FAILED 4..18 #1 FAILED 4..17 E
                8 T item 0 ABORTED 8..13 #1 ABORTED 9..13
                10 T item 1 FAILED 10..15 #1 FAILED 11..12 E
        "#]],
    );
    check(
        "1<0 ExecutionStarted
         2<0 ParallelStateEntered P
         3<2 ParallelStateStarted
         4<3 PassStateEntered A
         5<4 PassStateExited A
         6<5 ExecutionFailed error=States.Runtime",
        None,
        expect![[r#"
            FAILED 1..6 because States.Runtime in P attempt 1 event 6
            2 P FAILED 2..6 #1 FAILED 2..6 States.Runtime
              4 A branch 0 SUCCEEDED 4..5 #1 SUCCEEDED 4..5
        "#]],
    );
}

#[test]
fn the_definition_tells_where_a_state_is_when_what_is_around_it_is_missing() {
    let inside =
        json!({ "I": { "Type": "Pass", "Next": "J" }, "J": { "Type": "Pass", "End": true } });
    let definition = machine(json!({
        "M": { "Type": "Map", "ItemProcessor": { "StartAt": "I", "States": inside }, "Next": "Z" },
        "Z": { "Type": "Pass", "End": true } }));
    check(
        "1<0 ExecutionStarted
         2<0 MapStateEntered M
         5<4 PassStateEntered I
         9<8 PassStateEntered Z",
        Some(&definition),
        expect![[r#"
            RUNNING 1.. gap 3-4 gap 6-8
            2 M SUCCEEDED 2..9 #1 SUCCEEDED 2..9
              5 I SUCCEEDED 5..9 #1 SUCCEEDED 5..9
            9 Z RUNNING 9.. #1 RUNNING 9..
        "#]],
    );
}
