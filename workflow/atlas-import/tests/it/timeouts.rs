//! Callbacks and jobs with a timeout: what is tried comes back before it.

use atlas_import::findings::{Code, Rewriting};
use serde_json::{Value, json};

use crate::examining::examined;

/// A machine with a Pass to remove and a state that waits.
fn waiting(machine: &Value, waits: &Value) -> Value {
    let mut definition = json!({"StartAt": "Nothing", "States": {
        "Nothing": {"Type": "Pass", "Next": "Ring"},
        "Ring": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Parameters": {"FunctionName": "f", "Payload": {"token.$": "$$.Task.Token"}}, "End": true},
    }});
    for (to, fields) in [("", machine), ("/States/Ring", waits)]
        .map(|(to, fields)| (to, fields.as_object().unwrap()))
    {
        let known = definition.pointer_mut(to).unwrap().as_object_mut().unwrap();
        known.extend(fields.clone());
    }
    definition
}

#[test]
fn a_wait_whose_time_is_assumed_ends_before_its_timeout() {
    let job = json!({"Resource": "arn:aws:states:::glue:startJobRun.sync",
        "Parameters": {"JobName": "j"}, "TimeoutSeconds": 60});
    let activity = json!({"Resource": "arn:aws:states:us-east-1:123456789012:activity:a",
        "Parameters": {}, "TimeoutSeconds": 20, "HeartbeatSeconds": 10});
    for (machine, waits, millis) in [
        (json!({}), json!({"TimeoutSeconds": 60}), 30_000),
        (json!({}), json!({"TimeoutSeconds": 600}), 60_000),
        (json!({}), json!({"HeartbeatSeconds": 30}), 15_000),
        (json!({"TimeoutSeconds": 50}), json!({}), 25_000),
        (json!({"TimeoutSeconds": 50}), json!({"TimeoutSeconds": 80}), 25_000),
        (json!({}), job, 30_000),
        (json!({}), activity, 5_000),
    ] {
        let found = examined(&waiting(&machine, &waits));
        let trial = found.trial.unwrap().unwrap();
        assert!(trial.succeeded > 0, "{machine} {waits}: {trial:?}");
        let timed = trial.timed.unwrap();
        assert_eq!((timed.case.as_str(), timed.original_millis), ("no call fails", millis));
        assert!(found.rewritten.is_some(), "{machine} {waits}");
    }
}

#[test]
fn where_no_case_succeeds_nothing_is_rewritten_and_no_time_is_told() {
    let mut definition = waiting(&json!({}), &json!({"Next": "Lost"}));
    definition["States"]["Ring"].as_object_mut().unwrap().shift_remove("End");
    definition["States"]["Lost"] = json!({"Type": "Fail", "Error": "Lost"});
    let found = examined(&definition);
    let trial = found.trial.unwrap().unwrap();
    assert_eq!((trial.succeeded, trial.timed), (0, None));
    let first = trial.unsuccessful.unwrap();
    assert_eq!((first.case.as_str(), first.ended.as_str()), ("no call fails", "FAILED Lost: -"));
    assert_eq!(found.rewritten, None);
    let pass = found.findings.iter().find(|it| it.code == Code::PassWithoutEffect).unwrap();
    assert_eq!(pass.rewriting, Rewriting::Advice);
}
