//! The commands that take leads through the workflow.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Services;
use crate::load::MOST_LEADS;

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The lead, a JSON file, or `-` for standard input [default: a sample]
    #[arg(long, value_name = "FILE")]
    pub(crate) lead: Option<PathBuf>,
    /// Let mocks do the steps: a test case; a wrong name lists them all
    #[arg(long, value_name = "NAME")]
    pub(crate) case: Option<String>,
    /// Let mocks do the steps: a mock file of your own, in the format of Step Functions Local
    #[arg(long, value_name = "FILE")]
    pub(crate) mocks: Option<PathBuf>,
    /// Run the handlers as the Lambda binaries in this folder, over the Lambda Runtime API
    #[arg(long, value_name = "DIR", conflicts_with_all = ["case", "mocks"])]
    pub(crate) lambda: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) services: Services,
    /// How often the lead comes, one time after the other; from the second time on its scenario is in
    /// the cache
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) repeat: u32,
    /// Let waits, retry delays, timeouts and heartbeats take no time (so it is with mocks anyway)
    #[arg(long, conflicts_with = "real_time")]
    pub(crate) skip_waits: bool,
    /// Live through waits, retry delays, timeouts and heartbeats as on AWS
    #[arg(long)]
    pub(crate) real_time: bool,
    /// Print one JSON document instead, with the history of every execution
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Load {
    /// How many leads come at once
    #[arg(long, value_name = "N", default_value_t = 1000,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_LEADS)))]
    pub(crate) leads: u32,
    /// How often, each time with other calls that go wrong
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) seeds: u32,
    /// The first seed
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) first_seed: u64,
    /// What goes wrong for a share of the calls, as salesforce:503:0.2; repeatable [default: a fifth of
    /// the calls to every service, in each way]
    #[arg(long, value_name = "SERVICE:KIND:SHARE")]
    pub(crate) fault: Vec<String>,
    /// Print one JSON document instead
    #[arg(long)]
    pub(crate) json: bool,
}

/// The list is in the table that SUPPRESSION_TABLE names, at AWS_ENDPOINT_URL_DYNAMODB or in AWS; it
/// knows numbers by their hash under PHONE_HASH_KEY, as the handlers do.
#[derive(Debug, Subcommand)]
pub(crate) enum Suppress {
    /// Put a number on the list; `-` reads numbers from standard input, one a line
    Add {
        /// The number, as +14155550123
        #[arg(value_name = "NUMBER", allow_hyphen_values = true)]
        number: String,
        /// Why
        #[arg(long, value_name = "WORDS", default_value = "asked not to be called")]
        reason: String,
    },
    /// Take a number off the list; `-` reads numbers from standard input, one a line
    Remove {
        /// The number, as +14155550123
        #[arg(value_name = "NUMBER", allow_hyphen_values = true)]
        number: String,
    },
    /// Show the list: hashes, reasons and since when
    List {
        /// Print one JSON document instead
        #[arg(long)]
        json: bool,
    },
}
