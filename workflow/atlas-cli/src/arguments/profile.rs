//! The command that says where the time of executions goes.

use std::{num::NonZeroUsize, path::PathBuf};

use atlas_profile::Goal;
use clap::{Args, ValueEnum};

use super::{
    Services,
    definitions::MachineType,
    operator::{Logs, Moment, Reach, moment},
};

#[derive(Debug, Args)]
pub(crate) struct Profile {
    /// How often the pipeline is run here, where no histories are given
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=5000))]
    pub(crate) runs: u32,
    /// How many runs go on at once
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) at_once: NonZeroUsize,
    /// Count the first runs as well, which meet no environments of the functions and no cached scenario
    #[arg(long)]
    pub(crate) cold: bool,
    /// What each run begins with, a JSON file; `interactionKey`, number and topic are others each time
    /// [default: a sample lead]
    #[arg(long, value_name = "FILE")]
    pub(crate) lead: Option<PathBuf>,
    /// Run these definitions, the first of which begins a run; one named as a machine of the pipeline
    /// takes its place. Repeatable
    #[arg(long, value_name = "FILE")]
    pub(crate) definition: Vec<PathBuf>,
    /// STANDARD or EXPRESS, for definitions that are not named as a machine of the pipeline
    #[arg(long = "type", value_name = "TYPE", default_value = "standard", ignore_case = true)]
    pub(crate) execution_type: MachineType,
    /// What `${NAME}` stands for in the definitions; repeatable
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) substitute: Vec<String>,
    /// Run functions as the Lambda binaries in this folder, each named after its function; handlers that
    /// are not there run in this process
    #[arg(long, value_name = "DIR")]
    pub(crate) lambda: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) services: Services,
    /// Read histories from this folder instead: files of `--keep`, `atlas data export`, `atlas executions
    /// export`, or of the AWS CLI
    #[arg(long, value_name = "DIR", conflicts_with_all = ["lead", "definition", "lambda", "keep"])]
    pub(crate) histories: Option<PathBuf>,
    /// Look at the last so many executions that `atlas dev` or AWS has, and at all that they started, instead
    #[arg(long, value_name = "N", conflicts_with_all = ["histories", "lead", "definition", "lambda", "cold"])]
    pub(crate) last: Option<NonZeroUsize>,
    /// With --last: only those of this machine, by its name or ARN; repeatable
    #[arg(long, value_name = "NAME", requires = "last")]
    pub(crate) machine: Vec<String>,
    /// With --last: only those that began then or later: 2h, 2026-11-20, 2026-11-20T09:15:30Z
    #[arg(long, value_name = "TIME", value_parser = moment, requires = "last")]
    pub(crate) since: Option<Moment>,
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) logs: Logs,
    /// X-Ray traces: what `aws xray batch-get-traces` printed; repeatable
    #[arg(long, value_name = "FILE")]
    pub(crate) xray: Vec<PathBuf>,
    /// What a run is looked at for: `end`, or the first call of an operation [default: the call that rings
    /// the phone, for the pipeline; else the end]
    #[arg(long, value_name = "SERVICE:OPERATION")]
    pub(crate) until: Option<Goal>,
    /// Hold it against these runs, which were before: a folder as --histories reads it
    #[arg(long, value_name = "DIR")]
    pub(crate) compare: Option<PathBuf>,
    /// Keep histories and traces of the runs in this folder. They hold what people said of themselves
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
    /// The format of the report
    #[arg(long, value_name = "FORMAT", default_value = "markdown")]
    pub(crate) format: ReportFormat,
    /// Write the report to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// `--format` of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people and their documents
    Markdown,
    /// For programs
    Json,
    /// A page of its own, with plots
    Html,
}
