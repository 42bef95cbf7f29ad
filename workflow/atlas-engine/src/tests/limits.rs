//! What happens where there are as many executions as the engine takes.

use serde_json::{Value, json};

use super::{create, create_as, only, options, request, start, told};
use crate::{Engine, EngineError, EngineOptions, Limits};

use atlas_asl::model::ExecutionType;

fn engine(limits: Limits) -> Engine {
    Engine::new(EngineOptions { limits, ..options() })
}

/// A machine that starts itself as often as it is told, and again for what it starts.
fn starts_itself(form: &str) -> Value {
    json!({"StartAt": "Again", "States": {
        "Again": {"Type": "Task", "Resource": format!("arn:aws:states:::states:startExecution{form}"),
            "Parameters": {"StateMachineArn.$": "$$.StateMachine.Id", "Input": {}},
            "Next": "Month"},
        "Month": {"Type": "Wait", "Seconds": 2_592_000, "End": true},
    }})
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_starts_itself_fails_when_its_time_is_skipped() {
    let few = Limits { nested_in_skipped_time: 50, ..Limits::default() };
    let shallow = Limits { depth_in_skipped_time: 50, ..Limits::default() };
    for (form, limits, first, said) in [
        ("", few, "SUCCEEDED", "has led to 50 others"),
        (".sync", few, "FAILED", "has led to 50 others"),
        ("", shallow, "SUCCEEDED", "are nested 50 deep"),
        (".sync", shallow, "FAILED", "are nested 50 deep"),
    ] {
        let engine = engine(limits);
        create(&engine, "M", &starts_itself(form));
        let started = start(&engine, "M");
        engine.wait(&started.execution_arn).await.unwrap();
        for one in engine.executions() {
            engine.wait(&one.execution_arn).await.unwrap();
        }
        let all = engine.executions();
        assert_eq!((all.len(), all[0].status()), (51, first));
        let failure = told(all[50].outcome.as_ref().unwrap());
        let name = "FAILED StepFunctions.ExecutionLimitExceededException: ";
        assert!(failure.starts_with(name) && failure.contains(said), "{failure}");
        // Another run has room of its own.
        let other = engine.start(crate::StartRequest { name: None, ..request("M") });
        assert!(other.is_ok(), "{other:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_standard_execution_above_the_limit_is_refused_until_another_one_ends() {
    let engine = engine(Limits { open: 2, ..Limits::default() });
    let rests = only(json!({"Type": "Wait", "Seconds": 60, "End": true}));
    create(&engine, "M", &rests);
    create_as(&engine, "Express", ExecutionType::Express, &rests);
    let start = |machine: &str, name: &str| {
        let name = Some(name.to_owned());
        engine.start(crate::StartRequest { name, time: crate::Time::Real, ..request(machine) })
    };
    let first = start("M", "a").unwrap();
    start("M", "b").unwrap();
    let refused = start("M", "c").unwrap_err();
    assert!(matches!(refused, EngineError::ExecutionLimitExceeded(_)), "{refused}");
    assert_eq!(refused.exception(), Some("ExecutionLimitExceeded"));
    assert!(matches!(
        engine.describe(&first.execution_arn.replace(":a", ":c")),
        Err(EngineError::ExecutionDoesNotExist(_))
    ));
    // The same start is the same execution, and EXPRESS ones do not count.
    assert_eq!(start("M", "a").unwrap().execution_arn, first.execution_arn);
    start("Express", "d").unwrap();
    engine.stop(&first.execution_arn, None, None).unwrap();
    let third = start("M", "c").unwrap();
    assert!(start("M", "e").is_err());
    // One that goes on is open again.
    let refused = engine.redrive(&first.execution_arn, None).unwrap_err();
    assert!(matches!(refused, EngineError::ExecutionLimitExceeded(_)), "{refused}");
    engine.stop(&third.execution_arn, None, None).unwrap();
    engine.redrive(&first.execution_arn, None).unwrap();
    assert!(start("M", "e").is_err());
}
