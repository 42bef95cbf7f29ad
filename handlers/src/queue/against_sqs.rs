//! The queue against SQS: of the sandbox, and of moto where it runs.

use atlas_sandbox::{Options, Sandbox};
use aws_sdk_sqs::Client;

use super::{MessageQueue, SqsQueue, WriteResponse};
use crate::against_peers::{client_config, unique};

async fn check(endpoint: &str) {
    println!("against {endpoint}");
    let config = client_config(endpoint).await;
    let client = Client::new(&config);
    let created = client.create_queue().queue_name(unique("responses")).send().await.unwrap();
    let url = created.queue_url.unwrap();
    let message = WriteResponse {
        intent: "GreetingIntent".to_owned(),
        topic: "prices & <terms>, ü".to_owned(),
        locale: "en-US".to_owned(),
    };
    SqsQueue::new(client.clone(), url.clone()).send(&message).await.unwrap();
    let received = client.receive_message().queue_url(&url).wait_time_seconds(20).send().await;
    let bodies: Vec<WriteResponse> = received
        .unwrap()
        .messages()
        .iter()
        .map(|message| serde_json::from_str(message.body().unwrap()).unwrap())
        .collect();
    assert_eq!(bodies, std::slice::from_ref(&message));

    let error =
        SqsQueue::new(client.clone(), format!("{url}-none")).send(&message).await.unwrap_err();
    // The name of the service's older protocol, which it still answers with under the newer one.
    let absent = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];
    assert!(absent.contains(&error.0.as_str()), "{error}");
}

#[tokio::test]
async fn a_message_arrives_as_it_was_sent_and_an_absent_queue_is_named() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    check(sandbox.base_url()).await;
    if let Some(endpoint) = beside::peer("ATLAS_MOTO_ENDPOINT") {
        check(&endpoint).await;
    }
}
