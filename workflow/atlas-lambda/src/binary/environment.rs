//! One execution environment: a process, its Runtime API, and the task that sees it to its end.

use std::{
    io,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::serve::ListenerExt;
use rustix::process::Pid;
use tokio::{
    net::TcpListener,
    process::Child,
    sync::{oneshot, watch},
    task::JoinSet,
    time::{self, Instant},
};
use uuid::Uuid;

use super::{
    link::{Link, Phase},
    output::Lines,
    process, runtime_api,
    settings::{BinarySettings, Stream},
    variables,
};
use crate::{
    function::Invocation,
    function_error::FunctionError,
    functions::Outcome,
    record::{Init, InvocationRecord, used_megabytes},
    stop,
};

/// How long the lines of a process that has ended are waited for. They end with its group; only
/// what left the group could hold them open.
const LAST_LINES: Duration = Duration::from_millis(200);

/// What every process of a function has in common.
pub(super) struct Blueprint {
    pub(super) function: Arc<str>,
    pub(super) memory_megabytes: u32,
    pub(super) binary: BinarySettings,
    pub(super) program: PathBuf,
}

/// A process that runs. When it is dropped, the process is killed, with all that it started.
pub(super) struct Environment {
    link: Arc<Link>,
    lines: Arc<Lines>,
    ended: watch::Receiver<Option<Ended>>,
    log_stream: String,
    process: Option<u32>,
    /// Its init phase, until an invocation has told of it.
    init: Option<Init>,
    _life: oneshot::Sender<()>,
}

/// How a process ended: `None` is well.
type Ended = Option<String>;

/// Why a process serves no invocation.
pub(super) enum InitFailure {
    /// It was not started.
    NotStarted(String),
    /// It said why.
    Reported(FunctionError),
    /// It ended.
    Ended(Ended),
    /// It took too long.
    TimedOut,
}

/// What came of an invocation.
pub(super) enum Served {
    /// It was answered.
    Answered(Outcome),
    /// The process ended.
    Ended(Ended),
    /// It took too long.
    TimedOut,
}

impl Environment {
    /// Starts a process and waits until it asks for its first invocation.
    pub(super) async fn start(
        blueprint: &Blueprint,
        closing: watch::Receiver<bool>,
        until: Instant,
    ) -> Result<Self, InitFailure> {
        let (started_at, began) = (SystemTime::now(), Instant::now());
        let mut environment = Self::launch(blueprint, closing).await.map_err(|error| {
            InitFailure::NotStarted(process::why_not_started(&blueprint.program, &error))
        })?;
        let process = began.elapsed();
        let mut phases = environment.link.phases();
        let mut ended = environment.ended.clone();
        let asked = async {
            let phase = phases.wait_for(|phase| !matches!(phase, Phase::Starting)).await;
            match &*phase.expect("the link that tells it stands in the environment") {
                Phase::InitFailed(error) => Err(InitFailure::Reported(error.clone())),
                Phase::Starting | Phase::Ready | Phase::Busy | Phase::Answered => Ok(()),
            }
        };
        tokio::select! {
            biased;
            asked = asked => asked?,
            how = how_it_ended(&mut ended) => return Err(InitFailure::Ended(how)),
            () = time::sleep_until(until) => return Err(InitFailure::TimedOut),
        }
        let runtime = began.elapsed().saturating_sub(process);
        environment.init = Some(Init { started_at, process, runtime });
        Ok(environment)
    }

    async fn launch(blueprint: &Blueprint, closing: watch::Receiver<bool>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let binary = &blueprint.binary;
        let log_stream = new_log_stream();
        let folder = blueprint.program.parent().unwrap_or(Path::new("/"));
        let named = variables::Named {
            function: &blueprint.function,
            memory_megabytes: blueprint.memory_megabytes,
            task_root: folder,
            log_stream: &log_stream,
            runtime_api: listener.local_addr()?,
        };
        let variables = variables::of(binary, &named);
        let child = process::start(&blueprint.program, &binary.arguments, folder, variables)?;
        let process = child.id();
        let link = Arc::new(Link::new());
        let router = runtime_api::router(Arc::clone(&link));
        let lines =
            Lines::new(Arc::clone(&blueprint.function), log_stream.clone(), binary.sink.clone());
        let lines = Arc::new(lines);
        let (life, death) = oneshot::channel();
        let (tell_end, ended) = watch::channel(None);
        let listener = listener.tap_io(|stream| {
            // Answers are small and awaited: a client that cannot be told so is served all the same.
            let _slower = stream.set_nodelay(true);
        });
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await });
        tokio::spawn(keep(Kept {
            child,
            lines: Arc::clone(&lines),
            death,
            tell_end,
            server,
            closing,
        }));
        Ok(Self { link, lines, ended, log_stream, process, init: None, _life: life })
    }

    /// Has the process serve an invocation until the deadline.
    pub(super) async fn serve(&mut self, mut invocation: Invocation, until: Instant) -> Served {
        let left = until.saturating_duration_since(Instant::now());
        invocation.deadline = SystemTime::now() + left;
        self.lines.belong_to(&invocation.request_id, invocation.log.clone());
        let answer = self.link.deliver(invocation);
        tokio::select! {
            biased;
            Ok(outcome) = answer => Served::Answered(outcome),
            how = how_it_ended(&mut self.ended) => Served::Ended(how),
            () = time::sleep_until(until) => Served::TimedOut,
        }
    }

    /// What is to be told of an invocation that begins now.
    pub(super) fn begin_record(
        &mut self,
        blueprint: &Blueprint,
        invocation: &Invocation,
    ) -> InvocationRecord {
        let now = SystemTime::now();
        InvocationRecord {
            function: Arc::clone(&blueprint.function),
            request_id: invocation.request_id.clone(),
            trace_id: invocation.trace_id.clone(),
            execution_arn: invocation.execution_arn.clone(),
            environment: self.log_stream.clone(),
            init: self.init.take(),
            started_at: now,
            ended_at: now,
            is_failed: false,
            memory_megabytes: blueprint.memory_megabytes,
            used_megabytes: None,
        }
    }

    /// The most memory that the process held so far, in MB.
    pub(super) fn used_megabytes(&self) -> Option<f64> {
        used_megabytes(self.process?)
    }

    /// Waits until the process asks for the next invocation. Says whether it does.
    pub(super) async fn is_ready_again(&mut self) -> bool {
        let mut phases = self.link.phases();
        tokio::select! {
            biased;
            _ = how_it_ended(&mut self.ended) => false,
            asked = phases.wait_for(|phase| matches!(phase, Phase::Ready)) => asked.is_ok(),
        }
    }

    /// Whether the process still runs.
    pub(super) fn is_alive(&self) -> bool {
        self.ended.borrow().is_none()
    }
}

/// Waits until the process has ended.
async fn how_it_ended(ended: &mut watch::Receiver<Option<Ended>>) -> Ended {
    match ended.wait_for(Option::is_some).await {
        Ok(how) => how.clone().flatten(),
        // The task that would tell it ended first, with the runtime that it ran on.
        Err(_) => Some("signal: killed".to_owned()),
    }
}

struct Kept {
    child: Child,
    lines: Arc<Lines>,
    death: oneshot::Receiver<()>,
    tell_end: watch::Sender<Option<Ended>>,
    server: JoinSet<io::Result<()>>,
    /// Held until the process is gone, for whoever closes waits for that.
    closing: watch::Receiver<bool>,
}

/// Sees a process to its end, of itself or because its environment is dropped.
async fn keep(kept: Kept) {
    let Kept { mut child, lines, death, tell_end, server, mut closing } = kept;
    let group = process::group_of(&child);
    // Held open while the process lives, so that its end is a sign of ours.
    let _stdin = child.stdin.take();
    let mut readers = JoinSet::new();
    if let Some(stdout) = child.stdout.take() {
        let lines = Arc::clone(&lines);
        readers.spawn(async move { lines.read(Stream::Stdout, stdout).await });
    }
    if let Some(stderr) = child.stderr.take() {
        readers.spawn(async move { lines.read(Stream::Stderr, stderr).await });
    }
    let status = tokio::select! {
        status = child.wait() => status,
        _ = death => killed(&mut child, group).await,
        () = stop::raised(&mut closing) => killed(&mut child, group).await,
    };
    // What the process left behind. A group's number is not given to another while it has members.
    if let Some(group) = group {
        process::kill_group(group);
    }
    let _all_read =
        time::timeout(LAST_LINES, async { while readers.join_next().await.is_some() {} }).await;
    let how = status.map_or_else(|error| Some(error.to_string()), process::how_it_ended);
    tell_end.send_replace(Some(how));
    drop(server);
    drop(closing);
}

async fn killed(child: &mut Child, group: Option<Pid>) -> io::Result<std::process::ExitStatus> {
    match group {
        Some(group) => process::kill_group(group),
        None => child.start_kill()?,
    }
    child.wait().await
}

/// `2026/11/21/[$LATEST]0123…`: each process has a log stream of its own.
fn new_log_stream() -> String {
    let today = jiff::Timestamp::now().strftime("%Y/%m/%d");
    format!("{today}/[$LATEST]{}", Uuid::new_v4().simple())
}
