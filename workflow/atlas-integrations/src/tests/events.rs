use serde_json::json;

use super::{
    harness::{at, fields, run, task},
    peer::Peer,
};

#[tokio::test]
async fn an_event_names_the_execution_and_its_machine() {
    let answer = r#"{"Entries":[{"EventId":"e-1"}],"FailedEntryCount":0}"#;
    let peer = Peer::start(200, &[], answer).await;
    let parameters = json!({ "Entries": [{
        "Source": "s", "DetailType": "d", "Detail": { "n": 1 }, "Resources": ["r"],
        "Time": "2026-11-21T00:00:00.5Z",
    }] });
    let result = run(at(&peer.url), task("events:putEvents", parameters)).await.unwrap();
    assert_eq!(fields(result), json!({ "Entries": [{ "EventId": "e-1" }], "FailedEntryCount": 0 }));
    let asked = peer.asked();
    assert_eq!(asked.header("x-amz-target"), "AWSEvents.PutEvents");
    assert_eq!(
        asked.json(),
        json!({ "Entries": [{
            "Source": "s", "DetailType": "d", "Detail": "{\"n\":1}",
            "Resources": [
                "r",
                "arn:aws:states:eu-west-1:111122223333:execution:m:e",
                "arn:aws:states:eu-west-1:111122223333:stateMachine:m",
            ],
            "Time": 1_795_219_200.5,
        }] })
    );
}

#[tokio::test]
async fn one_event_that_is_not_taken_fails_the_task() {
    let answer = r#"{"FailedEntryCount":1,"Entries":[{"ErrorCode":"InternalFailure"}]}"#;
    let peer = Peer::start(200, &[], answer).await;
    let parameters = json!({ "Entries": [{ "Source": "s", "DetailType": "d", "Detail": "{}" }] });
    let failed = run(at(&peer.url), task("events:putEvents", parameters)).await;
    assert_eq!(failed, Err(("EventBridge.FailedEntry".to_owned(), answer.to_owned())));
}
