//! Journals cut short: what a recovery orders again, and what memory a waiting execution keeps.

use atlas_asl::model::ExecutionType;
use serde_json::json;

use super::harness::{
    Given, NOW, child_done, execution_of, failed, fires, history, machine, run, scheduled, start,
    submitted, taken,
};

const WAITS: &str = r#"{"A": {"Type": "Pass", "Assign": {"x": {"n": 1}}, "Next": "M"},
    "M": {"Type": "Map", "MaxConcurrency": 2, "ItemsPath": "$.items", "End": true, "ItemProcessor": {
        "StartAt": "B", "States": {
            "B": {"Type": "Pass", "Assign": {"y.$": "$"}, "Next": "W"},
            "W": {"Type": "Wait", "Seconds": 5, "Next": "C"},
            "C": {"Type": "Pass", "Parameters": {"x.$": "$x", "y.$": "$y", "i.$": "$$.Map.Item.Value"},
                "End": true}}}}}"#;

#[test]
fn shedding_changes_nothing_that_can_be_seen() {
    let program = machine(WAITS);
    let given = [start(json!({"items": [1, 2, 3]})), fires(), fires(), fires()];
    let whole = run(&program, &given);
    let mut execution = execution_of(&program, ExecutionType::Standard);
    for event in whole.journal {
        crate::step(&mut execution, event);
        execution.shed();
        execution.shed();
    }
    assert_eq!(history(&execution), history(&whole.execution));
}

#[test]
fn shedding_keeps_what_is_shared_shared() {
    let program = machine(WAITS);
    let mut execution = run(&program, &[start(json!({"items": [1, 2]}))]).execution;
    let input = execution.input().expect("it has begun").clone();
    execution.shed();
    let kept = execution.input().expect("it has begun").clone();
    assert!(!kept.is_same(&input), "the tree is gone");
    let told = execution.history().iter().find_map(|event| match &event.detail {
        crate::history::Detail::ExecutionStarted { input, .. } => Some(input.clone()),
        _ => None,
    });
    assert!(told.expect("the first event").is_same(&kept), "the history's is the same document");
    execution.shed();
    assert!(execution.input().expect("it has begun").is_same(&kept), "what is shed is not copied");
    let frames: Vec<_> = execution.branches.values().map(|branch| &branch.variables).collect();
    assert_eq!(frames.len(), 3);
    for frame in &frames[1..] {
        assert!(frame.outer().is_some_and(|outer| outer.is_same(frames[0])));
    }
}

#[test]
fn a_journal_of_thousands_of_children_leaves_only_its_end_unsettled() {
    let program = machine(
        r#"{"M": {"Type": "Map", "ResultPath": null, "End": true, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "A", "States": {"A": {"Type": "Task", "End": true, "TimeoutSeconds": 60,
            "Resource": "arn:aws:states:::sqs:sendMessage"}}}}}"#,
    );
    let count = 4_800;
    let mut given = vec![start(json!((0..count).collect::<Vec<_>>()))];
    given.extend((1..=count).map(|child| child_done(child, json!(child))));
    let journal = given.into_iter().map(|given| {
        let Given::Fact(fact) = given else { unreachable!("all of them are facts") };
        crate::Event { at: NOW, fact }
    });
    let recovered = crate::recover(execution_of(&program, ExecutionType::Standard), journal);
    let unsettled: Vec<_> = recovered.unsettled.iter().map(|one| &one.command).collect();
    assert!(matches!(&unsettled[..], [crate::Command::Finish(_)]));
}

#[test]
fn a_recovery_says_what_was_taken_and_how_often_a_state_was_tried() {
    let program = machine(
        r#"{"P": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "A", "States": {"A": {"Type": "Task", "End": true,
                "Resource": "arn:aws:states:us-east-1:111111111111:activity:a",
                "Retry": [{"ErrorEquals": ["E"]}]}}},
            {"StartAt": "B", "States": {"B": {"Type": "Task", "End": true,
                "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}}},
            {"StartAt": "C", "States": {"C": {"Type": "Task", "End": true,
                "Resource": "arn:aws:states:::sqs:sendMessage"}}}]}}"#,
    );
    let given = [
        start(json!({})),
        scheduled(1),
        taken(1),
        failed(1, "E"),
        fires(),
        submitted(2, json!({"id": 7})),
        scheduled(4),
        taken(4),
    ];
    let journal = run(&program, &given).journal;
    let told = |count: usize| {
        let execution = execution_of(&program, ExecutionType::Standard);
        let recovered = crate::recover(execution, journal[..count].iter().cloned());
        assert_eq!(recovered.last_at, journal[count - 1].at);
        let open = recovered.unsettled.iter().map(|one| match &one.command {
            crate::Command::InvokeTask(request) => {
                let taken = if one.is_taken { " taken" } else { "" };
                format!("{}#{}{taken}", request.state, one.number)
            }
            other => format!("{other:?}").chars().take_while(|c| c.is_alphabetic()).collect(),
        });
        open.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(told(1), "A#0, B#0, C#0");
    assert_eq!(told(2), "A#0, B#0, C#0");
    assert_eq!(told(3), "A#0 taken, B#0, C#0");
    assert_eq!(told(4), "B#0, C#0, StartTimer");
    assert_eq!(told(5), "B#0, C#0, A#1");
    assert_eq!(told(8), "B#0 taken, C#0, A#1 taken");
}
