//! What happens to leads, calls and visitors: each scene takes roads that the others do not.

use std::time::Duration;

use atlas_deploy::access::Access;
use definitions::{
    call, lead_to_call,
    resources::{CONTACT_EVENTS, RESPONSE_REQUESTS},
};
use handlers::functions::Handler;
use serde_json::{Value, json};

use crate::{
    payloads::{batch, contact_end, demo_turn, lead, phone_turn, talk_turn},
    stage::Stage,
};

/// Longer than any test.
const AN_HOUR: Duration = Duration::from_secs(60 * 60);

/// Everything that is called when all scenes have been played.
pub(crate) async fn play_all() -> Vec<Access> {
    let (short, long) = tokio::join!(calls_that_end(), calls_that_go_on());
    short.into_iter().chain(long).collect()
}

/// Calls end by themselves, and their events come as Connect sends them, or not.
async fn calls_that_end() -> Vec<Access> {
    let stage = Stage::set(Duration::ZERO).await;
    for (number, fault) in ["early", "never"].iter().enumerate() {
        stage.faults(&[&format!("contact-events:{fault}:1")]).await;
        let road = lead(&format!("roles-{number}"), &format!("+1415555030{number}"));
        stage.start(lead_to_call::NAME, road);
        let ended = stage.all_ended().await;
        assert!(ended.iter().all(|status| *status == "SUCCEEDED"), "{fault}: {ended:?}");
    }
    stage.faults(&[]).await;
    visit(&stage).await;
    park(&stage).await;
    stage.over().await
}

/// A visitor talks, asks for a demo, and is called; somebody else's answer cannot be written.
async fn visit(stage: &Stage) {
    let talk = stage.invoke(Handler::LexFulfillment, talk_turn()).await.unwrap();
    assert_eq!(talk["sessionState"]["dialogAction"]["type"], "ElicitIntent", "{talk}");
    let before = stage.counters()["leads"].as_object().unwrap().clone();
    let demo = stage.invoke(Handler::LexFulfillment, demo_turn()).await.unwrap();
    assert_eq!(demo["sessionState"]["intent"]["state"], "Fulfilled", "{demo}");
    stage.all_ended().await;
    let leads = stage.counters()["leads"].clone();
    let key = leads.as_object().unwrap().keys().find(|key| !before.contains_key(*key)).unwrap();
    let mut turn = phone_turn(key, "hello?");
    for _ in 0..2 {
        let said = stage.invoke(Handler::LexFulfillment, turn).await.unwrap();
        assert!(said["messages"][0]["content"].is_string(), "{said}");
        turn = phone_turn(key, "what does it cost?");
        turn["sessionState"]["sessionAttributes"] =
            said["sessionState"]["sessionAttributes"].clone();
    }
    let write = |topic: &str| {
        let wanted = json!({"intent": "GreetingIntent", "topic": topic, "locale": "en-US"});
        batch(RESPONSE_REQUESTS.name, [("m-1", wanted.to_string())])
    };
    let failures = async |topic: &str| {
        let answer = stage.invoke(Handler::ResponseWriter, write(topic)).await.unwrap();
        answer["batchItemFailures"].as_array().unwrap().len()
    };
    assert_eq!(failures("pricing").await, 0);
    stage.faults(&["bedrock:503:1"]).await;
    assert_eq!(failures("security").await, 1);
    stage.faults(&[]).await;
}

/// A lead that Salesforce does not take, and an outcome of a lead that it does not know.
async fn park(stage: &Stage) {
    stage.faults(&["salesforce:duplicate:1"]).await;
    let parked = stage.start(lead_to_call::NAME, lead("roles-parked", "+14155550340"));
    stage.deployment.engine().wait(&parked).await.unwrap();
    stage.faults(&[]).await;
    let mut unknown = lead("roles-unknown", "+14155550341");
    unknown["leadId"] = json!("00Q5e00000NOBODYXX");
    unknown["scenario"] = json!({"opening": "Hello", "objective": "a demo", "talkingPoints": [],
        "tone": "friendly", "language": "en-US"});
    unknown["callerId"] = Value::Null;
    unknown["attempt"] = json!(1);
    stage.start(call::NAME, unknown);
    let ended = stage.all_ended().await;
    assert_eq!(ended.iter().filter(|status| **status == "FAILED").count(), 2, "{ended:?}");
}

/// Calls that nobody ends but this scene; records that are gone when they are needed.
async fn calls_that_go_on() -> Vec<Access> {
    let mut stage = Stage::set(AN_HOUR).await;
    let key = "roles-open";
    stage.forget("PACE#CONNECT", "CALLS").await;
    stage.start(lead_to_call::NAME, lead(key, "+14155550350"));
    let execution = stage.placed().await;
    let engine = stage.deployment.engine();
    engine.stop(&execution, None, None).unwrap();
    engine.redrive(&execution, None).unwrap();
    stage.placed().await;
    stage.forget("PACE#CONNECT", "CALLS").await;
    stage.forget(key, "LEAD").await;
    let contact = stage.counters()["contacts"].as_object().unwrap().keys().next().unwrap().clone();
    for contact in [contact.as_str(), "00000000-0000-4000-8000-000000000009"] {
        let mut end = contact_end(contact);
        // Connect does not always say why: then it is asked.
        end["detail"].as_object_mut().unwrap().remove("disconnectReason");
        let message = batch(CONTACT_EVENTS.name, [("m-1", end.to_string())]);
        let answer = stage.invoke(Handler::CallEnded, message).await;
        assert_eq!(answer, Ok(json!({"batchItemFailures": []})));
    }
    let ended = stage.all_ended().await;
    assert!(ended.iter().all(|status| *status == "SUCCEEDED"), "{ended:?}");
    stage.over().await
}
