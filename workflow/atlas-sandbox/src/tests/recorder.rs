//! What a recorder is told of calls.

use std::sync::{Arc, Mutex};

use super::*;
use crate::{Recorder, ServedCall};

#[tokio::test]
async fn a_recorder_is_told_who_asked_the_same_again_and_on_which_connection() {
    let told: Arc<Mutex<Vec<ServedCall>>> = Arc::default();
    let taking = Arc::clone(&told);
    let recorder = Recorder::new(move |call| taking.lock().unwrap().push(call));
    let client = Client::start(Options { recorder: Some(recorder), ..Options::default() }).await;
    let entrance = client.sandbox.entrance("first").unwrap();
    let secret = |base: &str, id: &str| {
        let scope = "sandbox/20261121/us-east-1/secretsmanager/aws4_request";
        let signature =
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0a");
        let request = client.http.post(base).header("authorization", signature);
        let request = request.header("x-amz-target", "secretsmanager.GetSecretValue");
        read(request.json(&json!({ "SecretId": id })))
    };
    let name = crate::secrets_manager::SALESFORCE_SECRET;
    assert_eq!(secret(&entrance, name).await.0, 200);
    assert_eq!(secret(&entrance, name).await.0, 200);
    assert_eq!(secret(&entrance, "none").await.0, 400);
    assert_eq!(secret(client.sandbox.base_url(), name).await.0, 200);
    let told = told.lock().unwrap();
    let seen: Vec<_> = told
        .iter()
        .map(|call| {
            let entrance = call.entrance.as_deref();
            (entrance, call.operation.as_str(), call.status, call.new_connection)
        })
        .collect();
    let (first, name) = (Some("first"), "GetSecretValue");
    assert_eq!(
        seen,
        [
            (first, name, Some(200), true),
            (first, name, Some(200), false),
            (first, name, Some(400), false),
            (None, name, Some(200), true),
        ]
    );
    assert_eq!(told[0].arguments, told[1].arguments);
    assert_eq!(told[0].answer, told[1].answer);
    assert_ne!(told[0].arguments, told[2].arguments);
    assert!(told.iter().all(|call| call.started_at <= call.ended_at));
    let all = format!("{told:?}");
    assert!(!all.contains(crate::secrets_manager::SALESFORCE_SECRET), "{all}");
}
