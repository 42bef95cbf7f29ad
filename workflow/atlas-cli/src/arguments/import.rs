//! The command that reads other teams' machines.

use std::{ffi::OsString, path::PathBuf};

use clap::Args;

use super::definitions::MachineType;

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// A definition (JSON or YAML), or a SAM or CloudFormation template; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The state machine of the template, by its logical name [default: all of them]
    #[arg(long, value_name = "NAME")]
    pub(crate) machine: Option<String>,
    /// STANDARD or EXPRESS [default: what the template says, else STANDARD]
    #[arg(long = "type", value_name = "TYPE", ignore_case = true)]
    pub(crate) execution_type: Option<MachineType>,
    /// Rewrite also what somebody has to confirm, as each such finding says
    #[arg(long)]
    pub(crate) with_unconfirmed: bool,
    /// Write the rewritten definition, or template in JSON, to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// How long a state's call takes, in milliseconds; repeatable [default: as measured, or as such
    /// calls usually take]
    #[arg(long, value_name = "STATE=MS")]
    pub(crate) latency: Vec<String>,
    /// Take how long calls took from this history: a file of `atlas executions export` or of `aws
    /// stepfunctions get-execution-history`, or a folder of them
    #[arg(long, value_name = "PATH")]
    pub(crate) history: Option<PathBuf>,
    /// Try both on this mock file instead of on made-up answers
    #[arg(long, value_name = "FILE")]
    pub(crate) mocks: Option<PathBuf>,
    /// The test case of the mock file [default: all of the machine's]
    #[arg(long, value_name = "NAME", requires = "mocks")]
    pub(crate) case: Option<String>,
    /// The state machine's name in the mock file [default: its logical name, or the file's name]
    #[arg(long, value_name = "NAME", requires = "mocks")]
    pub(crate) name: Option<String>,
    /// The input to try with: JSON text, `@FILE`, or `-` for standard input
    #[arg(
        long,
        value_name = "JSON",
        default_value = "{}",
        requires = "mocks",
        allow_negative_numbers = true
    )]
    pub(crate) input: OsString,
    /// Print one JSON document instead
    #[arg(long)]
    pub(crate) json: bool,
}
