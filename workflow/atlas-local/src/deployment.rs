//! Everything that a lead needs from the chat to the ringing phone, started and stopped as one.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use atlas_engine::{Engine, GoingOn, Place};
use atlas_lambda::{
    FunctionName, Functions, LambdaTasks, Rate, RunningSource, Schedule, SqsMapping,
};
use atlas_sandbox::Sandbox;
use atlas_server::{App, AppOptions, Guard, Token, router, serve, wall_clock};
use definitions::resources::{CONTACT_EVENTS, Queue, RESPONSE_REQUESTS};
use handlers::functions::Handler;
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    CallLog, Services, Setup, StartError, TraceLog,
    event_queue::EventQueue,
    functions::{self, Wanted},
    late_runner::LateRunner,
    machines::create_machines,
    outside_services,
    start_forms::start_forms,
    task_services, variables,
};

/// How often the sweeper looks: every minute on AWS, sooner where somebody watches.
const SWEEP_EVERY: Duration = Duration::from_secs(5);
/// How many batches are worked on at once. Lambda begins with five and adds hundreds a minute while a queue
/// is full; this machine would only share its processors among more.
const BATCHES: usize = 16;
/// How long a poll waits for messages: one under way when everything stops is given up.
const POLL: Duration = Duration::from_secs(1);

/// A deployment at work. Whoever drops it instead of stopping it stops it too, less gently.
pub struct Deployment {
    app: App,
    address: SocketAddr,
    url: String,
    sources: Vec<RunningSource>,
    functions: Arc<Functions>,
    sandbox: Option<Arc<Sandbox>>,
    going_on: GoingOn,
    _server: JoinSet<()>,
}

impl Deployment {
    /// Starts everything; what it returns is ready to take leads.
    ///
    /// # Errors
    /// Where a port is taken, a variable is missing or a binary is not there.
    pub async fn start(setup: Setup) -> Result<Self, StartError> {
        let Setup { listen, services, code, handlers, .. } = setup;
        let unreachable = |source| StartError::Listen { address: listen, source };
        let listener = TcpListener::bind(listen).await.map_err(unreachable)?;
        let address = listener.local_addr().map_err(unreachable)?;
        let url = format!("http://{address}");
        let mut guard = Guard::of_loopback().with_hosts(setup.allowed_hosts);
        // Handlers answer as whoever else does, but with a token that nobody else is given.
        let of_handlers = setup.token.as_ref().map(|_| Token::generated());
        for token in setup.token.iter().chain(&of_handlers) {
            guard = guard.with_token(token);
        }

        // The API is there before the handlers, which want to reach it.
        let runner = LateRunner::default();
        let of_services = match &services {
            Services::Elsewhere(environment) => environment.as_slice(),
            Services::InProcess(_) => &[],
        };
        let phone_hash_key =
            outside_services::phone_hash_key(setup.variables.iter().chain(of_services));
        let app = App::new(AppOptions {
            runner: Arc::new(runner.clone()),
            mocks: setup.mocks,
            mock_file: setup.mock_file,
            observer: setup.observer,
            execution_log: setup.execution_log,
            duplicate_express: setup.duplicate_express,
            time: setup.time,
            journals: setup.journals,
            start_forms: start_forms(),
            phone_hash_key: Some(phone_hash_key),
        });
        let going_on = app.recover()?;
        create_machines(app.account(&Place::default()).engine())?;
        let routes = router(app.clone(), guard);
        let mut server = JoinSet::new();
        server.spawn(async move {
            // It serves until it is dropped.
            let _ = serve(listener, routes).await;
        });

        let of_api = format!("http://{}", near(address));
        let (sandbox, mut of_services) = match services {
            Services::InProcess(mut options) => {
                options.recorder = setup.traces.as_ref().map(TraceLog::recorder);
                let sandbox = Arc::new(Sandbox::start(*options).await?);
                let environment = outside_services::environment(&sandbox, Some(&of_api));
                sandbox.tell_environment(environment.clone());
                (Some(sandbox), environment)
            }
            Services::Elsewhere(environment) => {
                (None, outside_services::with_step_functions(environment, &of_api))
            }
        };
        if let Some(token) = of_handlers {
            of_services.push(("AWS_SESSION_TOKEN".to_owned(), token.expose().to_owned()));
        }
        let variables = variables::of_handlers(&setup.variables, of_services);
        let pipeline = app.account(&Place::default()).pipeline().clone();
        let calls = setup.calls.unwrap_or(CallLog::of_nothing());
        let calls = calls.telling(move |call| pipeline.call(wall_clock(), call.for_pipeline()));
        if let (Some(traces), Some(sandbox)) = (&setup.traces, &sandbox) {
            traces.open(sandbox, &variables);
        }
        let wanted = Wanted {
            handlers: &handlers,
            code: &code,
            binaries: &setup.binaries,
            variables: &variables,
            variables_of: &setup.variables_of,
            calls,
            traces: setup.traces,
        };
        let functions = functions::start(wanted).await?;
        let functions = Arc::new(functions);
        let of_services = variables.iter().filter(|(name, _)| for_tasks(name));
        let others = task_services(setup.task_variables.into_iter().chain(of_services.cloned()))?;
        runner.set(Arc::new(LambdaTasks::new(Arc::clone(&functions)).or(Arc::new(others))));
        let sources = start_sources(&handlers, &functions, &variables);
        Ok(Self { app, address, url, sources, functions, sandbox, going_on, _server: server })
    }

    /// How many executions went on from where an earlier process left them.
    pub fn going_on(&self) -> &GoingOn {
        &self.going_on
    }

    /// The engine that runs the machines.
    pub fn engine(&self) -> Engine {
        self.app.account(&Place::default()).engine().clone()
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the Step Functions API is served.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The functions, to be invoked by whoever else may.
    pub fn functions(&self) -> &Arc<Functions> {
        &self.functions
    }

    /// The sandbox that belongs to it.
    pub fn sandbox(&self) -> Option<&Sandbox> {
        self.sandbox.as_deref()
    }

    /// Finishes what events began, then stops everything.
    pub async fn stop(self) {
        for source in self.sources {
            source.stop().await;
        }
        self.functions.close().await;
        // Whoever still holds a log of traces holds the sandbox, which stops all the same.
        if let Some(sandbox) = self.sandbox {
            sandbox.stop().await;
        }
    }
}

/// Where this machine reaches a server of its own: one that listens everywhere does so on loopback.
pub fn near(address: SocketAddr) -> SocketAddr {
    let loopback = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(loopback, address.port())
}

/// Whether a task reaches a service by this variable. What is only looked at, the sandbox does not play as a
/// task wants it: somebody else may, where `AWS_ENDPOINT_URL` says.
fn for_tasks(name: &str) -> bool {
    let only_looked_at = ["EVENTBRIDGE", "SERVICE_QUOTAS", "STS"];
    let service = name.strip_prefix("AWS_ENDPOINT_URL").map(|rest| rest.trim_start_matches('_'));
    service.is_some_and(|service| !only_looked_at.contains(&service))
}

/// What invokes functions by itself, as far as their handlers are there.
fn start_sources(
    handlers: &[Handler],
    functions: &Arc<Functions>,
    variables: &[(String, String)],
) -> Vec<RunningSource> {
    let mut sources = Vec::new();
    for (queue, handler) in
        [(CONTACT_EVENTS, Handler::CallEnded), (RESPONSE_REQUESTS, Handler::ResponseWriter)]
    {
        let url = variables.iter().find(|(name, _)| name == queue.variable);
        if let Some((_, url)) = url.filter(|_| handlers.contains(&handler)) {
            sources.push(poll(queue, url, handler, functions, variables));
        }
    }
    if handlers.contains(&Handler::CallSweeper) {
        let rate = Rate::every(SWEEP_EVERY).expect("the period is not zero");
        let name = function_name(Handler::CallSweeper);
        let schedule = Schedule::new(name, Place::default(), "AtlasEngine-CallSweeper", rate);
        sources.push(schedule.start(Arc::clone(functions)));
    }
    sources
}

fn poll(
    queue: Queue,
    url: &str,
    handler: Handler,
    functions: &Arc<Functions>,
    variables: &[(String, String)],
) -> RunningSource {
    let place = Place::default();
    let arn = format!("arn:aws:sqs:{}:{}:{}", place.region, place.account, queue.name);
    let mapping = SqsMapping {
        reports_item_failures: true,
        maximum_concurrency: BATCHES,
        wait: POLL,
        visibility_timeout: Duration::from_secs(queue.visibility_seconds.into()),
        ..SqsMapping::new(function_name(handler), place, arn)
    };
    mapping
        .start(Arc::clone(functions), Arc::new(EventQueue::new(url, variables)))
        .expect("Lambda takes such a mapping")
}

fn function_name(handler: Handler) -> FunctionName {
    handler.name().parse().expect("a handler's name is a function's")
}
