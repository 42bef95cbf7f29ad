//! A sandbox in a process of its own: what it counted outlives whatever goes wrong here.

use std::{env, process::Stdio, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::failure::Failure;

/// It listens within milliseconds; a machine under load takes longer.
const START: Duration = Duration::from_secs(30);
/// What is said when it can be reached.
const READY: &str = "ready on ";

/// A sandbox that ends when this is dropped.
pub(crate) struct SandboxProcess {
    url: String,
    /// Kills it when it is dropped.
    _process: Child,
}

impl SandboxProcess {
    /// Starts one with these faults.
    pub(crate) async fn start(faults: &[String], seed: u64) -> Result<Self, Failure> {
        let cannot = |error| Failure::ours(format_args!("cannot start a sandbox: {error}"));
        let program = env::current_exe().map_err(cannot)?;
        let mut command = Command::new(program);
        command.args(["sandbox", "--listen", "127.0.0.1:0", "--seed", &seed.to_string()]);
        command.args(faults.iter().flat_map(|fault| ["--fault", fault]));
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(cannot)?;
        let mut lines =
            BufReader::new(process.stderr.take().expect("its standard error is piped")).lines();
        let mut told = String::new();
        let url = timeout(START, async {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some(url) = line.strip_prefix(READY) {
                    return Some(url.to_owned());
                }
                told = line;
            }
            None
        });
        let Ok(Some(url)) = url.await else {
            return Err(Failure::ours(format_args!("the sandbox did not start: {told}")));
        };
        Ok(Self { url, _process: process })
    }

    /// Where it is reached.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What it tells of itself.
    pub(crate) async fn ask(&self, what: &str) -> Result<Value, Failure> {
        let url = format!("{}/_atlas/{what}", self.url);
        let failed = |error| Failure::ours(format_args!("the sandbox does not answer: {error}"));
        reqwest::get(&url).await.map_err(failed)?.json().await.map_err(failed)
    }
}
