//! The connection pool: sends a request once and reads the whole answer.

use std::{borrow::Cow, io, sync::OnceLock, time::Duration};

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{HeaderMap, Method, Uri, body::Bytes, http::uri::Scheme};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Builder, Client, Error, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};

type Body = Full<Bytes>;

/// The longest answer that is read: beyond what a task may answer, or a function, by far.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;
/// Idle connections go before those who serve them close them.
const IDLE: Duration = Duration::from_secs(30);

/// How long a service is waited for. A task's own `TimeoutSeconds` ends it sooner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Duration,
    /// For a service's whole answer.
    pub answer: Duration,
    /// For a function's, which may work for a quarter of an hour.
    pub function: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(60),
            function: Duration::from_secs(920),
        }
    }
}

/// A request, before and after it is signed.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: Uri,
    pub(crate) headers: Vec<(Cow<'static, str>, String)>,
    pub(crate) body: Vec<u8>,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Whose answer is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    Service,
    Function,
}

/// Why there is no answer. Nothing is known then of what the service has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    NotConnected,
    TimedOut,
    /// A header that HTTP does not carry.
    NotSendable,
    /// The system has no certificates to hold a TLS peer against.
    NoCertificates,
    BrokenOff,
    TooLong,
}

/// The pool, and the one for endpoints with TLS. Each is made for the first request that needs it:
/// reading the system's certificates takes longer than all else that a server does at its start.
#[derive(Debug)]
pub(crate) struct Transport {
    timeouts: Timeouts,
    plain: OnceLock<Client<HttpConnector, Body>>,
    secure: OnceLock<Result<Client<HttpsConnector<HttpConnector>, Body>, NoAnswer>>,
}

impl Transport {
    pub(crate) fn new(timeouts: Timeouts) -> Self {
        Self { timeouts, plain: OnceLock::new(), secure: OnceLock::new() }
    }

    /// Sends a request, once: trying again is the business of the machine's `Retry`.
    pub(crate) async fn send(&self, request: Request, wait: Wait) -> Result<Answer, NoAnswer> {
        let longest = match wait {
            Wait::Service => self.timeouts.answer,
            Wait::Function => self.timeouts.function,
        };
        let exchanged = tokio::time::timeout(longest, self.exchange(request)).await;
        exchanged.unwrap_or(Err(NoAnswer::TimedOut))
    }

    async fn exchange(&self, request: Request) -> Result<Answer, NoAnswer> {
        let Request { method, url, headers, body } = request;
        let is_secure = url.scheme() == Some(&Scheme::HTTPS);
        let mut sending = hyper::Request::builder().method(method).uri(url);
        for (name, value) in headers {
            sending = sending.header(&*name, value);
        }
        let sending = sending.body(Body::from(body)).map_err(|_| NoAnswer::NotSendable)?;
        let response = if is_secure {
            let client = self.secure.get_or_init(|| secure(self.timeouts)).as_ref();
            client.map_err(|why| *why)?.request(sending).await
        } else {
            self.plain.get_or_init(|| pool().build(connector(self.timeouts))).request(sending).await
        };
        let (head, body) = response.map_err(|error| no_answer(&error))?.into_parts();
        let body = Limited::new(body, LONGEST_ANSWER).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() { NoAnswer::TooLong } else { NoAnswer::BrokenOff }
        })?;
        let body = body.to_bytes().to_vec();
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
    }
}

fn pool() -> Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE);
    builder
}

fn connector(timeouts: Timeouts) -> HttpConnector {
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(timeouts.connect));
    connector.set_nodelay(true);
    connector.enforce_http(false);
    connector
}

fn secure(timeouts: Timeouts) -> Result<Client<HttpsConnector<HttpConnector>, Body>, NoAnswer> {
    let roots =
        HttpsConnectorBuilder::new().with_native_roots().map_err(|_| NoAnswer::NoCertificates)?;
    Ok(pool().build(roots.https_only().enable_http1().wrap_connector(connector(timeouts))))
}

fn no_answer(error: &Error) -> NoAnswer {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(cause) = cause.downcast_ref::<io::Error>()
            && cause.kind() == io::ErrorKind::TimedOut
        {
            return NoAnswer::TimedOut;
        }
        source = cause.source();
    }
    if error.is_connect() { NoAnswer::NotConnected } else { NoAnswer::BrokenOff }
}
