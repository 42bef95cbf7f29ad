//! How a deployment on this machine is set up.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use atlas_engine::{
    DuplicateExpress, ExecutionLog, Observer, Time, journal::Journals, mocks::MockConfig,
};
use atlas_sandbox::Options;
use atlas_server::{AllowedHost, Token};
use handlers::functions::Handler;

use crate::{CallLog, TraceLog, outside_services};

/// The handlers that take a lead from its arrival to the end of its call: all but the bot's two.
pub const LEAD_HANDLERS: [Handler; 6] = [
    Handler::CreateLead,
    Handler::GenerateDynamicScenario,
    Handler::InvokeOutboundCall,
    Handler::UpdateLead,
    Handler::CallEnded,
    Handler::CallSweeper,
];

/// What a deployment is made of.
pub struct Setup {
    /// Where the Step Functions API is served; port 0 is any that is free.
    pub listen: SocketAddr,
    /// The token that whoever asks has to show. Without one, only what comes over loopback is answered.
    pub token: Option<Token>,
    /// Names that the server goes by, beside those of loopback and its address.
    pub allowed_hosts: Vec<AllowedHost>,
    /// The services outside.
    pub services: Services,
    /// Where the handlers' code is.
    pub code: Code,
    /// The handlers that are there.
    pub handlers: Vec<Handler>,
    /// What handlers are deployed with, beside what names the services.
    pub variables: Vec<(String, String)>,
    /// What single handlers are deployed with, before all else.
    pub variables_of: Vec<(Handler, Vec<(String, String)>)>,
    /// What tasks that no handler does are performed with, before what names the services: endpoints
    /// and credentials of AWS's own tools.
    pub task_variables: Vec<(String, String)>,
    /// Mocks, for executions that name a case.
    pub mocks: Option<Arc<MockConfig>>,
    /// Where the mocks are read again when they have changed.
    pub mock_file: Option<PathBuf>,
    /// How the time of executions passes.
    pub time: Time,
    /// Sees each history event.
    pub observer: Option<Observer>,
    /// Takes what machines log of their executions.
    pub execution_log: Option<Arc<dyn ExecutionLog>>,
    /// Which EXPRESS executions run twice; none where absent.
    pub duplicate_express: Option<DuplicateExpress>,
    /// Where everything is kept that outlives the process; nowhere where absent.
    pub journals: Option<Arc<dyn Journals>>,
    /// Keeps what handlers call, for whoever takes it out again; without it nothing is kept.
    pub calls: Option<CallLog>,
    /// Keeps what functions do, as traces. Handlers of this process then work in environments as on Lambda, each
    /// of which serves one invocation at a time. Of services elsewhere no call is seen.
    pub traces: Option<TraceLog>,
    /// Further functions: binaries, each named after its file. One that is named after a handler takes its place.
    pub binaries: Vec<PathBuf>,
}

/// The services outside.
pub enum Services {
    /// A sandbox that starts and stops with the deployment.
    InProcess(Box<Options>),
    /// A sandbox in a process of its own, by the environment that it prints.
    Elsewhere(Vec<(String, String)>),
}

/// Where the handlers' code is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// In this process.
    InProcess,
    /// Lambda binaries, named after their handlers, in this folder.
    Binaries(PathBuf),
}

impl Default for Setup {
    /// Every handler in this process, against a sandbox without latencies and faults, in real time.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            token: None,
            allowed_hosts: Vec::new(),
            services: Services::InProcess(Box::new(outside_services::options())),
            code: Code::InProcess,
            handlers: Handler::ALL.to_vec(),
            variables: Vec::new(),
            variables_of: Vec::new(),
            task_variables: Vec::new(),
            mocks: None,
            mock_file: None,
            time: Time::Real,
            observer: None,
            execution_log: None,
            duplicate_express: None,
            journals: None,
            calls: None,
            traces: None,
            binaries: Vec::new(),
        }
    }
}
