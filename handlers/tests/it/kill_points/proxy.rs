//! Stands between a process and its services: notes each call, and kills the process at one of them.

use std::{
    collections::HashMap,
    future,
    net::Ipv4Addr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use super::call::{Call, words};

/// When a process is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The call has not reached its service.
    Before,
    /// The service has done its work, and the process does not know it.
    After,
}

/// Where a process is killed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KillPoint {
    pub(crate) call: Call,
    pub(crate) side: Side,
}

/// A proxy at work, until it is dropped.
pub(crate) struct Proxy {
    pub(crate) url: String,
    shared: Arc<Shared>,
    _server: JoinSet<()>,
}

struct Shared {
    url: String,
    kill: Box<dyn Fn() + Send + Sync>,
    /// Base URLs: Step Functions, and everything else. Who calls before they are known waits.
    engine: watch::Sender<Option<String>>,
    services: watch::Sender<Option<String>>,
    client: reqwest::Client,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    calls: Vec<Call>,
    numbers: HashMap<String, usize>,
    point: Option<KillPoint>,
}

impl Proxy {
    /// Starts one that kills at this point, if at any.
    pub(crate) async fn start(
        point: Option<KillPoint>,
        kill: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            url: url.clone(),
            kill: Box::new(kill),
            engine: watch::Sender::default(),
            services: watch::Sender::default(),
            client: reqwest::Client::new(),
            seen: Mutex::new(Seen { point, ..Seen::default() }),
        });
        let router = Router::new().fallback(enter).with_state(Arc::clone(&shared));
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, _server: server }
    }

    /// Where all services are but Step Functions.
    pub(crate) fn lead_to_services(&self, url: &str) {
        self.shared.services.send_replace(Some(url.to_owned()));
    }

    /// Where Step Functions is, if it is anywhere now.
    pub(crate) fn lead_to_engine(&self, url: Option<String>) {
        self.shared.engine.send_replace(url);
    }

    /// The calls so far, in the order in which they came.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.shared.seen.lock().unwrap().calls.clone()
    }

    /// Whether it has killed.
    pub(crate) fn has_killed(&self) -> bool {
        self.shared.seen.lock().unwrap().point.is_none()
    }
}

async fn enter(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    if target(&parts).is_some_and(|target| target.ends_with(".ReceiveMessage")) {
        return poll(shared, parts, body).await;
    }
    let end = shared.note(&parts, &body);
    if end == Some(Side::Before) {
        return shared.kill().await;
    }
    // A service goes on when its client is gone.
    let forwarding = Arc::clone(&shared);
    let forwarded = tokio::spawn(async move { forward(&forwarding, &parts, body).await });
    let answer = forwarded.await.unwrap();
    if end == Some(Side::After) {
        return shared.kill().await;
    }
    answer
}

/// Asks a queue, which is a call only where there is a message: who polls asks on and on.
async fn poll(shared: Arc<Shared>, parts: Parts, body: Bytes) -> Response {
    let (answer, said) = forward(&shared, &parts, body.clone()).await.into_parts();
    let said = to_bytes(said, usize::MAX).await.unwrap();
    let received: Value = serde_json::from_slice(&said).unwrap_or_default();
    let is_empty = received["Messages"].as_array().is_none_or(Vec::is_empty);
    if !is_empty && shared.note(&parts, &body).is_some() {
        return shared.kill().await;
    }
    Response::from_parts(answer, Body::from(said))
}

impl Shared {
    /// Notes a call. Whether it is the last of its process, and how.
    fn note(&self, parts: &Parts, body: &[u8]) -> Option<Side> {
        let words = words(&parts.method, &parts.uri, target(parts), body)?;
        let mut seen = self.seen.lock().unwrap();
        let number = seen.numbers.entry(words.clone()).or_default();
        *number += 1;
        let call = Call::new(&words, *number);
        seen.calls.push(call.clone());
        seen.point.take_if(|point| point.call == call).map(|point| point.side)
    }

    /// The process is gone, so nobody is answered.
    async fn kill(&self) -> Response {
        (self.kill)();
        future::pending().await
    }
}

async fn forward(shared: &Shared, parts: &Parts, body: Bytes) -> Response {
    let is_ours = target(parts).is_some_and(|target| target.starts_with("AWSStepFunctions."));
    let others = known(&shared.services).await;
    let base = if is_ours { known(&shared.engine).await } else { others.clone() };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let request = shared.client.request(parts.method.clone(), format!("{base}{path}"));
    let request = request.headers(end_to_end(&parts.headers)).body(body);
    let answer = match request.send().await {
        Ok(answer) => answer,
        // An engine that was killed, and with it whoever asks.
        Err(_) if is_ours => return future::pending().await,
        // Whoever asks has clients that ask again.
        Err(_) => return StatusCode::BAD_GATEWAY.into_response(),
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = end_to_end(answer.headers());
    let body = answer.bytes().await.unwrap();
    *response.body_mut() = match parts.uri.path() {
        // Whoever logs in is told where to go on: here.
        "/services/oauth2/token" => {
            Body::from(String::from_utf8_lossy(&body).replace(&*others, &shared.url))
        }
        _ => Body::from(body),
    };
    response
}

/// Where a service is, once it is known.
async fn known(service: &watch::Sender<Option<String>>) -> String {
    let mut service = service.subscribe();
    let known = service.wait_for(Option::is_some).await.unwrap();
    known.clone().unwrap()
}

/// The operation that is asked for, where a header names it.
fn target(parts: &Parts) -> Option<&str> {
    parts.headers.get("x-amz-target")?.to_str().ok()
}

/// The headers that are not about a connection or a length.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for own in [header::HOST, header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING]
    {
        headers.remove(own);
    }
    headers
}
