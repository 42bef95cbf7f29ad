//! The way to a service: whose it is, how it is signed, where it ends.

use serde_json::{Value, json};
use tokio::{io::AsyncReadExt, net::TcpListener};

use super::{
    harness::{at, run, signed, start, task, told},
    peer::Peer,
};
use crate::Options;

fn get() -> Value {
    task("dynamodb:getItem", json!({ "TableName": "t", "Key": { "pk": { "S": "k" } } }))
}

#[tokio::test]
async fn a_request_is_signed_as_the_accounts_unless_credentials_are_given() {
    let mut of_role = get();
    let role = json!({ "RoleArn": "arn:aws:iam::444455556666:role/other" });
    of_role["Credentials"] = role;
    for (sign, task, scope, token) in [
        (false, get(), "111122223333/eu-west-1/dynamodb", ""),
        (false, of_role.clone(), "444455556666/eu-west-1/dynamodb", ""),
        (true, of_role, "AKIDEXAMPLE/eu-west-1/dynamodb", "t0ken"),
    ] {
        let peer = Peer::start(200, &[], "{}").await;
        let options = if sign { signed(at(&peer.url)) } else { at(&peer.url) };
        assert!(!format!("{options:?}").contains("s3cr3t"));
        run(options, task).await.unwrap();
        let asked = peer.asked();
        assert_eq!(asked.scope(), scope);
        assert_eq!(asked.header("x-amz-security-token"), token);
    }
}

#[tokio::test]
async fn a_service_without_an_endpoint_is_never_called_and_the_error_says_what_to_set() {
    let (error, cause) = run(Options::default(), get()).await.unwrap_err();
    assert_eq!(error, "States.Runtime");
    assert!(
        cause.contains("no endpoint is known for DynamoDB: set `AWS_ENDPOINT_URL_DYNAMODB`"),
        "{cause}"
    );
}

#[tokio::test]
async fn a_service_that_is_not_there_is_a_client_exception() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let failed = run(at(&format!("http://{address}")), get()).await;
    let cause = format!("Unable to execute HTTP request: Connect to {address} failed");
    assert_eq!(failed, Err(("DynamoDB.SdkClientException".to_owned(), cause)));
}

#[tokio::test]
async fn a_service_that_hangs_up_is_a_client_exception() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let peer = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        connection.read_u8().await.unwrap();
    });
    let failed = run(at(&url), get()).await;
    let cause = "Unable to execute HTTP request: The target server failed to respond".to_owned();
    assert_eq!(failed, Err(("DynamoDB.SdkClientException".to_owned(), cause)));
    peer.await.unwrap();
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_any_more_is_hung_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (engine, started) = start(at(&url), get());
    let (mut connection, _) = listener.accept().await.unwrap();
    connection.read_u8().await.unwrap();
    engine.stop(&started.execution_arn, Some("E".to_owned()), None).unwrap();
    let outcome = engine.wait(&started.execution_arn).await.unwrap();
    assert_eq!(told(outcome), Err(("E".to_owned(), String::new())));
    // The end of the stream, behind what was left of the request.
    connection.read_to_end(&mut Vec::new()).await.unwrap();
}
