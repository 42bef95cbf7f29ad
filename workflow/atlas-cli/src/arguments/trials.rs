//! The commands that measure and torment.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Bench {
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
