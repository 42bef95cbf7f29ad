//! Who is measured: our own server, and its peers, each in a process of its own and one after the other.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use atlas_asl::model::ExecutionType::{Express, Standard};
use tokio::time::sleep;

use super::{
    client::Client,
    drive::Prepared,
    statistics::{Figures, percentile},
    verdict::Wrong,
    workload::{Workload, call_alone, lead_to_call_in_json_path, lead_to_call_in_jsonata, map},
};
use crate::{failure::Failure, server_process::ServerProcess};

/// How often our own process is started to see how long that takes. A peer's takes seconds, so it is
/// started once.
const STARTS: usize = 5;
/// A server that says where it listens answers within this time.
const PATIENCE: Duration = Duration::from_secs(30);
/// The share of its time that a workload runs before it is measured.
const WARM_UP: u32 = 5;

/// A server that can be started.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    starts: usize,
    command: Box<dyn Fn() -> Command>,
}

/// How long and how widely each workload is measured.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// How many connections there are at the same time, one plan after the other.
    pub(crate) connections: Vec<u16>,
    /// How long.
    pub(crate) span: Duration,
}

/// What came of measuring a server.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    /// From the start of the process to its first answer.
    pub(crate) start: Duration,
    /// The bytes in memory after it.
    pub(crate) resident: Option<u64>,
    pub(crate) rows: Vec<Row>,
}

/// One workload at one number of connections.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) workload: &'static str,
    pub(crate) connections: u16,
    pub(crate) outcome: Result<Figures, Wrong>,
}

impl Contender {
    /// This very program, with everything in memory.
    pub(crate) fn ours() -> Result<Self, Failure> {
        Self::this_program("atlas", vec!["--ephemeral".into()])
    }

    /// This very program, with everything kept in a folder.
    pub(crate) fn durable(folder: &Path) -> Result<Self, Failure> {
        Self::this_program("atlas, durable", vec!["--data".into(), folder.into()])
    }

    fn this_program(name: &'static str, keeps: Vec<OsString>) -> Result<Self, Failure> {
        let program = env::current_exe()
            .map_err(|error| Failure::ours(format_args!("cannot find this program: {error}")))?;
        let command = move || {
            let mut command = Command::new(&program);
            command.args(["dev", "--no-sandbox", "--listen", "127.0.0.1:0"]).args(&keeps);
            command
        };
        Ok(Self { name, starts: STARTS, command: Box::new(command) })
    }

    /// Those that this program serves.
    pub(crate) fn peers(program: &OsStr) -> [Self; 2] {
        ["moto", "ministack"].map(|name| {
            let program = program.to_owned();
            let command = move || {
                let mut command = Command::new(&program);
                command.args(["serve", name]);
                command
            };
            Self { name, starts: 1, command: Box::new(command) }
        })
    }

    /// Measures all workloads. Each row is shown as soon as it is known.
    pub(crate) async fn measure(
        &self,
        plan: &Plan,
        mut show: impl FnMut(&Row),
    ) -> Result<Measured, Failure> {
        let mut starts = Vec::new();
        for _ in 1..self.starts {
            starts.push(self.start().await?.1);
        }
        let (server, start) = self.start().await?;
        starts.push(start);
        starts.sort_unstable();
        let resident = server.resident();
        let mut rows = Vec::new();
        for (workload, connections) in workloads(plan) {
            let name = workload.name;
            let prepared = Prepared::at(server.address, workload).await;
            for connections in connections {
                let outcome = match &prepared {
                    Ok(prepared) => figures(&server, prepared, connections, plan.span).await,
                    Err(wrong) => Err(wrong.clone()),
                };
                let row = Row { workload: name, connections, outcome };
                show(&row);
                rows.push(row);
            }
        }
        Ok(Measured { name: self.name, start: percentile(&starts, 50), resident, rows })
    }

    /// A server that answers, and how long that took.
    async fn start(&self) -> Result<(ServerProcess, Duration), Failure> {
        let server = ServerProcess::start((self.command)())
            .map_err(|error| Failure::ours(format_args!("the server of {}: {error}", self.name)))?;
        loop {
            match Client::of(server.address).greet().await {
                Ok(()) => break,
                Err(Wrong::NoAnswer(_)) if server.began.elapsed() < PATIENCE => {
                    sleep(Duration::from_millis(1)).await;
                }
                Err(wrong) => {
                    let name = self.name;
                    return Err(Failure::ours(format_args!("{name} does not answer: {wrong}")));
                }
            }
        }
        let start = server.began.elapsed();
        Ok((server, start))
    }
}

/// The workloads, each with the numbers of connections that it is driven over.
fn workloads(plan: &Plan) -> [(Workload, Vec<u16>); 6] {
    [
        (lead_to_call_in_json_path(), plan.connections.clone()),
        (call_alone(), plan.connections.clone()),
        (lead_to_call_in_jsonata(), plan.connections.clone()),
        (map("Map of 1,000, STANDARD", Standard, 1_000), vec![1]),
        (map("Map of 1,000, EXPRESS", Express, 1_000), vec![1]),
        (map("Map of 10,000, EXPRESS", Express, 10_000), vec![1]),
    ]
}

async fn figures(
    server: &ServerProcess,
    prepared: &Prepared,
    connections: u16,
    span: Duration,
) -> Result<Figures, Wrong> {
    prepared.drive(connections, span / WARM_UP).await?;
    let (began, cpu) = (Instant::now(), server.cpu());
    let took = prepared.drive(connections, span).await?;
    let elapsed = began.elapsed();
    let cpu = server.cpu().zip(cpu).map(|(after, before)| after.saturating_sub(before));
    Ok(Figures::of(took, elapsed, cpu))
}
