//! Drives a server with a workload over some connections, each of which starts its next execution as soon
//! as it has read all of the one before.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use super::{client::Client, verdict::Wrong, workload::Workload};

/// A workload whose machines a server has.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    server: SocketAddr,
    workload: Arc<Workload>,
    machines: Arc<[String]>,
    /// How often it was driven: names of executions must not come again.
    times: Arc<AtomicU32>,
}

impl Prepared {
    /// Creates the machines of a workload at a server.
    pub(super) async fn at(server: SocketAddr, workload: Workload) -> Result<Self, Wrong> {
        let mut client = Client::of(server);
        let mut machines = Vec::new();
        for machine in &workload.machines {
            machines.push(client.create(machine).await?);
        }
        let times = Arc::default();
        Ok(Self { server, workload: Arc::new(workload), machines: machines.into(), times })
    }

    /// Lets every connection start executions for this long, at least one; answers with how long each
    /// took, once all have ended.
    pub(super) async fn drive(
        &self,
        connections: u16,
        span: Duration,
    ) -> Result<Vec<Duration>, Wrong> {
        let time = self.times.fetch_add(1, Ordering::Relaxed);
        let until = Instant::now() + span;
        let mut running = JoinSet::new();
        for connection in 0..connections {
            let prepared = self.clone();
            running.spawn(async move { prepared.connection(time, connection, until).await });
        }
        let mut took = Vec::new();
        while let Some(ended) = running.join_next().await {
            took.extend(ended.expect("a connection does not panic and is not aborted")?);
        }
        Ok(took)
    }

    async fn connection(
        self,
        time: u32,
        connection: u16,
        until: Instant,
    ) -> Result<Vec<Duration>, Wrong> {
        let Workload { way, machines, .. } = &*self.workload;
        let mut client = Client::of(self.server);
        let mut took = Vec::new();
        for number in 0.. {
            let which = (number + usize::from(connection)) % machines.len();
            let key = format!("bench-{time}-{connection}-{number}");
            took.push(client.run(*way, &machines[which], &self.machines[which], &key).await?);
            if Instant::now() >= until {
                break;
            }
        }
        Ok(took)
    }
}
