//! The commands that say what a month of leads costs on AWS, and what stops first.

use std::path::PathBuf;

use atlas_cost::{Architecture, Decimal, Provisioned};
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct Cost {
    /// How many leads come in a day
    #[arg(long, value_name = "N", value_parser = leads, allow_negative_numbers = true)]
    pub(crate) leads_per_day: u64,
    /// What functions run on
    #[arg(long, value_name = "ARCH", default_value = "arm64")]
    pub(crate) arch: Processor,
    /// Keep so many environments of a function ready all month: CreateLeadHandler=2; repeatable
    #[arg(long, value_name = "FUNCTION=N", value_parser = provisioned)]
    pub(crate) provisioned: Vec<Provisioned>,
    #[command(flatten)]
    pub(crate) assumed: Assumed,
}

#[derive(Debug, Args)]
pub(crate) struct Capacity {
    /// Leads an hour that are looked at
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_value = "10,1000,100000", value_parser = leads,
          allow_negative_numbers = true)]
    pub(crate) leads_per_hour: Vec<u64>,
    /// Leads that come at once
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_value = "1000,10000,100000", value_parser = leads,
          allow_negative_numbers = true)]
    pub(crate) backlog: Vec<u64>,
    /// The quotas of an account, a JSON file as workflow/atlas-cost/data/quotas-us-east-1.json
    /// [default: those of a new account]
    #[arg(long, value_name = "FILE")]
    pub(crate) quotas: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) assumed: Assumed,
}

/// What is taken for granted.
#[derive(Debug, Args)]
pub(crate) struct Assumed {
    /// The prices, a JSON file as workflow/atlas-cost/data/prices-us-east-1.json [default: those of us-east-1]
    #[arg(long, value_name = "FILE")]
    pub(crate) prices: Option<PathBuf>,
    /// The region, of which the prices and quotas have to be
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    pub(crate) region: String,
    /// Durations as `atlas profile --until end --format json` measured them [default: those of workflow/atlas-cost/data/measured.json]
    #[arg(long, value_name = "FILE")]
    pub(crate) measured: Option<PathBuf>,
    /// What leads are like, a JSON file as workflow/atlas-cost/data/traffic.json [default: that file]
    #[arg(long, value_name = "FILE")]
    pub(crate) traffic: Option<PathBuf>,
    /// The share of leads that end as a mock case does: CallRefused=0.3; repeatable, the others share the rest
    #[arg(long, value_name = "CASE=SHARE", value_parser = share)]
    pub(crate) share: Vec<(String, Decimal)>,
    /// How long an answered call goes on [default: 204]
    #[arg(long, value_name = "N", allow_negative_numbers = true,
          value_parser = clap::value_parser!(u64).range(0..=86_400))]
    pub(crate) talk_seconds: Option<u64>,
    /// Print one JSON document instead of Markdown
    #[arg(long)]
    pub(crate) json: bool,
}

/// `--arch`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Processor {
    /// Graviton
    Arm64,
    /// The other one
    #[value(name = "x86_64")]
    X86_64,
}

impl From<Processor> for Architecture {
    fn from(processor: Processor) -> Self {
        match processor {
            Processor::Arm64 => Self::Arm64,
            Processor::X86_64 => Self::X86_64,
        }
    }
}

fn leads(text: &str) -> Result<u64, String> {
    let number = text.parse().ok().filter(|number| (1..=100_000_000).contains(number));
    number.ok_or_else(|| "expected a whole number from 1 to 100000000".to_owned())
}

fn provisioned(text: &str) -> Result<Provisioned, String> {
    let told = text.split_once('=').and_then(|(function, number)| {
        let environments = number.parse().ok().filter(|number| (1..=10_000).contains(number))?;
        Some(Provisioned { function: function.to_owned(), environments })
    });
    told.ok_or_else(|| "expected FUNCTION=N, with N from 1 to 10000".to_owned())
}

fn share(text: &str) -> Result<(String, Decimal), String> {
    let told = text.split_once('=').and_then(|(case, share)| {
        let share = share.parse().ok().filter(|share| *share <= Decimal::whole(1))?;
        Some((case.to_owned(), share))
    });
    told.ok_or_else(|| "expected CASE=SHARE, with a share from 0 to 1".to_owned())
}
