//! The processes of one function: a further one is started while all others are busy, idle ones are
//! used again, the most recent first, and ended when nobody needs them.

use std::{
    io, path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use tokio::{
    sync::{oneshot, watch},
    task::JoinSet,
    time::{self, Instant},
};

use super::{
    environment::{Blueprint, Environment, InitFailure, Served},
    settings::BinarySettings,
};
use crate::{
    function::Invocation, function_error::FunctionError, functions::Outcome,
    record::InvocationRecord, settings::FunctionSettings,
};

/// How long an answer waits for its process to ask for the next invocation. Runtimes do so at once,
/// and the next invocation then finds this process idle instead of starting another.
const SETTLING: Duration = Duration::from_millis(50);

/// A function's processes.
pub(crate) struct Pool {
    blueprint: Blueprint,
    timeout: Duration,
    idle: Mutex<Vec<Idle>>,
    /// How often a process became idle.
    turns: AtomicU64,
    closing: watch::Sender<bool>,
    itself: Weak<Self>,
}

struct Idle {
    environment: Environment,
    turn: u64,
    /// Ends it when nobody needs it; dropped, and so called off, when somebody does.
    _end: JoinSet<()>,
}

impl Pool {
    pub(crate) fn new(
        function: &str,
        settings: &FunctionSettings,
        binary: BinarySettings,
        closing: watch::Sender<bool>,
    ) -> io::Result<Arc<Self>> {
        let program = path::absolute(&binary.program)?;
        let memory_megabytes = settings.memory_megabytes;
        let blueprint = Blueprint { function: function.into(), memory_megabytes, binary, program };
        Ok(Arc::new_cyclic(|itself| Self {
            blueprint,
            timeout: settings.timeout,
            idle: Mutex::default(),
            turns: AtomicU64::default(),
            closing,
            itself: Weak::clone(itself),
        }))
    }

    /// Serves one invocation, and returns once its process is idle or gone.
    pub(crate) async fn run(&self, invocation: Invocation, tell: oneshot::Sender<Outcome>) {
        let request_id = invocation.request_id.clone();
        let outcome = match self.ready_environment().await {
            Err(failure) => Err(self.init_error(&request_id, failure)),
            Ok((mut environment, until)) => {
                let recording = self.blueprint.binary.recording.as_ref();
                let begun = recording
                    .map(|to| (to, environment.begin_record(&self.blueprint, &invocation)));
                let served = environment.serve(invocation, until).await;
                if let Some((to, record)) = begun {
                    (to.take)(InvocationRecord {
                        ended_at: SystemTime::now(),
                        is_failed: !matches!(served, Served::Answered(Ok(_))),
                        used_megabytes: environment.used_megabytes(),
                        ..record
                    });
                }
                match served {
                    Served::Answered(outcome) => {
                        return self.settle(environment, until, tell, outcome).await;
                    }
                    Served::Ended(how) => Err(FunctionError::exited(&request_id, how.as_deref())),
                    Served::TimedOut => Err(FunctionError::timed_out(&request_id, self.timeout)),
                }
            }
        };
        // Whoever waited may have gone.
        let _gone = tell.send(outcome);
    }

    /// Ends the processes that nobody uses.
    pub(crate) fn end_idle(&self) {
        self.idle().clear();
    }

    /// A process that waits for an invocation, and until when it may take.
    async fn ready_environment(&self) -> Result<(Environment, Instant), InitFailure> {
        while let Some(idle) = self.pop_idle() {
            if idle.is_alive() {
                return Ok((idle, Instant::now() + self.timeout));
            }
        }
        let limit = Instant::now() + self.blueprint.binary.init_timeout;
        match Environment::start(&self.blueprint, self.closing.subscribe(), limit).await {
            Ok(environment) => Ok((environment, Instant::now() + self.timeout)),
            Err(failure @ InitFailure::NotStarted(_)) => Err(failure),
            // An init phase that fails or takes longer than ten seconds is gone through again as part
            // of the invocation, which its time then counts to (Lambda Developer Guide, "Failures
            // during the Init phase").
            Err(InitFailure::Reported(_) | InitFailure::Ended(_) | InitFailure::TimedOut) => {
                let until = Instant::now() + self.timeout;
                let closing = self.closing.subscribe();
                Ok((Environment::start(&self.blueprint, closing, until).await?, until))
            }
        }
    }

    fn init_error(&self, request_id: &str, failure: InitFailure) -> FunctionError {
        match failure {
            InitFailure::NotStarted(why) => FunctionError::not_started(request_id, &why),
            InitFailure::Reported(error) => error,
            InitFailure::Ended(how) => FunctionError::exited(request_id, how.as_deref()),
            InitFailure::TimedOut => FunctionError::timed_out(request_id, self.timeout),
        }
    }

    /// Answers, and keeps the process once it asks for the next invocation. One that does not is
    /// timed out as if it had not answered.
    async fn settle(
        &self,
        mut environment: Environment,
        until: Instant,
        tell: oneshot::Sender<Outcome>,
        outcome: Outcome,
    ) {
        let mut ready = time::timeout(SETTLING, environment.is_ready_again()).await;
        if ready == Ok(true) {
            self.keep(environment);
            let _gone = tell.send(outcome);
            return;
        }
        let _gone = tell.send(outcome);
        if ready.is_err() {
            ready = time::timeout_at(until, environment.is_ready_again()).await;
        }
        if ready == Ok(true) {
            self.keep(environment);
        }
    }

    fn keep(&self, environment: Environment) {
        let mut idle = self.idle();
        // Under the lock, so that `end_idle` comes either after this or before it was asked for.
        if *self.closing.borrow() {
            return;
        }
        let turn = self.turns.fetch_add(1, Ordering::Relaxed);
        let (pool, idle_timeout) = (Weak::clone(&self.itself), self.blueprint.binary.idle_timeout);
        let mut end = JoinSet::new();
        end.spawn(async move {
            time::sleep(idle_timeout).await;
            let Some(pool) = pool.upgrade() else { return };
            pool.idle().retain(|idle| idle.turn != turn);
        });
        idle.push(Idle { environment, turn, _end: end });
    }

    fn pop_idle(&self) -> Option<Environment> {
        self.idle().pop().map(|idle| idle.environment)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
