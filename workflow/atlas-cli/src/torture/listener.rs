//! The functions that tasks call: a small HTTP server in this process, which outlives the tortured one and
//! remembers for which executions it was asked.

use std::{
    collections::BTreeSet,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc::UnboundedSender,
    task::AbortHandle,
    time::sleep,
};

use super::{
    chance::Chance,
    shape::{ECHO, LATER},
    tasks::Task,
};

const MOST_HEADERS: usize = 64;
/// How long a call may take; a server that is killed meanwhile does not see its answer.
const MOST_DELAY: u64 = 20;

/// The functions, until this is dropped.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) address: SocketAddr,
    heard: Arc<Heard>,
    serving: AbortHandle,
}

#[derive(Debug)]
struct Heard {
    asked: Mutex<Asked>,
    /// Who ends the tasks that were given a token.
    tasks: UnboundedSender<Task>,
}

#[derive(Debug, Default)]
struct Asked {
    executions: BTreeSet<String>,
    /// A call whose answer was lost comes again, with the same token.
    tokens: BTreeSet<String>,
}

impl Listener {
    pub(super) async fn start(seed: (u64, u64), tasks: UnboundedSender<Task>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let heard = Arc::new(Heard { asked: Mutex::default(), tasks });
        let hearing = Arc::clone(&heard);
        let serving = tokio::spawn(async move {
            for number in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                let chance = Chance::new(seed.0, seed.1, (2 << 32) + number);
                tokio::spawn(serve(stream, Arc::clone(&hearing), chance));
            }
        });
        Ok(Self { address, heard, serving: serving.abort_handle() })
    }

    /// The executions for which it was asked, by ARN.
    pub(super) fn asked(&self) -> BTreeSet<String> {
        self.heard.asked.lock().unwrap_or_else(PoisonError::into_inner).executions.clone()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(mut stream: TcpStream, heard: Arc<Heard>, mut chance: Chance) {
    let mut received = Vec::new();
    // One that breaks off was killed.
    while let Ok(Some((path, payload))) = next_request(&mut stream, &mut received).await {
        sleep(chance.millis(MOST_DELAY)).await;
        let (status, body) = heard.answer(&path, &payload, &mut chance);
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

impl Heard {
    fn answer(&self, path: &str, payload: &Value, chance: &mut Chance) -> (&'static str, String) {
        let token = payload["token"].as_str().unwrap_or_default();
        let Some(task) = Task::read(token, payload) else {
            return ("400 Bad Request", "{}".to_owned());
        };
        let is_new = {
            let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            asked.executions.insert(task.execution.clone());
            asked.tokens.insert(token.to_owned())
        };
        if path.contains(&format!("/functions/{ECHO}/")) {
            if chance.one_in(8) {
                return ("503 Service Unavailable", "{}".to_owned());
            }
            return ("200 OK", json!({"id": task.id, "called": true}).to_string());
        }
        if path.contains(&format!("/functions/{LATER}/")) {
            if is_new {
                // Where the round is over nobody ends it any more.
                let _over = self.tasks.send(task);
            }
            return ("200 OK", "{}".to_owned());
        }
        ("404 Not Found", "{}".to_owned())
    }
}

/// The path and the body of the next request, until the other side hangs up.
async fn next_request(
    stream: &mut TcpStream,
    received: &mut Vec<u8>,
) -> io::Result<Option<(String, Value)>> {
    let (path, begin, length) = loop {
        if let Some(head) = head(received)? {
            break head;
        }
        if stream.read_buf(received).await? == 0 {
            return Ok(None);
        }
    };
    while received.len() < begin + length {
        if stream.read_buf(received).await? == 0 {
            return Ok(None);
        }
    }
    let body = serde_json::from_slice(&received[begin..begin + length])?;
    received.drain(..begin + length);
    Ok(Some((path, body)))
}

/// Path, where the body begins, and its length, once the head is there.
fn head(received: &[u8]) -> io::Result<Option<(String, usize, usize)>> {
    let malformed = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let parsed = request.parse(received).map_err(|error| malformed(error.to_string()))?;
    let httparse::Status::Complete(begin) = parsed else { return Ok(None) };
    let length = request.headers.iter().find(|it| it.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|it| std::str::from_utf8(it.value).ok()?.trim().parse().ok());
    let length = length.ok_or_else(|| malformed("a body has no length".to_owned()))?;
    Ok(Some((request.path.unwrap_or_default().to_owned(), begin, length)))
}
