//! `atlas erase`.

use std::path::PathBuf;

use clap::Args;

use super::operator::Reach;

/// What a deployment is called where nobody says otherwise.
pub(crate) const STACK: &str = "AtlasEngine";

#[derive(Debug, Args)]
pub(crate) struct Erase {
    #[command(flatten)]
    pub(crate) reach: Reach,
    /// A phone number, as +14155550123; `-` reads numbers from standard input, one a line, @FILE from a file;
    /// repeatable
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true, help_heading = "Whom")]
    pub(crate) phone: Vec<String>,
    /// An e-mail address, in any case; `-` and @FILE as with --phone; repeatable
    #[arg(long, value_name = "ADDRESS", allow_hyphen_values = true, help_heading = "Whom")]
    pub(crate) email: Vec<String>,
    /// An interaction key, lead id or contact id of theirs, beside the others; repeatable
    #[arg(long, value_name = "KEY", help_heading = "Whom")]
    pub(crate) key: Vec<String>,
    /// The folder of an `atlas dev` that does not run; one that runs is reached by --endpoint
    #[arg(long, value_name = "DIR", conflicts_with = "endpoint", help_heading = "Where")]
    pub(crate) data: Option<PathBuf>,
    /// A folder with exported executions, which is looked through as well; repeatable
    #[arg(long, value_name = "DIR", help_heading = "Where")]
    pub(crate) exported: Vec<PathBuf>,
    /// The name of the deployment's stack, by which its tables, queues, machines and log groups are called
    #[arg(long, value_name = "NAME", default_value = STACK, help_heading = "Where")]
    pub(crate) stack: String,
    /// One more queue of dead letters, by its URL; repeatable
    #[arg(long, value_name = "URL", help_heading = "Where")]
    pub(crate) queue: Vec<String>,
    /// Stop executions of theirs that still run; without it nothing is erased while there are any
    #[arg(long)]
    pub(crate) stop_running: bool,
    /// Put the numbers on the list of those that must not be called
    #[arg(long, requires = "phone", conflicts_with = "forget_suppression")]
    pub(crate) suppress: bool,
    /// Take the numbers off that list, where they stay otherwise: whoever is on no list can be called again
    #[arg(long, requires = "phone")]
    pub(crate) forget_suppression: bool,
    /// Say what would be erased, and erase nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
    /// Print the report as one JSON document
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the report as JSON to a new file as well, which its owner alone can read
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}
