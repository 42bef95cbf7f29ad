//! Looking through dead letters, against SQS of the sandbox, and of moto where it runs.

use atlas_sandbox::{Options, Sandbox};
use aws_sdk_sqs::Client;

use super::{DeadLetterSearch, Fate, FoundMessages};
use crate::against_peers::{client_config, unique};

async fn check(endpoint: &str) {
    println!("against {endpoint}");
    let client = Client::new(&client_config(endpoint).await);
    let name = unique("dead");
    assert!(DeadLetterSearch::named(client.clone(), &name).await.unwrap().is_none());
    let created = client.create_queue().queue_name(&name).send().await.unwrap();
    let url = created.queue_url.unwrap();
    for number in 0..23 {
        let body = format!("{} {number}", if number % 3 == 0 { "Ada" } else { "Bob" });
        client.send_message().queue_url(&url).message_body(body).send().await.unwrap();
    }
    let letters = DeadLetterSearch::named(client, &name).await.unwrap().unwrap();
    let is_about = |body: &str| body.starts_with("Ada");
    for (fate, seen, about) in [
        (Fate::Kept, 23, 8),
        (Fate::Deleted, 23, 8),
        // What is Bob's can be seen by others at once, and nothing of Ada is there.
        (Fate::Deleted, 15, 0),
    ] {
        let found = letters.look(&is_about, fate).await.unwrap();
        assert_eq!(found, FoundMessages { seen, about });
    }
}

#[tokio::test]
async fn letters_about_somebody_go_and_the_others_can_be_received_again() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    check(sandbox.base_url()).await;
    if let Some(endpoint) = beside::peer("ATLAS_MOTO_ENDPOINT") {
        check(&endpoint).await;
    }
}
