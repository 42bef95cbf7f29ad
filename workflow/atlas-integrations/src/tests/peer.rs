//! A service that notes what it is asked and answers what it is told to.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::Request, http::Response, response::IntoResponse};
use serde_json::Value;
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle};

/// One request as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: axum::http::HeaderMap,
    pub(super) body: String,
}

impl Asked {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Access key id, region and service of the signature.
    pub(super) fn scope(&self) -> String {
        let credential = self.header("authorization").split("Credential=").nth(1).unwrap();
        let mut parts = credential.split('/');
        let mut next = || parts.next().unwrap().to_owned();
        let (key, _date, region, service) = (next(), next(), next(), next());
        format!("{key}/{region}/{service}")
    }
}

pub(super) struct Peer {
    pub(super) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    came: Arc<Notify>,
    server: JoinHandle<()>,
}

/// What a peer answers: status, headers, body.
pub(super) type Told = (u16, Vec<(&'static str, String)>, Vec<u8>);

impl Peer {
    /// Answers everything with this status, these headers and this body.
    pub(super) async fn start(
        status: u16,
        headers: &'static [(&'static str, &'static str)],
        body: &'static str,
    ) -> Self {
        let headers: Vec<_> =
            headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self::answering(move |_| (status, headers.clone(), body.into())).await
    }

    /// Answers each request as it is told to.
    pub(super) async fn answering(tells: impl Fn(&Asked) -> Told + Send + Sync + 'static) -> Self {
        let tells = Arc::new(tells);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&asked);
        let came = Arc::new(Notify::new());
        let coming = Arc::clone(&came);
        let answer = move |request: Request| {
            let (noted, coming, tells) =
                (Arc::clone(&noted), Arc::clone(&coming), Arc::clone(&tells));
            async move {
                let (head, sent) = request.into_parts();
                let sent: Bytes = axum::body::to_bytes(sent, 1 << 20).await.unwrap();
                let asked = Asked {
                    method: head.method.to_string(),
                    path: head.uri.to_string(),
                    headers: head.headers,
                    body: String::from_utf8(sent.to_vec()).unwrap(),
                };
                let (status, headers, body) = tells(&asked);
                noted.lock().unwrap().push(asked);
                coming.notify_one();
                let mut response = Response::builder().status(status);
                for (name, value) in headers {
                    response = response.header(name, value);
                }
                response.body(axum::body::Body::from(body)).unwrap().into_response()
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer);
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, asked, came, server }
    }

    /// The first request, as soon as it is there.
    pub(super) async fn first(&self) -> Asked {
        self.came.notified().await;
        self.asked()
    }

    /// Every request so far.
    pub(super) fn all(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The only request.
    pub(super) fn asked(&self) -> Asked {
        let asked = self.asked.lock().unwrap();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked[0].clone()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.server.abort();
    }
}
