//! An engine as a process, which is started again whenever it has died.

use std::{
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex},
};

use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::watch,
};

/// What is said when it is reached.
const READY: &str = "ready on ";

/// How the engine is started.
pub(crate) struct Start {
    pub(crate) folder: PathBuf,
    /// Where all services are reached.
    pub(crate) services: String,
    pub(crate) variables: Vec<(String, String)>,
    /// The names of the handlers that are there, between commas.
    pub(crate) handlers: String,
    /// The moment at which the first process dies, where it does by itself.
    pub(crate) end: Option<String>,
}

/// The process that there is now.
#[derive(Clone, Default)]
pub(crate) struct Victim(Arc<Mutex<Option<Child>>>);

impl Victim {
    /// Kills it, as SIGKILL does.
    pub(crate) fn kill(&self) {
        let mut child = self.0.lock().unwrap();
        child.as_mut().expect("who calls is there").start_kill().unwrap();
    }
}

/// Where the engine is, if it is anywhere, and how often it has died.
#[derive(Debug, Clone, Default)]
pub(crate) struct Whereabouts {
    pub(crate) deaths: usize,
    pub(crate) url: Option<String>,
}

/// Lets an engine live, again and again. Each of its moments goes to `moments`.
pub(crate) async fn live(
    start: Start,
    victim: Victim,
    whereabouts: watch::Sender<Whereabouts>,
    moments: Arc<Mutex<Vec<String>>>,
) {
    loop {
        let is_first = whereabouts.borrow().deaths == 0;
        let mut child = command(&start, is_first).spawn().unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
        let stdin = child.stdin.take();
        *victim.0.lock().unwrap() = Some(child);
        while let Ok(Some(line)) = told.next_line().await {
            match line.strip_prefix(READY) {
                Some(url) => whereabouts.send_modify(|it| it.url = Some(url.to_owned())),
                None => moments.lock().unwrap().push(line),
            }
        }
        drop(stdin);
        let child = victim.0.lock().unwrap().take();
        child.unwrap().wait().await.unwrap();
        whereabouts.send_modify(|it| {
            it.deaths += 1;
            it.url = None;
        });
    }
}

fn command(start: &Start, is_first: bool) -> Command {
    // `cargo test` builds it beside the tests.
    let mut program = std::env::current_exe().unwrap();
    program.pop();
    program.pop();
    let mut command = Command::new(program.join("examples/durable_engine"));
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .env("ENGINE_FOLDER", &start.folder)
        .env("ENGINE_SERVICES", &start.services)
        .env("ENGINE_VARIABLES", json!(start.variables).to_string())
        .env("ENGINE_HANDLERS", &start.handlers);
    if let Some(end) = start.end.as_ref().filter(|_| is_first) {
        command.env("ENGINE_END", end);
    }
    command
}
