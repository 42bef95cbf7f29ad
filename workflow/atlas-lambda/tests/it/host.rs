//! Functions to test with, and the connections that processes make to the test.

use std::{path::PathBuf, sync::Arc, time::Duration};

use atlas_core::Payload;
use atlas_engine::Place;
use atlas_lambda::{
    BinarySettings, Function, FunctionError, FunctionSettings, Functions, InvokeError,
    InvokeRequest, Sink,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

/// Longer than anything here takes that does not hang.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// The binary of an example, which `cargo test` builds beside the tests.
pub(crate) fn example(name: &str) -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.join("examples").join(name)
}

pub(crate) fn test_function() -> BinarySettings {
    BinarySettings::new(example("test_function"))
}

pub(crate) fn patient() -> FunctionSettings {
    FunctionSettings { timeout: LONG, ..FunctionSettings::default() }
}

/// The function `F`, a binary.
pub(crate) fn binary(settings: FunctionSettings, binary: BinarySettings) -> Arc<Functions> {
    let mut functions = Functions::new();
    functions.add_binary("F", settings, binary).unwrap();
    Arc::new(functions)
}

pub(crate) fn request(payload: Value) -> InvokeRequest {
    InvokeRequest::new("F".parse().unwrap(), Place::default(), Payload::from(payload))
}

/// What `F` answers: its text, or the text of its error document.
pub(crate) async fn invoke(functions: &Functions, payload: Value) -> Result<String, String> {
    let text = |error: &FunctionError| error.body().text().to_owned();
    let invoked = functions.invoke(request(payload)).await.unwrap();
    let outcome = invoked.outcome.unwrap();
    outcome
        .map(|body| body.text().to_owned())
        .map_err(|error| text(&error).replace(&invoked.request_id, "ID"))
}

/// Why an invocation of `F` is refused.
pub(crate) async fn refusal(functions: &Functions, payload: Value) -> InvokeError {
    functions.invoke(request(payload)).await.unwrap_err()
}

/// The error document that Lambda gives when a process ended.
pub(crate) fn exited(how: &str) -> Result<String, String> {
    let message = format!("RequestId: ID Error: {how}");
    Err(json!({"errorType": "Runtime.ExitError", "errorMessage": message}).to_string())
}

/// The error document that Lambda gives when a function took too long.
pub(crate) fn timed_out(seconds: &str) -> Result<String, String> {
    let message = format!("RequestId: ID Error: Task timed out after {seconds} seconds");
    Err(json!({"errorType": "Sandbox.Timedout", "errorMessage": message}).to_string())
}

/// A sink, and the lines that it is given: `stderr: text`.
pub(crate) fn lines() -> (Sink, mpsc::UnboundedReceiver<String>) {
    let (tell, told) = mpsc::unbounded_channel();
    let sink: Sink = Arc::new(move |line| {
        let _gone = tell.send(format!("{:?}: {}", line.stream, line.text));
    });
    (sink, told)
}

/// Where processes connect to.
pub(crate) struct Meeting(TcpListener);

impl Meeting {
    pub(crate) async fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    pub(crate) async fn next(&self) -> Met {
        Met(BufReader::new(self.0.accept().await.unwrap().0))
    }
}

/// A process that is connected.
pub(crate) struct Met(BufReader<TcpStream>);

impl Met {
    pub(crate) async fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.unwrap();
        line.trim_end().to_owned()
    }

    pub(crate) async fn say(&mut self, word: &[u8]) {
        self.0.get_mut().write_all(word).await.unwrap();
    }

    /// Waits until no process holds the other end any more.
    pub(crate) async fn until_gone(mut self) {
        // An end that was killed may be told as a reset.
        let _reset = self.0.read_to_end(&mut Vec::new()).await;
    }
}

/// The function `F`, in this process.
pub(crate) fn in_process(
    settings: FunctionSettings,
    function: impl Function + 'static,
) -> Arc<Functions> {
    let mut functions = Functions::new();
    functions.add("F", settings, function).unwrap();
    Arc::new(functions)
}
