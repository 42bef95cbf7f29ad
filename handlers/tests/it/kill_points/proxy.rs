//! Stands between a handler and its services: notes each call, and kills the handler at one of them.

use std::{
    collections::HashMap,
    future,
    net::Ipv4Addr,
    sync::{Arc, Mutex, OnceLock},
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, header, request::Parts},
    response::Response,
};
use tokio::{net::TcpListener, task::JoinSet};

use super::{
    call::{Call, words},
    killable::Killable,
};

/// When a handler is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The call has not reached its service.
    Before,
    /// The service has done its work, and the handler does not know it.
    After,
}

/// Where a handler is killed.
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
    victim: Killable,
    /// Base URLs: Step Functions, and everything else.
    services: OnceLock<(String, String)>,
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
    /// Starts one that kills `victim` at this point, if at any.
    pub(crate) async fn start(victim: Killable, point: Option<KillPoint>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            url: url.clone(),
            victim,
            services: OnceLock::new(),
            client: reqwest::Client::new(),
            seen: Mutex::new(Seen { point, ..Seen::default() }),
        });
        let router = Router::new().fallback(enter).with_state(Arc::clone(&shared));
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, _server: server }
    }

    /// Where the services are: nothing is called before.
    pub(crate) fn lead_to(&self, step_functions: &str, others: &str) {
        self.shared.services.set((step_functions.to_owned(), others.to_owned())).unwrap();
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
    let end = shared.note(&parts, &body);
    if end == Some(Side::Before) {
        return shared.kill().await;
    }
    // A service goes on when its client is gone.
    let forwarded = tokio::spawn(forward(Arc::clone(&shared), parts, body));
    let answer = forwarded.await.unwrap();
    if end == Some(Side::After) {
        return shared.kill().await;
    }
    answer
}

impl Shared {
    /// Notes a call. Whether it is the last of its process, and how.
    fn note(&self, parts: &Parts, body: &[u8]) -> Option<Side> {
        let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
        let words = words(&parts.method, &parts.uri, target, body)?;
        let mut seen = self.seen.lock().unwrap();
        let number = seen.numbers.entry(words.clone()).or_default();
        *number += 1;
        let call = Call::new(&words, *number);
        seen.calls.push(call.clone());
        seen.point.take_if(|point| point.call == call).map(|point| point.side)
    }

    /// The process is gone, so nobody is answered.
    async fn kill(&self) -> Response {
        self.victim.kill();
        future::pending().await
    }
}

async fn forward(shared: Arc<Shared>, parts: Parts, body: Bytes) -> Response {
    let (step_functions, others) = shared.services.get().expect("set before anything is called");
    let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let is_ours = target.is_some_and(|target| target.starts_with("AWSStepFunctions."));
    let base = if is_ours { step_functions } else { others };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let request = shared.client.request(parts.method.clone(), format!("{base}{path}"));
    let answer = request.headers(end_to_end(&parts.headers)).body(body).send().await.unwrap();
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = end_to_end(answer.headers());
    let body = answer.bytes().await.unwrap();
    *response.body_mut() = match parts.uri.path() {
        // Whoever logs in is told where to go on: here.
        "/services/oauth2/token" => {
            Body::from(String::from_utf8_lossy(&body).replace(&**others, &shared.url))
        }
        _ => Body::from(body),
    };
    response
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
