//! Stands between one function and its services, and notes what it asks of them.

use std::{
    collections::BTreeSet,
    net::Ipv4Addr,
    sync::{Arc, Mutex},
};

use atlas_deploy::access::Access;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::accesses;

/// Everything that was called, by everybody.
pub(crate) type Heard = Arc<Mutex<BTreeSet<Access>>>;

/// A listener at work, until it is dropped.
pub(crate) struct Listener {
    pub(crate) url: String,
    _server: JoinSet<()>,
}

struct Shared {
    caller: &'static str,
    services: String,
    /// Where Step Functions is, as soon as it is anywhere.
    engine: watch::Receiver<Option<String>>,
    client: reqwest::Client,
    heard: Heard,
}

impl Listener {
    pub(crate) async fn start(
        caller: &'static str,
        services: &str,
        engine: watch::Receiver<Option<String>>,
        heard: Heard,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let services = services.to_owned();
        let client = reqwest::Client::new();
        let shared = Arc::new(Shared { caller, services, engine, client, heard });
        let router = Router::new().fallback(enter).with_state(shared);
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, _server: server }
    }
}

async fn enter(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    for (action, resource) in accesses::of_request(&parts, &body) {
        let access = Access { caller: shared.caller.to_owned(), action, resource };
        shared.heard.lock().unwrap().insert(access);
    }
    let target = parts.headers.get("x-amz-target");
    let of_engine =
        target.is_some_and(|target| target.as_bytes().starts_with(b"AWSStepFunctions."));
    let base = if of_engine {
        let mut engine = shared.engine.clone();
        engine.wait_for(Option::is_some).await.unwrap().clone().unwrap()
    } else {
        shared.services.clone()
    };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut headers = parts.headers.clone();
    for own in [header::HOST, header::CONNECTION, header::CONTENT_LENGTH] {
        headers.remove(own);
    }
    let request = shared.client.request(parts.method, format!("{base}{path}")).headers(headers);
    let Ok(answer) = request.body(body).send().await else {
        // Whoever asks has clients that ask again.
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    for own in [header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
        response.headers_mut().remove(own);
    }
    *response.body_mut() = Body::from(answer.bytes().await.unwrap());
    response
}
