//! A peer that speaks HTTP/1.1 on loopback: a function answers its requests.

use std::{net::SocketAddr, sync::Arc};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// `PATCH /path`.
    pub(crate) line: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// Whether it may go, if it has to be told.
    pub(crate) gate: Option<watch::Receiver<bool>>,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        Self { status, body, gate: None }
    }

    /// It goes when `gate` says so.
    pub(crate) fn when(self, gate: &watch::Sender<bool>) -> Self {
        Self { gate: Some(gate.subscribe()), ..self }
    }
}

/// The peer; it stops when it is dropped.
pub(crate) struct HttpPeer {
    address: SocketAddr,
    listening: tokio::task::JoinHandle<()>,
}

impl HttpPeer {
    /// Answers with `answer`.
    pub(crate) async fn start(answer: impl Fn(Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = Arc::new(answer);
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let answer = answer.clone();
                tokio::spawn(async move { serve(stream, &*answer).await });
            }
        });
        Self { address, listening }
    }

    /// `http://127.0.0.1:…`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for HttpPeer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn serve(mut stream: TcpStream, answer: &(impl Fn(Request) -> Reply + Sync)) -> Option<()> {
    let mut received = Vec::new();
    loop {
        let request = loop {
            if let Some((request, length)) = read(&received) {
                received.drain(..length);
                break request;
            }
            if stream.read_buf(&mut received).await.ok()? == 0 {
                return None;
            }
        };
        let reply = answer(request);
        let Reply { status, body, gate } = reply;
        if let Some(mut gate) = gate {
            gate.wait_for(|open| *open).await.ok()?;
        }
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nsforce-limit-info: api-usage=1/4\r\n\r\n",
            body.len()
        );
        // Nothing follows a 204.
        stream.write_all((head + &body).as_bytes()).await.ok()?;
    }
}

fn read(received: &[u8]) -> Option<(Request, usize)> {
    let text = std::str::from_utf8(received).ok()?;
    let (head, rest) = text.split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().ok())?
    });
    let body = rest.get(..length.unwrap_or(0))?;
    let line = head.lines().next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let request = Request { line, head: head.to_owned(), body: body.to_owned() };
    Some((request, head.len() + 4 + body.len()))
}
