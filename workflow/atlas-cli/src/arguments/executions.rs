//! `atlas executions …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::operator::{Filter, Logs, Reach, Shown};
use crate::duration::length;

#[derive(Debug, Args)]
pub(crate) struct Executions {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) shown: Shown,
    #[command(subcommand)]
    pub(crate) asked: ExecutionsAsked,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ExecutionsAsked {
    /// Start an execution
    Start(StartOne),
    /// List executions, newest first
    List(List),
    /// Show why an execution is where it is: what failed, its states, attempts and data
    Show(Show),
    /// Show the events of an execution
    History(HistoryOf),
    /// Look on until an execution has ended; exit code 0 where it succeeded, 1 otherwise
    Watch(Watch),
    /// List what running executions wait for, the oldest first
    Stuck(Stuck),
    /// Stop executions
    Stop(Stop),
    /// Let executions that failed go on from where they did
    Redrive(Redrive),
    /// Write description, definition and history of an execution as one JSON document
    Export(ExportOne),
    /// Say in what two executions, or two definitions, differ; exit code 1 where they do
    Diff(Diff),
}

/// One execution.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Its ARN, its name (with --machine), or a key of which the newest is taken: interaction key, lead
    /// id, contact id, phone number
    #[arg(value_name = "EXECUTION")]
    pub(crate) execution: String,
    /// The machine that the name is of, by its name or ARN
    #[arg(long, value_name = "NAME", help_heading = "Which")]
    pub(crate) machine: Option<String>,
    #[command(flatten)]
    pub(crate) logs: Logs,
}

#[derive(Debug, Args)]
pub(crate) struct StartOne {
    /// The machine, by its name or ARN; `#Case` behind it picks mocks, where the server has some
    #[arg(value_name = "MACHINE")]
    pub(crate) machine: String,
    /// The input: JSON text, `@FILE`, or `-` for standard input
    #[arg(long, value_name = "JSON", default_value = "{}", allow_negative_numbers = true)]
    pub(crate) input: std::ffi::OsString,
    /// The name of the execution [default: a random one]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) filter: Filter,
    #[command(flatten)]
    pub(crate) logs: Logs,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..),
          conflicts_with = "all")]
    pub(crate) limit: u32,
    /// List all that there are
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Show input, output and what is between them: of this state, or of each
    #[arg(long, value_name = "STATE", num_args = 0..=1, default_missing_value = "")]
    pub(crate) data: Option<String>,
    /// Show the executions that it started as well
    #[arg(long)]
    pub(crate) children: bool,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryOf {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Only events of what failed, timed out or was aborted
    #[arg(long)]
    pub(crate) failed: bool,
    /// Wait for more events until it has ended
    #[arg(long, conflicts_with = "reverse")]
    pub(crate) follow: bool,
    /// The newest first
    #[arg(long)]
    pub(crate) reverse: bool,
    /// How many at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Watch {
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Debug, Args)]
pub(crate) struct Stuck {
    /// Only of this machine, by its name or ARN; repeatable
    #[arg(long, value_name = "NAME")]
    pub(crate) machine: Vec<String>,
    /// Only what has waited for so long, as 30min, 2h, 1d
    #[arg(long, value_name = "TIME", value_parser = length, default_value = "0s")]
    pub(crate) older_than: i64,
    /// The nearest deadline first
    #[arg(long)]
    pub(crate) by_deadline: bool,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
}

/// The executions that something is done with.
#[derive(Debug, Args)]
pub(crate) struct Those {
    /// By ARN, by name (with one --machine), or by a key that says which
    #[arg(value_name = "EXECUTION")]
    pub(crate) executions: Vec<String>,
    #[command(flatten)]
    pub(crate) filter: Filter,
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Stop {
    #[command(flatten)]
    pub(crate) those: Those,
    /// The error that they end with
    #[arg(long, value_name = "NAME")]
    pub(crate) error: Option<String>,
    /// Why, in words
    #[arg(long, value_name = "WORDS")]
    pub(crate) cause: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Redrive {
    #[command(flatten)]
    pub(crate) those: Those,
    /// Also those that may dial: what lies ahead of them can ring a phone
    #[arg(long)]
    pub(crate) may_dial: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExportOne {
    #[command(flatten)]
    pub(crate) which: Which,
    /// The file to write, which its owner alone can read [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// An execution, a definition's file, a machine's ARN, or an execution's export
    #[arg(value_name = "A")]
    pub(crate) before: String,
    /// What it is compared with
    #[arg(value_name = "B")]
    pub(crate) after: String,
    /// The machine that names of executions are of, by its name or ARN
    #[arg(long, value_name = "NAME", help_heading = "Which")]
    pub(crate) machine: Option<String>,
    #[command(flatten)]
    pub(crate) logs: Logs,
}
