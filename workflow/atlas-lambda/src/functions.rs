//! The functions of one machine, by name, and the one way to invoke them.

use std::{
    collections::HashMap,
    io,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use atlas_core::Payload;
use tokio::sync::{Semaphore, oneshot, watch};
use uuid::Uuid;

use crate::{
    asynchronous::{self, EventDropped},
    binary::{BinarySettings, Pool},
    body::Body,
    function::{Function, Invocation},
    function_error::FunctionError,
    in_process,
    invoke::{InvocationType, InvokeError, InvokeRequest, Invoked, LogType},
    log_tail::LogTail,
    name::{FunctionName, InvalidFunctionName, is_qualifier},
    settings::FunctionSettings,
    stop,
};

/// What a function answered.
pub(crate) type Outcome = Result<Body, FunctionError>;

/// Functions that can be invoked. When it is dropped, or closed, its invocations and processes end.
#[derive(Debug)]
pub struct Functions {
    known: HashMap<Box<str>, Arc<Known>>,
    closing: watch::Sender<bool>,
}

/// Why a function cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// The name is none, or no bare one.
    #[error("`{0}` is not a function's name; expected letters, digits, `-` and `_`")]
    InvalidName(String),
    /// There is one of this name.
    #[error("there is a function `{0}` already; each needs a name of its own")]
    Taken(String),
    /// The binary's place cannot be told.
    #[error("the place of the binary `{path}` cannot be told")]
    Place {
        /// The path that was given.
        path: String,
        /// Why.
        source: io::Error,
    },
}

impl Default for Functions {
    fn default() -> Self {
        Self::new()
    }
}

impl Functions {
    /// None yet.
    pub fn new() -> Self {
        Self { known: HashMap::new(), closing: watch::Sender::new(false) }
    }

    /// Adds a function that runs in this process.
    pub fn add(
        &mut self,
        name: &str,
        settings: FunctionSettings,
        function: impl Function + 'static,
    ) -> Result<(), AddError> {
        self.check_name(name)?;
        self.insert(name, settings, Code::InProcess(Arc::new(function)));
        Ok(())
    }

    /// Adds a function that is a binary of its own. It is started when it is invoked first.
    pub fn add_binary(
        &mut self,
        name: &str,
        settings: FunctionSettings,
        binary: BinarySettings,
    ) -> Result<(), AddError> {
        self.check_name(name)?;
        let path = binary.program.display().to_string();
        let pool = Pool::new(name, &settings, binary, self.closing.clone())
            .map_err(|source| AddError::Place { path, source })?;
        self.insert(name, settings, Code::Binary(pool));
        Ok(())
    }

    /// Whether a function of this name is here, whatever its version.
    pub fn has(&self, name: &FunctionName) -> bool {
        self.known.contains_key(name.name())
    }

    /// Invokes a function as Lambda would. Whoever stops waiting does not stop the function.
    pub async fn invoke(&self, request: InvokeRequest) -> Result<Invoked, InvokeError> {
        let invocation_type = request.invocation_type;
        let Prepared { known, invocation, version } = self.prepare(request)?;
        let mut invoked = Invoked {
            request_id: invocation.request_id.clone(),
            trace_id: invocation.trace_id.clone(),
            status_code: 200,
            executed_version: None,
            log_result: None,
            outcome: None,
        };
        match invocation_type {
            InvocationType::DryRun => invoked.status_code = 204,
            InvocationType::Event => {
                invoked.status_code = 202;
                let (closing, give_up) = (self.closing.clone(), self.closing.subscribe());
                tokio::spawn(asynchronous::deliver(known, closing, invocation, give_up));
            }
            InvocationType::RequestResponse => {
                let log = invocation.log.clone();
                invoked.outcome = Some(known.invoke(&self.closing, invocation, &version).await?);
                invoked.executed_version = Some(version);
                invoked.log_result = log.encoded();
            }
        }
        Ok(invoked)
    }

    /// Sees an event through, with what Lambda does when the function fails; `give_up` calls off
    /// what has not begun yet.
    pub(crate) async fn deliver(
        &self,
        request: InvokeRequest,
        give_up: watch::Receiver<bool>,
    ) -> Result<(), EventDropped> {
        let Prepared { known, invocation, .. } = self.prepare(request)?;
        asynchronous::deliver(known, self.closing.clone(), invocation, give_up).await
    }

    fn prepare(&self, request: InvokeRequest) -> Result<Prepared, InvokeError> {
        let (known, function_arn, version) = self.find(&request)?;
        request.check_size()?;
        let is_awaited = request.invocation_type == InvocationType::RequestResponse;
        let invocation = Invocation {
            payload: request.payload,
            request_id: Uuid::new_v4().to_string(),
            deadline: SystemTime::now() + known.settings.timeout,
            trace_id: request.trace_id.unwrap_or_else(new_trace),
            function_arn,
            execution_arn: request.execution_arn,
            client_context: request.client_context.filter(|_| is_awaited),
            log: match request.log_type {
                LogType::None => LogTail::default(),
                LogType::Tail => LogTail::kept(),
            },
        };
        Ok(Prepared { known, invocation, version })
    }

    /// Ends every invocation and every process, and waits until they are gone. Later invocations are
    /// refused.
    pub async fn close(&self) {
        self.closing.send_replace(true);
        for known in self.known.values() {
            if let Code::Binary(pool) = &known.code {
                pool.end_idle();
            }
        }
        self.closing.closed().await;
    }

    fn check_name(&self, name: &str) -> Result<(), AddError> {
        let is_bare = |parsed: FunctionName| parsed.name() == name;
        if !name.parse().is_ok_and(is_bare) {
            return Err(AddError::InvalidName(name.to_owned()));
        }
        if self.known.contains_key(name) {
            return Err(AddError::Taken(name.to_owned()));
        }
        Ok(())
    }

    fn insert(&mut self, name: &str, settings: FunctionSettings, code: Code) {
        let permits = settings.reserved_concurrency.map(Semaphore::new).map(Arc::new);
        self.known.insert(name.into(), Arc::new(Known { settings, permits, code }));
    }

    /// The function, the ARN that it is invoked by, and the version that runs.
    fn find(&self, request: &InvokeRequest) -> Result<(Arc<Known>, String, String), InvokeError> {
        let arn = request.function.arn(&request.place);
        let qualifier = request.function.qualifier();
        if let Some(qualifier) = qualifier
            && !is_qualifier(qualifier)
        {
            return Err(InvalidFunctionName(request.function.to_string()).into());
        }
        let is_version = |known: &&Arc<Known>| {
            let known = &known.settings.qualifiers;
            qualifier
                .is_none_or(|wanted| wanted == LATEST || known.iter().any(|known| known == wanted))
        };
        match self.known.get(request.function.name()).filter(is_version) {
            Some(known) => {
                let number =
                    qualifier.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
                let version = number.unwrap_or(LATEST).to_owned();
                Ok((Arc::clone(known), arn.qualified(qualifier), version))
            }
            // Without a qualifier AWS names the version that it looked for (recorded: test
            // test_no_such_function).
            None => Err(InvokeError::NotFound { arn: arn.qualified(qualifier.or(Some(LATEST))) }),
        }
    }
}

impl Drop for Functions {
    fn drop(&mut self) {
        self.closing.send_replace(true);
    }
}

/// The version that a function has while nobody publishes another.
pub(crate) const LATEST: &str = "$LATEST";

struct Prepared {
    known: Arc<Known>,
    invocation: Invocation,
    version: String,
}

/// One function: its code, and what holds it to its settings.
pub(crate) struct Known {
    settings: FunctionSettings,
    permits: Option<Arc<Semaphore>>,
    code: Code,
}

enum Code {
    InProcess(Arc<dyn Function>),
    Binary(Arc<Pool>),
}

impl std::fmt::Debug for Known {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Known").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Known {
    /// Runs one invocation to its end, unless everything ends before.
    pub(crate) async fn invoke(
        self: &Arc<Self>,
        closing: &watch::Sender<bool>,
        invocation: Invocation,
        version: &str,
    ) -> Result<Outcome, InvokeError> {
        let permit = match &self.permits {
            Some(permits) => match Arc::clone(permits).try_acquire_owned() {
                Ok(permit) => Some(permit),
                Err(_) => return Err(InvokeError::Throttled),
            },
            None => None,
        };
        let mut closed = closing.subscribe();
        let (log, request_id) = (invocation.log.clone(), invocation.request_id.clone());
        log_start(&log, &request_id, version);
        let started = Instant::now();
        let (tell, told) = oneshot::channel();
        let known = Arc::clone(self);
        // A task of its own, for nobody who stops waiting stops a function on Lambda either. It
        // outlasts the answer while the function's process is not ready for the next invocation.
        tokio::spawn(async move {
            let _permit = permit;
            tokio::select! {
                biased;
                () = stop::raised(&mut closed) => {}
                () = known.run(invocation, tell) => {}
            }
        });
        let outcome = told.await.map_err(|_| InvokeError::Closed)?;
        log_end(&log, &request_id, started.elapsed(), self.settings.memory_megabytes, &outcome);
        Ok(outcome)
    }

    async fn run(&self, invocation: Invocation, tell: oneshot::Sender<Outcome>) {
        match &self.code {
            Code::InProcess(function) => {
                let timeout = self.settings.timeout;
                let outcome = in_process::run(Arc::clone(function), timeout, invocation).await;
                // Whoever waited may have gone.
                let _gone = tell.send(outcome);
            }
            Code::Binary(pool) => pool.run(invocation, tell).await,
        }
    }
}

fn log_start(log: &LogTail, request_id: &str, version: &str) {
    if log.is_kept() {
        log.line(&format!("START RequestId: {request_id} Version: {version}"));
    }
}

fn log_end(
    log: &LogTail,
    request_id: &str,
    took: Duration,
    memory_megabytes: u32,
    outcome: &Outcome,
) {
    if !log.is_kept() {
        return;
    }
    let milliseconds = took.as_secs_f64() * 1_000.0;
    let status = match outcome {
        Ok(_) => String::new(),
        Err(error) => {
            format!("\tStatus: error\tError Type: {}", error.logged_type().unwrap_or("Unknown"))
        }
    };
    log.line(&format!("END RequestId: {request_id}"));
    log.line(&format!(
        "REPORT RequestId: {request_id}\tDuration: {milliseconds:.2} ms\tBilled Duration: {:.0} \
         ms\tMemory Size: {memory_megabytes} MB{status}",
        milliseconds.ceil(),
    ));
}

/// A trace of its own that nobody samples.
fn new_trace() -> String {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let root = Uuid::new_v4().simple().to_string();
    let parent = Uuid::new_v4().simple().to_string();
    format!("Root=1-{:08x}-{};Parent={};Sampled=0", seconds.as_secs(), &root[..24], &parent[..16])
}

/// What a function is invoked with where nobody says: an empty object.
pub(crate) fn no_payload() -> Payload {
    Payload::empty()
}
