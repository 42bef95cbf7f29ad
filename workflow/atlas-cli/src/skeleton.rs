//! A first mock file for a machine: every Task answers as its integration would, ready to edit.

use atlas_asl::model::{Retrier, StateKind, StateMachine, Task};
use serde_json::{Map, Value, json};

use crate::graph::repeated;

/// A mock file and what it leaves out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Skeleton {
    /// The content of a `MockConfigFile.json`.
    pub(crate) config: Value,
    /// What a user should know about it, one sentence each.
    pub(crate) notes: Vec<String>,
}

/// The test case `HappyPath` for a machine of this name. A Task that can be retried also gets a
/// response that throws first, for a case to name instead.
pub(crate) fn skeleton(name: &str, machine: &StateMachine) -> Skeleton {
    let repeated = repeated(machine);
    let mut case = Map::new();
    let mut responses = Map::new();
    let mut notes = Vec::new();
    for located in machine.states() {
        let StateKind::Task(task) = &located.state.kind else { continue };
        let state = located.name.as_str();
        if task.resource.contains(":activity:") {
            notes.push(format!(
                "`{state}` is an activity, which cannot be mocked; a worker has to answer it"
            ));
            continue;
        }
        if case.contains_key(state) {
            notes.push(format!("`{state}` names several states, and one mock answers for all"));
            continue;
        }
        let again = repeated.contains(state);
        let answer = response(&task.resource);
        let succeeds = format!("{state}Succeeds");
        let key = if again { "0-9" } else { "0" };
        responses.insert(succeeds.clone(), json!({ key: { "Return": answer } }));
        case.insert(state.to_owned(), Value::String(succeeds));
        if let Some(error) = retried_error(task) {
            let key = if again { "1-9" } else { "1" };
            let throws = json!({
                "0": { "Throw": { "Error": error, "Cause": "the first attempt fails" } },
                key: { "Return": answer },
            });
            responses.insert(format!("{state}FailsOnce"), throws);
        }
    }
    if case.is_empty() {
        notes.push("the machine has no Task that could be mocked".to_owned());
    }
    let config = json!({
        "StateMachines": { name: { "TestCases": { "HappyPath": case } } },
        "MockedResponses": responses,
    });
    Skeleton { config, notes }
}

/// An error that the Task's first effective retrier matches.
fn retried_error(task: &Task) -> Option<String> {
    let retrier: &Retrier = task.retry.iter().find(|retrier| retrier.max_attempts != Some(0))?;
    match retrier.error_equals.first().map(String::as_str) {
        Some("States.ALL" | "States.TaskFailed") | None => Some("Sample.Error".to_owned()),
        Some(error) => Some(error.to_owned()),
    }
}

/// What an integration returns, with the fields that it always has.
fn response(resource: &str) -> Value {
    let Some((_, action)) = resource.split_once(":states:::") else {
        // A function's ARN, or a placeholder for one: the payload itself.
        return json!({});
    };
    if action.ends_with(".waitForTaskToken") || action.starts_with("aws-sdk:") {
        return json!({});
    }
    match action {
        "lambda:invoke" => with_metadata(json!({
            "ExecutedVersion": "$LATEST",
            "Payload": {},
            "StatusCode": 200,
        })),
        "states:startExecution" => with_metadata(json!({
            "ExecutionArn": EXECUTION,
            "StartDate": "2026-01-01T00:00:00.000Z",
        })),
        "states:startExecution.sync" => described(json!("{}")),
        "states:startExecution.sync:2" => described(json!({})),
        "sqs:sendMessage" => with_metadata(json!({
            "MD5OfMessageBody": "99914b932bd37a50b983c5e7c90ae93b",
            "MessageId": "00000000-0000-0000-0000-000000000000",
        })),
        "sns:publish" => {
            with_metadata(json!({ "MessageId": "00000000-0000-0000-0000-000000000000" }))
        }
        "dynamodb:getItem" => with_metadata(json!({ "Item": {} })),
        "dynamodb:putItem" | "dynamodb:updateItem" | "dynamodb:deleteItem" => {
            with_metadata(json!({}))
        }
        "events:putEvents" => with_metadata(json!({
            "Entries": [{ "EventId": "00000000-0000-0000-0000-000000000000" }],
            "FailedEntryCount": 0,
        })),
        _ => json!({}),
    }
}

const EXECUTION: &str = "arn:aws:states:us-east-1:123456789012:execution:Machine:mocked";

/// A finished child execution; input and output are text or JSON, as the integration has them.
fn described(data: Value) -> Value {
    json!({
        "ExecutionArn": EXECUTION,
        "Input": data,
        "InputDetails": { "Included": true },
        "Name": "mocked",
        "Output": data,
        "OutputDetails": { "Included": true },
        "StartDate": 1_767_225_600_000_i64,
        "StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:Machine",
        "Status": "SUCCEEDED",
        "StopDate": 1_767_225_601_000_i64,
    })
}

/// What every optimised integration adds.
fn with_metadata(mut response: Value) -> Value {
    response["SdkHttpMetadata"] = json!({
        "AllHttpHeaders": {},
        "HttpHeaders": {},
        "HttpStatusCode": 200,
    });
    response["SdkResponseMetadata"] =
        json!({ "RequestId": "00000000-0000-0000-0000-000000000000" });
    response
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    const INVOKE: &str = "arn:aws:states:::lambda:invoke";

    fn task(resource: &str) -> Value {
        json!({ "Type": "Task", "Resource": resource, "End": true })
    }

    /// A machine of these states, which begins with the first.
    fn check(states: Value, expected: Expect) {
        let first = states.as_object().and_then(|states| states.keys().next()).cloned();
        let definition = json!({ "StartAt": first, "States": states });
        let (machine, faults) = atlas_asl::parse::parse_value(&definition);
        assert!(faults.is_empty(), "{faults:?}");
        let skeleton = skeleton("Machine", &machine.expect("it is an object"));
        let config = serde_json::to_string(&skeleton.config).expect("values have a text");
        let config = config
            .replace(r#""SdkHttpMetadata":{"AllHttpHeaders":{},"HttpHeaders":{},"HttpStatusCode":200},"SdkResponseMetadata":{"RequestId":"00000000-0000-0000-0000-000000000000"}"#, "…")
            .replace(r#"}},"#, "}},\n");
        expected.assert_eq(&format!("{config}\n{}", skeleton.notes.join("\n")));
    }

    #[test]
    fn every_task_at_every_depth_has_an_answer() {
        check(
            json!({
                "Prepare": { "Type": "Parallel", "Next": "StartCall", "Branches": [
                    { "StartAt": "CreateLead", "States": { "CreateLead": task(INVOKE) } },
                    { "StartAt": "GenerateScenario", "States": {
                        "GenerateScenario": task(INVOKE) } } ] },
                "StartCall": { "Type": "Task", "End": true,
                    "Resource": "arn:aws:states:::states:startExecution",
                    "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "ParkLead" }] },
                "ParkLead": task("arn:aws:states:::dynamodb:putItem"),
            }),
            expect![[r#"
                {"StateMachines":{"Machine":{"TestCases":{"HappyPath":{"StartCall":"StartCallSucceeds","ParkLead":"ParkLeadSucceeds","CreateLead":"CreateLeadSucceeds","GenerateScenario":"GenerateScenarioSucceeds"}}}},
                "MockedResponses":{"StartCallSucceeds":{"0":{"Return":{"ExecutionArn":"arn:aws:states:us-east-1:123456789012:execution:Machine:mocked","StartDate":"2026-01-01T00:00:00.000Z",…}}},
                "ParkLeadSucceeds":{"0":{"Return":{…}}},
                "CreateLeadSucceeds":{"0":{"Return":{"ExecutedVersion":"$LATEST","Payload":{},"StatusCode":200,…}}},
                "GenerateScenarioSucceeds":{"0":{"Return":{"ExecutedVersion":"$LATEST","Payload":{},"StatusCode":200,…}}}}}
            "#]],
        );
    }

    #[test]
    fn what_may_repeat_has_answers_for_ten_visits() {
        check(
            json!({
                "InvokeOutboundCall": { "Type": "Task", "Next": "ShouldRedial",
                    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken" },
                "ShouldRedial": { "Type": "Choice", "Default": "UpdateLead", "Choices": [
                    { "Variable": "$.again", "BooleanEquals": true, "Next": "WaitToRedial" }] },
                "WaitToRedial": { "Type": "Wait", "Seconds": 300, "Next": "InvokeOutboundCall" },
                "UpdateLead": { "Type": "Task", "Resource": INVOKE, "End": true,
                    "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "ParkOutcome" }] },
                "ParkOutcome": task("arn:aws:states:::dynamodb:putItem"),
            }),
            expect![[r#"
                {"StateMachines":{"Machine":{"TestCases":{"HappyPath":{"InvokeOutboundCall":"InvokeOutboundCallSucceeds","UpdateLead":"UpdateLeadSucceeds","ParkOutcome":"ParkOutcomeSucceeds"}}}},
                "MockedResponses":{"InvokeOutboundCallSucceeds":{"0-9":{"Return":{}}},
                "UpdateLeadSucceeds":{"0":{"Return":{"ExecutedVersion":"$LATEST","Payload":{},"StatusCode":200,…}}},
                "ParkOutcomeSucceeds":{"0":{"Return":{…}}}}}
            "#]],
        );
        check(
            json!({
                "Items": { "Type": "Map", "Next": "After", "ItemProcessor": {
                    "StartAt": "Each", "States": { "Each": task(INVOKE) } } },
                "After": task(INVOKE),
            }),
            expect![[r#"
                {"StateMachines":{"Machine":{"TestCases":{"HappyPath":{"After":"AfterSucceeds","Each":"EachSucceeds"}}}},
                "MockedResponses":{"AfterSucceeds":{"0":{"Return":{"ExecutedVersion":"$LATEST","Payload":{},"StatusCode":200,…}}},
                "EachSucceeds":{"0-9":{"Return":{"ExecutedVersion":"$LATEST","Payload":{},"StatusCode":200,…}}}}}
            "#]],
        );
    }

    #[test]
    fn a_retried_task_has_a_sample_that_throws() {
        let mut publish = task("arn:aws:states:::sns:publish");
        publish["Retry"] = json!([{ "ErrorEquals": ["Sns.Throttled"] }]);
        check(
            json!({ "Publish": publish }),
            expect![[r#"
            {"StateMachines":{"Machine":{"TestCases":{"HappyPath":{"Publish":"PublishSucceeds"}}}},
            "MockedResponses":{"PublishSucceeds":{"0":{"Return":{"MessageId":"00000000-0000-0000-0000-000000000000",…}}},
            "PublishFailsOnce":{"0":{"Throw":{"Error":"Sns.Throttled","Cause":"the first attempt fails"}},
            "1":{"Return":{"MessageId":"00000000-0000-0000-0000-000000000000",…}}}}}
        "#]],
        );
    }

    #[test]
    fn activities_are_left_out_and_named() {
        check(
            json!({
                "Ask": { "Type": "Task", "Next": "P",
                    "Resource": "arn:aws:states:us-east-1:123456789012:activity:Work" },
                "P": { "Type": "Pass", "End": true },
            }),
            expect![[r#"
            {"StateMachines":{"Machine":{"TestCases":{"HappyPath":{}}}},
            "MockedResponses":{}}
            `Ask` is an activity, which cannot be mocked; a worker has to answer it
            the machine has no Task that could be mocked"#]],
        );
    }

    #[test]
    fn each_integration_has_its_shape() {
        for (resource, fields) in [
            (INVOKE, "ExecutedVersion Payload StatusCode SdkHttpMetadata SdkResponseMetadata"),
            ("arn:aws:states:::lambda:invoke.waitForTaskToken", ""),
            ("arn:aws:lambda:us-east-1:123456789012:function:F", ""),
            ("${CreateLeadFunctionArn}", ""),
            (
                "arn:aws-cn:states:::states:startExecution",
                "ExecutionArn StartDate SdkHttpMetadata SdkResponseMetadata",
            ),
            (
                "arn:aws:states:::sqs:sendMessage",
                "MD5OfMessageBody MessageId SdkHttpMetadata SdkResponseMetadata",
            ),
            ("arn:aws:states:::sns:publish", "MessageId SdkHttpMetadata SdkResponseMetadata"),
            ("arn:aws:states:::dynamodb:getItem", "Item SdkHttpMetadata SdkResponseMetadata"),
            ("arn:aws:states:::dynamodb:putItem", "SdkHttpMetadata SdkResponseMetadata"),
            (
                "arn:aws:states:::events:putEvents",
                "Entries FailedEntryCount SdkHttpMetadata SdkResponseMetadata",
            ),
            ("arn:aws:states:::aws-sdk:s3:listBuckets", ""),
            ("arn:aws:states:::ecs:runTask.sync", ""),
        ] {
            let response = response(resource);
            let names: Vec<&str> =
                response.as_object().expect("all are objects").keys().map(String::as_str).collect();
            assert_eq!(names.join(" "), fields, "{resource}");
        }
        assert_eq!(response("arn:aws:states:::states:startExecution.sync")["Output"], json!("{}"));
        assert_eq!(response("arn:aws:states:::states:startExecution.sync:2")["Output"], json!({}));
    }
}
