//! Keeps a server on a folder: kills it, lets its disk fail, and starts it again on the same folder.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::watch, time::sleep};

use super::chance::Chance;
use crate::{
    chaos::Chaos,
    failure::Failure,
    server_process::{NotStarted, ServerProcess},
};

/// How often the server is looked at.
const LOOK: Duration = Duration::from_millis(2);
/// A disk may fail so often while its file is opened, and not more often.
const MOST_STARTS: u32 = 200;
/// What is said of the journal's disk where it fails on purpose, while it is read as well.
const ON_PURPOSE: [&str; 2] = ["the disk has failed", "the disk fails"];
/// Behind this a server says with how many executions it goes on.
const GOING_ON: &str = ", open: ";

/// A server that comes and goes.
#[derive(Debug)]
pub(super) struct Keeper {
    program: PathBuf,
    folder: PathBuf,
    functions: SocketAddr,
    whereabouts: watch::Sender<Option<SocketAddr>>,
    server: Option<ServerProcess>,
    pub(super) tally: Tally,
}

/// How often what happened.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) kills: u64,
    /// The server ended by itself: its disk lost its power.
    pub(super) losses: u64,
    /// Executions that went on after a start, all starts together.
    pub(super) recovered: u64,
}

/// The server ended, or did not start, and nobody wanted that.
#[derive(Debug)]
pub(super) struct Unwanted(pub(super) String);

/// Why a server cannot be kept.
#[derive(Debug)]
pub(super) enum Trouble {
    Unwanted(Unwanted),
    Ours(Failure),
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Ours(Failure::ours(format_args!("cannot keep a server: {error}")))
    }
}

impl Keeper {
    pub(super) fn new(program: &Path, folder: &Path, functions: SocketAddr) -> Self {
        Self {
            program: program.to_owned(),
            folder: folder.to_owned(),
            functions,
            whereabouts: watch::Sender::new(None),
            server: None,
            tally: Tally::default(),
        }
    }

    pub(super) fn whereabouts(&self) -> watch::Receiver<Option<SocketAddr>> {
        self.whereabouts.subscribe()
    }

    /// Keeps a server until the load is over, and kills it at these numbers of answers.
    pub(super) async fn torture(
        &mut self,
        chaos: Option<Chaos>,
        chance: &mut Chance,
        mut kill_at: Vec<u64>,
        answered: &AtomicU64,
        is_over: &Arc<tokio::sync::Notify>,
    ) -> Result<(), Trouble> {
        self.start(chaos, chance).await?;
        let over = is_over.notified();
        tokio::pin!(over);
        loop {
            tokio::select! {
                () = &mut over => return Ok(()),
                () = sleep(LOOK) => {}
            }
            if let Some(status) = self.ended()? {
                self.check_end(status, chaos)?;
                self.start(chaos, chance).await?;
            }
            if kill_at.first().is_some_and(|at| *at <= answered.load(Ordering::Relaxed)) {
                kill_at.remove(0);
                sleep(chance.millis(20)).await;
                self.kill();
                self.start(chaos, chance).await?;
            }
        }
    }

    /// Kills the server and starts it on a disk that does not fail.
    pub(super) async fn restart_plainly(&mut self) -> Result<(), Trouble> {
        self.kill();
        self.start(None, &mut Chance::new(0, 0, 0)).await
    }

    /// What it said, if it has ended though its disk is as it should be.
    pub(super) fn check(&mut self) -> Result<(), Trouble> {
        match self.ended()? {
            Some(status) => self.check_end(status, None),
            None => Ok(()),
        }
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>, Trouble> {
        Ok(self.server.as_mut().map(ServerProcess::ended).transpose()?.flatten())
    }

    fn kill(&mut self) {
        self.whereabouts.send_replace(None);
        if let Some(server) = self.server.take() {
            self.count(&server);
            self.tally.kills += 1;
            // Which is how it is dropped: with SIGKILL.
            drop(server);
        }
    }

    fn check_end(&mut self, status: ExitStatus, chaos: Option<Chaos>) -> Result<(), Trouble> {
        self.whereabouts.send_replace(None);
        let Some(server) = self.server.take() else { return Ok(()) };
        self.count(&server);
        if is_loss_of_power(status) && chaos == Some(Chaos::PowerLoss) {
            self.tally.losses += 1;
            return Ok(());
        }
        let said = server.said();
        let what = format!("the server ended by itself with {status}; it said:\n{said}");
        Err(Trouble::Unwanted(Unwanted(what)))
    }

    fn count(&mut self, server: &ServerProcess) {
        let said = server.said();
        let going_on = said.lines().find_map(|line| line.rsplit_once(GOING_ON)?.1.parse().ok());
        self.tally.recovered += going_on.unwrap_or(0);
    }

    async fn start(&mut self, chaos: Option<Chaos>, chance: &mut Chance) -> Result<(), Trouble> {
        for _ in 0..MOST_STARTS {
            let command = self.command(chaos, chance.below(u64::MAX));
            let starting = tokio::task::spawn_blocking(move || ServerProcess::start(command));
            match starting.await.expect("starting a process does not panic") {
                Ok(server) => {
                    self.whereabouts.send_replace(Some(server.address));
                    self.server = Some(server);
                    return Ok(());
                }
                Err(NotStarted::Ended(status, _))
                    if is_loss_of_power(status) && chaos == Some(Chaos::PowerLoss) =>
                {
                    self.tally.losses += 1;
                }
                Err(NotStarted::Ended(_, said))
                    if ON_PURPOSE.iter().any(|words| said.contains(words))
                        && chaos == Some(Chaos::FailingFsync) => {}
                Err(NotStarted::Process(error)) => return Err(error.into()),
                Err(NotStarted::Silent(said)) => {
                    let what = format!("the server does not come up; it said:\n{said}");
                    return Err(Trouble::Unwanted(Unwanted(what)));
                }
                Err(NotStarted::Ended(status, said)) => {
                    let what = format!(
                        "the server does not start: it ended with {status}; it said:\n{said}"
                    );
                    return Err(Trouble::Unwanted(Unwanted(what)));
                }
            }
        }
        let what = format!("the server did not start {MOST_STARTS} times");
        Err(Trouble::Unwanted(Unwanted(what)))
    }

    fn command(&self, chaos: Option<Chaos>, seed: u64) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["dev", "--no-sandbox", "--listen", "127.0.0.1:0", "--data"]);
        command.arg(&self.folder);
        if let Some(chaos) = chaos {
            command.args(["--chaos", chaos.as_str(), "--seed", &seed.to_string()]);
        }
        for variable in
            ["AWS_ENDPOINT_URL", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "SFN_MOCK_CONFIG"]
        {
            command.env_remove(variable);
        }
        command.env("AWS_ENDPOINT_URL_LAMBDA", format!("http://{}", self.functions));
        command
    }
}

/// The process was aborted.
#[cfg(unix)]
fn is_loss_of_power(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt as _;

    /// `SIGABRT` (signal(7)).
    const ABORTED: i32 = 6;
    status.signal() == Some(ABORTED)
}

/// The process was aborted, as far as can be told.
#[cfg(not(unix))]
fn is_loss_of_power(status: ExitStatus) -> bool {
    !status.success()
}
