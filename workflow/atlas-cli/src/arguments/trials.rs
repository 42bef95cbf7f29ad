//! The commands that measure and torment.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use handlers::functions::Handler;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Bench {
    /// What is measured instead
    #[command(subcommand)]
    pub(crate) instead: Option<Measure>,
    /// Measure moto and ministack as well, which `eval "$(.ci/peers start)"` installs
    #[arg(long)]
    pub(crate) peers: bool,
    /// Measure the same server as well while it keeps everything, in a folder that is made here and
    /// removed at the end
    #[arg(long)]
    pub(crate) durable: bool,
    /// How many connections start executions at the same time
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_value = "1,32",
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) connections: Vec<u16>,
    /// How long each workload is measured; each connection ends one execution at least
    #[arg(long, value_name = "N", default_value_t = 5,
          value_parser = clap::value_parser!(u64).range(..=3600))]
    pub(crate) seconds: u64,
    /// Print one JSON document instead
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Measure {
    /// How long the handlers' Lambda binaries take until their first answer
    ///
    /// Each is started anew and invoked once, over a Runtime API and against a sandbox of the services outside that
    /// has no latency, and its answer is judged. The table is Markdown. Exit code: 0 when every answer was right,
    /// 2 otherwise.
    ColdStart(ColdStart),
}

#[derive(Debug, Args)]
pub(crate) struct ColdStart {
    /// The folder of the binaries, each named after its handler
    #[arg(long, value_name = "DIR", default_value = "target/lambda")]
    pub(crate) functions: PathBuf,
    /// Only this handler; repeatable
    #[arg(long, value_name = "NAME")]
    pub(crate) handler: Vec<Handler>,
    /// How often each is started, after a first time that does not count
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) runs: u32,
    /// Measure the handlers in Python as well, which `eval "$(.ci/peers start)"` installs
    #[arg(long)]
    pub(crate) peers: bool,
    /// Print one JSON document instead
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Torture {
    /// How many rounds; every third one is of kills alone, of losses of power, of syncs that fail
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) rounds: u64,
    /// For how long, instead of a number of rounds; a round that has begun is ended
    #[arg(long, value_name = "N", conflicts_with = "rounds", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub(crate) minutes: Option<u64>,
    /// How many clients there are at the same time
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) clients: u32,
    /// How many executions each of them starts in a round
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) starts: u32,
    /// Decides what the clients do and when the server is killed, as far as they are left alone to it
    /// [default: any]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Print one JSON document instead
    #[arg(long)]
    pub(crate) json: bool,
}
