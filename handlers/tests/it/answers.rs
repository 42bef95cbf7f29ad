//! What a built binary answers to what AWS sends: a chat's turn, a batch of events, a step.

use definitions::resources::CONTACT_EVENTS;
use handlers::functions::Handler;
use serde_json::{Value, json};

use crate::{
    deployed::{deployment, invoke},
    payloads::{batch, contact_end, demo_turn, lead, talk_turn},
};

async fn check(handler: Handler, payload: Value, check: impl FnOnce(Result<Value, Value>)) {
    let deployment = deployment(&[handler]).await;
    check(invoke(&deployment, handler, payload).await);
    deployment.stop().await;
}

#[tokio::test]
async fn a_turn_of_the_chat_is_answered_as_lex_takes_it() {
    let told = |action: &'static str, state: Value| {
        move |answer: Result<Value, Value>| {
            let answer = answer.unwrap();
            let session = &answer["sessionState"];
            assert_eq!(session["dialogAction"]["type"], action, "{answer}");
            assert_eq!(session["intent"]["state"], state, "{answer}");
            assert!(session["sessionAttributes"].is_object(), "{answer}");
            let message = &answer["messages"][0];
            assert_eq!(message["contentType"], "PlainText", "{answer}");
            assert_ne!(message["content"].as_str().unwrap(), "", "{answer}");
        }
    };
    check(Handler::LexFulfillment, demo_turn(), told("Close", json!("Fulfilled"))).await;
    check(Handler::LexFulfillment, talk_turn(), told("ElicitIntent", Value::Null)).await;
}

#[tokio::test]
async fn of_a_batch_of_contact_events_only_what_cannot_be_read_comes_again() {
    let end = contact_end("11111111-2222-4333-8444-555555555555").to_string();
    let messages = [("m-1", end), ("m-2", "no event".to_owned()), ("m-3", "{}".to_owned())];
    let expected = json!({"batchItemFailures": [{"itemIdentifier": "m-2"}]});
    let answered = |answer| assert_eq!(answer, Ok(expected));
    check(Handler::CallEnded, batch(CONTACT_EVENTS.name, messages), answered).await;
}

#[tokio::test]
async fn a_step_answers_its_output_or_an_error_by_its_name_in_the_contract() {
    let step = lead("answers-1", "+14155550123");
    check(Handler::CreateLead, step.clone(), |answer| {
        let answer = answer.unwrap();
        assert_eq!(answer["created"], true, "{answer}");
        assert_eq!(answer["leadId"].as_str().map(str::len), Some(18), "{answer}");
    })
    .await;
    let mut without = step;
    without.as_object_mut().unwrap().remove("lead");
    let message = "the payload broke the contract at `.`; it has no `lead`";
    let expected = json!({"errorType": "Input.Invalid", "errorMessage": message});
    check(Handler::CreateLead, without, |answer| assert_eq!(answer, Err(expected))).await;
}
