//! A service of AWS that nobody here wrote, asked without an SDK: what a case needs there, and what came
//! of it.

use axum::body::{Body, to_bytes};
use hyper::{Request, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// Sends one request, which has a `service` and either a `target` and a `body` in JSON or a `form`.
/// Answers with the body, `null` where it is no JSON.
pub(crate) async fn ask(endpoint: &str, request: &Value) -> Value {
    let address = endpoint.strip_prefix("http://").expect("a peer is spoken to in clear");
    let stream = TcpStream::connect(address).await.expect("the peer listens");
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.expect("the connection is new");
    tokio::spawn(connection);
    let text = |field: &str| request[field].as_str();
    let service = text("service").expect("a request names its service");
    let head = Request::post("/").header("host", address).header(
        "authorization",
        format!(
            "AWS4-HMAC-SHA256 Credential=test/20261121/us-east-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=00"
        ),
    );
    let sent = match (text("target"), text("form")) {
        (Some(target), None) => head
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", target)
            // dynalite looks for one.
            .header("x-amz-date", "20261121T000000Z")
            .body(Body::from(request["body"].to_string())),
        (None, Some(form)) => head
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned())),
        (None, None) | (Some(_), Some(_)) => panic!("neither `target` nor `form`: {request}"),
    };
    let sent = sent.expect("the parts of the request are right");
    let response = sender.send_request(sent).await.expect("the peer answers");
    let status = response.status();
    let body =
        to_bytes(Body::new(response.into_body()), usize::MAX).await.expect("the answer is whole");
    assert!(status.is_success(), "{request}: {}", String::from_utf8_lossy(&body));
    serde_json::from_slice(&body).unwrap_or_default()
}
