//! The command that looks whether a deployment is right.

use std::path::PathBuf;

use atlas_doctor::Check;
use clap::Args;

use crate::base_url::base_url;

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Print one JSON document
    #[arg(long)]
    pub(crate) json: bool,
    /// How many leads are expected in an hour: quotas and limits are held against it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000_000),
          allow_negative_numbers = true)]
    pub(crate) leads_per_hour: Option<u32>,
    /// Make this check, with what it needs, and no other; an unknown name is answered with all of them;
    /// repeatable
    #[arg(long, value_name = "CHECK")]
    pub(crate) only: Vec<Check>,
    /// Read the variables from this file, `-` for standard input, and not from the environment: lines like
    /// NAME=value, or what `aws lambda get-function-configuration` prints; repeatable, once a function
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Vec<PathBuf>,
    /// Look at the sandbox that is reached here, as http://127.0.0.1:4600, with the variables that it tells
    #[arg(long, value_name = "URL", conflicts_with = "env_file", value_parser = base_url)]
    pub(crate) sandbox: Option<String>,
    /// Where the Step Functions API is served whose machines the sandbox's handlers do the steps of
    /// [default: where the sandbox says, if it knows]
    #[arg(long, value_name = "URL", requires = "sandbox", value_parser = base_url)]
    pub(crate) step_functions: Option<String>,
}
