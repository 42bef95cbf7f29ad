//! Retriers for what passes by itself: never for what rings or charges, and for the rest once somebody confirms it.

use atlas_import::{
    Examination,
    findings::{Code, Rewriting},
};
use serde_json::{Value, json};

use crate::examining::{examined, examined_unconfirmed};

/// A machine that charges, then rings, with a Pass to remove.
fn charges_and_rings() -> Value {
    json!({"StartAt": "Nothing", "States": {
        "Nothing": {"Type": "Pass", "Next": "Charge"},
        "Charge": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "charge", "Payload.$": "$"}, "Next": "Ring"},
        "Ring": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Parameters": {"FunctionName": "ring", "Payload": {"token.$": "$$.Task.Token"}},
            "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"]}], "End": true},
    }})
}

/// What became of each finding about retries, by the states that it names.
fn of_retries(found: &Examination) -> Vec<(bool, &Rewriting)> {
    let of_retries = found.findings.iter().filter(|it| it.code == Code::NoRetryForTransientErrors);
    of_retries.map(|it| (it.message.contains("`Ring`"), &it.rewriting)).collect()
}

#[test]
fn by_itself_nothing_is_retried_that_was_not() {
    let found = examined_unconfirmed(&charges_and_rings());
    let (_, rewritten) = found.rewritten.as_ref().unwrap();
    assert_eq!(rewritten["States"].get("Nothing"), None);
    assert_eq!(rewritten["States"]["Charge"].get("Retry"), None);
    assert_eq!(rewritten["States"]["Ring"], charges_and_rings()["States"]["Ring"]);
    let [(false, Rewriting::Unconfirmed(orders)), (true, Rewriting::Advice)] =
        of_retries(&found)[..]
    else {
        panic!("{:?}", found.findings)
    };
    assert!(orders[0].contains("`Charge`") && !orders[0].contains("`Ring`"), "{orders:?}");
}

#[test]
fn once_confirmed_a_call_is_retried_and_a_callback_is_not() {
    let found = examined(&charges_and_rings());
    let (_, rewritten) = found.rewritten.as_ref().unwrap();
    assert_eq!(rewritten["States"]["Charge"]["Retry"][0]["MaxAttempts"], 3);
    assert_eq!(rewritten["States"]["Ring"], charges_and_rings()["States"]["Ring"]);
    let [(false, Rewriting::ToConfirm(_)), (true, Rewriting::Advice)] = of_retries(&found)[..]
    else {
        panic!("{:?}", found.findings)
    };
}

#[test]
fn the_calls_that_a_retrier_adds_are_counted() {
    let trial = examined(&charges_and_rings()).trial.unwrap().unwrap();
    assert_eq!(trial.further_calls, [("Charge".to_owned(), 4)].into());
    assert_eq!(trial.differences, []);
}

#[test]
fn what_somebody_wrote_is_not_to_be_retried_stays_so() {
    for error in ["States.ALL", "States.TaskFailed", "Lambda.SdkClientException"] {
        let mut definition = charges_and_rings();
        definition["States"]["Charge"]["Retry"] =
            json!([{"ErrorEquals": [error], "MaxAttempts": 0}]);
        let found = examined(&definition);
        assert!(matches!(of_retries(&found)[..], [(true, Rewriting::Advice)]), "{error}");
        let (_, rewritten) = found.rewritten.unwrap();
        assert_eq!(rewritten["States"]["Charge"], definition["States"]["Charge"]);
    }
}
