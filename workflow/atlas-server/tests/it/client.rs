//! A server on loopback, and a client that speaks to it as an SDK does.

use std::net::SocketAddr;

use atlas_server::{App, AppOptions, Guard, router, serve};
use axum::body::{Body, to_bytes};
use hyper::{Request, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

/// Serves an app for as long as the runtime of the test lives.
pub(crate) async fn served(options: AppOptions) -> SocketAddr {
    served_app(App::new(options)).await
}

/// The same, for whoever looks at the app from inside as well.
pub(crate) async fn served_app(app: App) -> SocketAddr {
    served_behind(app, Guard::of_loopback()).await
}

/// The same, for whoever the guard lets in.
pub(crate) async fn served_behind(app: App, guard: Guard) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has free ports");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(serve(listener, router(app, guard)));
    address
}

/// One connection, kept alive.
pub(crate) struct Client {
    sender: http1::SendRequest<Body>,
    account: String,
    headers: Vec<(String, String)>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr, account: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("somebody listens");
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.expect("the connection is new");
        tokio::spawn(connection);
        Self { sender, account: account.to_owned(), headers: Vec::new() }
    }

    /// From here on, requests have this header, too.
    pub(crate) fn always_send(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Calls an operation; answers with the status and the body.
    pub(crate) async fn call(&mut self, operation: &str, request: &Value) -> (u16, Value) {
        let mut head = Request::post("/");
        for (name, value) in &self.headers {
            head = head.header(name, value);
        }
        let request = head
            .header("host", "localhost")
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("AWSStepFunctions.{operation}"))
            .header(
                "authorization",
                format!(
                    "AWS4-HMAC-SHA256 Credential={}/20261121/us-east-1/states/aws4_request, \
                     SignedHeaders=host, Signature=00",
                    self.account
                ),
            )
            .body(Body::from(request.to_string()))
            .expect("the parts of the request are right");
        self.sender.ready().await.expect("the server keeps the connection");
        let response = self.sender.send_request(request).await.expect("the server answers");
        let status = response.status().as_u16();
        assert!(response.headers().contains_key("x-amzn-requestid"));
        let body = to_bytes(Body::new(response.into_body()), usize::MAX)
            .await
            .expect("the answer is whole");
        (status, serde_json::from_slice(&body).expect("the answer is JSON"))
    }
}
