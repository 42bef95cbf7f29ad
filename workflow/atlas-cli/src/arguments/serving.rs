//! The commands that serve.

use std::{net::SocketAddr, path::PathBuf};

use atlas_local::Misconfiguration;
use atlas_server::AllowedHost;
use clap::Args;

use super::DATA_FOLDER;
use crate::{base_url::base_url, byte_size::data_limit, chaos::Chaos, duration::length};

#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// The address to listen on; port 0 is any that is free. Where it is not a loopback one, a token is
    /// asked for
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8083")]
    pub(crate) listen: SocketAddr,
    /// Ask whoever comes for this token; other users of this machine can see it, so --token-file is better
    #[arg(long, value_name = "TOKEN", conflicts_with = "token_file")]
    pub(crate) token: Option<String>,
    /// Ask whoever comes for the token in this file, `-` for standard input [default: where others can
    /// reach the address, one that is said once]
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// A name that the server goes by, beside localhost and its address; repeatable
    #[arg(long, value_name = "NAME")]
    pub(crate) allow_host: Vec<AllowedHost>,
    /// A mock file, in the format of Step Functions Local [default: the one SFN_MOCK_CONFIG names]
    #[arg(long, value_name = "FILE")]
    pub(crate) mocks: Option<PathBuf>,
    /// Keep state machines and STANDARD executions in this folder: they go on after a restart, or a
    /// crash. What machines log of their executions is written there too
    #[arg(long, value_name = "DIR", default_value = DATA_FOLDER)]
    pub(crate) data: PathBuf,
    /// Keep everything in memory only
    #[arg(long, conflicts_with_all = ["data", "data_limit", "retention", "chaos"])]
    pub(crate) ephemeral: bool,
    /// Begin nothing new where what is kept would take more than this, as 20MB; what runs waits for room
    #[arg(long, value_name = "SIZE", value_parser = data_limit)]
    pub(crate) data_limit: Option<u64>,
    /// Forget executions that ended so long ago, and logs that got no record since then; AWS forgets
    /// after 90 days
    #[arg(long, value_name = "TIME", default_value = "90d", value_parser = length)]
    pub(crate) retention: i64,
    /// Let something go wrong on purpose, at moments that --seed decides; repeatable
    #[arg(long, value_name = "KIND")]
    pub(crate) chaos: Vec<Chaos>,
    /// Let waits, retry delays, timeouts and heartbeats take no time
    #[arg(long)]
    pub(crate) skip_waits: bool,
    /// Serve no machines, no handlers and no services outside: an empty account
    #[arg(long, conflicts_with_all = ["lambda", "latency", "fault"])]
    pub(crate) no_sandbox: bool,
    /// Run the handlers as the Lambda binaries in this folder, over the Lambda Runtime API
    #[arg(long, value_name = "DIR")]
    pub(crate) lambda: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) services: Services,
}

#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// Where to listen, on loopback; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    pub(crate) services: Services,
    /// Plant something that is wrong with a deployment, as secret-absent, to see what `atlas doctor` says
    /// of it; an unknown name is answered with all of them; repeatable
    #[arg(long, value_name = "NAME")]
    pub(crate) misconfigured: Vec<Misconfiguration>,
    /// Where the Step Functions API is served, as http://127.0.0.1:8083 by `atlas dev`: the printed
    /// environment then names it and the lead-to-call machine there
    #[arg(long, value_name = "URL", value_parser = base_url)]
    pub(crate) step_functions: Option<String>,
}

/// How the sandbox's services behave.
#[derive(Debug, Args)]
pub(crate) struct Services {
    /// How long calls take: none, seed (as measured in the system before), or a JSON file
    /// [default: none]
    #[arg(long, value_name = "none|seed|FILE")]
    pub(crate) latency: Option<String>,
    /// What goes wrong for a share of the calls, as salesforce:503:0.2; repeatable
    #[arg(long, value_name = "SERVICE:KIND:SHARE")]
    pub(crate) fault: Vec<String>,
    /// Decides which calls go wrong, and when [default: 0]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}
