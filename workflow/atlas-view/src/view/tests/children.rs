//! What an execution starts, and who started it.

use expect_test::expect;
use serde_json::json;

use super::harness::{check, history, see};
use crate::{Told, view::view};

#[test]
fn executions_and_map_runs_are_children() {
    check(
        r#"1<0 ExecutionStarted
           2<0 TaskStateEntered A
           3<2 TaskScheduled resourceType=states resource=startExecution.sync:2
           4<3 TaskStarted
           5<4 TaskSubmitted resource=startExecution.sync:2 output={"ExecutionArn":"arn:a"}
           6<5 TaskSucceeded resource=startExecution.sync:2 output={"ExecutionArn":"arn:a"}
           7<6 TaskStateExited A
           8<7 TaskStateEntered B
           9<8 TaskScheduled resourceType=aws-sdk:sfn resource=startSyncExecution
           10<9 TaskSucceeded resource=startSyncExecution output={"ExecutionArn":"arn:b"}
           11<10 TaskStateExited B
           12<11 TaskStateEntered C
           13<12 TaskScheduled resourceType=states resource=startExecution.sync
           14<13 TaskFailed resource=startExecution.sync error=States.TaskFailed cause={"ExecutionArn":"arn:c","Error":"E"}
           15<14 TaskScheduled resourceType=states resource=startExecution.sync
           16<15 TaskSubmitted resource=startExecution.sync output={"ExecutionArn":"arn:d"}"#,
        None,
        expect![[r#"
            RUNNING 1..
            2 A SUCCEEDED 2..7 #1 SUCCEEDED 3..6
            8 B SUCCEEDED 8..11 #1 SUCCEEDED 9..10
            12 C RUNNING 12.. #1 FAILED 13..14 States.TaskFailed #2 RUNNING 15.. waits for child 15..?
            child arn:a of 2#1
            child arn:b of 8#1
            child arn:c of 12#1
            child arn:d of 12#2
        "#]],
    );
}

#[test]
fn a_map_run_that_failed_is_redriven() {
    let failed = "1<0 ExecutionStarted
         2<0 MapStateEntered M
         3<2 MapStateStarted length=3
         4<3 MapRunStarted mapRunArn=arn:run
         ";
    check(
        failed,
        None,
        expect![[r#"
            RUNNING 1..
            2 M RUNNING 2.. #1 RUNNING 2.. waits for child 2..?
            child arn:run of 2#1
        "#]],
    );
    check(
        &format!(
            "{failed}5<4 MapRunFailed error=States.ExceedToleratedFailureThreshold
             6<5 MapStateFailed
             7<6 ExecutionFailed error=States.ExceedToleratedFailureThreshold
             8<7 ExecutionRedriven redriveCount=1
             9<8 MapRunRedriven mapRunArn=arn:run redriveCount=1
             10<9 MapRunSucceeded
             11<10 MapStateSucceeded
             12<10 MapStateExited M
             13<12 ExecutionSucceeded"
        ),
        None,
        expect![[r#"
            SUCCEEDED 1..13
            2 M SUCCEEDED 2..12 #1 FAILED 2..5 States.ExceedToleratedFailureThreshold #2 SUCCEEDED 8..12
            child arn:run of 2#1
        "#]],
    );
}

#[test]
fn who_started_it_is_in_its_input_or_told() {
    let input = json!({ "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "arn:parent" });
    let lines = format!("1<0 ExecutionStarted input={}", input);
    assert_eq!(see(&lines, None).parent_arn.as_deref(), Some("arn:parent"));
    let told = Told { parent_arn: Some("arn:p".to_owned()), ..Told::of_arn("arn") };
    assert_eq!(view(&told, &history(&lines), None).parent_arn.as_deref(), Some("arn:p"));
}

#[test]
fn names_that_nobody_told_are_in_the_arn() {
    for (arn, name, machine) in [
        (
            "arn:aws:states:us-east-1:111111111111:execution:m:e",
            "e",
            "arn:aws:states:us-east-1:111111111111:stateMachine:m",
        ),
        (
            "arn:aws:states:us-east-1:111111111111:express:m:e:0b7f",
            "e",
            "arn:aws:states:us-east-1:111111111111:stateMachine:m",
        ),
        (
            "arn:aws:states:us-east-1:111111111111:execution:m/Label:e",
            "e",
            "arn:aws:states:us-east-1:111111111111:stateMachine:m",
        ),
        ("e", "e", ""),
    ] {
        let seen = view(&Told::of_arn(arn), &history(""), None);
        assert_eq!((seen.name.as_str(), seen.state_machine_arn.as_str()), (name, machine));
    }
}
