//! What happens, as it happens: server-sent events, a few a second at most whatever happens. A browser that
//! reads slowly is told less often, and is waited for by nobody.

use std::{
    collections::HashSet,
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use atlas_engine::{Changed, Subscription};
use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderValue, header},
    response::Response,
};
use hyper::body::Frame;
use serde_json::{Value, json};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    time::{Instant, sleep_until},
};

use super::{asked::Asked, executions::counted, fault::Fault};
use crate::app::Account;

/// So often something is told at most.
const PAUSE: Duration = Duration::from_millis(250);
/// So often something is sent where nothing happens, so that both sides know of each other.
const BEAT: Duration = Duration::from_secs(15);
/// So many executions are named; of more, a list is asked for anew.
const MOST_NAMED: usize = 200;
/// So many executions are watched one by one: one and those that it started.
const MOST_WATCHED: usize = 8;
/// So many streams are open at once.
const MOST_STREAMS: usize = 128;

/// The places of streams.
#[derive(Debug)]
pub(crate) struct Streams(Arc<Semaphore>);

impl Default for Streams {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_STREAMS)))
    }
}

/// What a stream tells of.
struct Watched {
    account: Arc<Account>,
    arns: HashSet<String>,
    /// Whether it names every execution that changed.
    list: bool,
}

/// `GET /console/api/stream?arn=…&list=1`: the events `counts`, `changed` and `execution`.
pub(super) async fn open(asked: Asked) -> Result<Response, Fault> {
    let Ok(place) = Arc::clone(&asked.streams.0).try_acquire_owned() else {
        return Err(Fault::too_many(format!("{MOST_STREAMS} streams are open already")));
    };
    let arns: HashSet<String> = asked.texts("arn").map(str::to_owned).collect();
    if arns.len() > MOST_WATCHED {
        return Err(Fault::invalid(format!("a stream watches {MOST_WATCHED} executions at most")));
    }
    let account = match asked.text("arn") {
        Some(arn) => asked.account_of(arn)?,
        None => asked.account()?,
    };
    let list = asked.text("list").is_some();
    // What happens from here on is told of, so that nothing falls between the page and its stream.
    let changes = account.engine().changes();
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(tell(Watched { account, arns, list }, changes, sender, place));
    let mut response = Response::new(Body::new(Events(receiver)));
    let content_type = HeaderValue::from_static("text/event-stream");
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    Ok(response)
}

/// Tells until the browser has gone, or the engine.
async fn tell(
    watched: Watched,
    mut changes: Subscription,
    sender: mpsc::Sender<Bytes>,
    _place: OwnedSemaphorePermit,
) {
    let mut last_counts = Value::Null;
    let Some(first) = watched.counts_unlike(&mut last_counts).await else { return };
    if sender.send(first.into()).await.is_err() {
        return;
    }
    loop {
        let beat = Instant::now() + BEAT;
        let told = tokio::select! {
            changed = changes.next() => match changed {
                Some(changed) => watched.told_of(&changed, &mut last_counts).await,
                None => return,
            },
            () = sleep_until(beat) => ":\n\n".to_owned(),
            () = sender.closed() => return,
        };
        if told.is_empty() {
            continue;
        }
        let next = Instant::now() + PAUSE;
        if sender.send(told.into()).await.is_err() {
            return;
        }
        tokio::select! {
            () = sleep_until(next) => {}
            () = sender.closed() => return,
        }
    }
}

impl Watched {
    /// What there is to say about a change; nothing, where it is of executions that nobody watches here.
    async fn told_of(&self, changed: &Changed, last_counts: &mut Value) -> String {
        let mut told = self.counts_unlike(last_counts).await.unwrap_or_default();
        let mut say = |name: &str, data: &Value| told.push_str(&event(name, data));
        for arn in &self.arns {
            let is_changed = match changed {
                Changed::These(arns) => arns.contains(arn.as_str()),
                Changed::All => true,
            };
            if is_changed {
                say("execution", &json!({ "executionArn": arn }));
            }
        }
        if self.list {
            let named = match changed {
                Changed::These(arns) if arns.len() <= MOST_NAMED => json!(arns),
                Changed::These(_) | Changed::All => json!("all"),
            };
            say("changed", &json!({ "executions": named }));
        }
        told
    }

    /// The event that tells how many executions there are, where that is otherwise than it was.
    async fn counts_unlike(&self, last: &mut Value) -> Option<String> {
        let account = Arc::clone(&self.account);
        let counted = tokio::task::spawn_blocking(move || counted(&account)).await.ok()?.ok()?;
        if counted == *last {
            return None;
        }
        let told = event("counts", &counted);
        *last = counted;
        Some(told)
    }
}

/// An event. JSON has no line breaks but those between its values, of which ours has none.
fn event(name: &str, data: &Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

/// The body of a stream.
struct Events(mpsc::Receiver<Bytes>);

impl HttpBody for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}
