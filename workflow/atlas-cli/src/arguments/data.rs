//! The commands about the folder of `atlas dev`.

use std::path::PathBuf;

use atlas_engine::archive::Status;
use clap::{Args, Subcommand};

use super::DATA_FOLDER;
use crate::duration::length;

#[derive(Debug, Subcommand)]
pub(crate) enum Data {
    /// Say how much there is, and of what
    Stats {
        #[command(flatten)]
        folder: KeptIn,
        /// Print one JSON document instead
        #[arg(long)]
        json: bool,
    },
    /// Let go of machines that no execution refers to, and of the room in the file that nothing is in
    Compact {
        #[command(flatten)]
        folder: KeptIn,
    },
    /// Write a JSON file for each execution, machine, activity and set of tags into an empty folder
    ///
    /// The files hold what executions were given and answered, and task tokens that are still good.
    Export(Export),
    /// Take the files of an export; an execution that had not ended goes on when a server starts
    Import {
        #[command(flatten)]
        folder: KeptIn,
        /// The folder of an export, or one of its files
        #[arg(value_name = "PATH")]
        from: PathBuf,
    },
}

/// The folder that is looked after.
#[derive(Debug, Args)]
pub(crate) struct KeptIn {
    /// Where `atlas dev` keeps executions
    #[arg(long, value_name = "DIR", default_value = DATA_FOLDER)]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) folder: KeptIn,
    /// Where to: an empty folder, or one that is not there
    #[arg(value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// Only executions of this machine, by its name or ARN
    #[arg(long, value_name = "NAME")]
    pub(crate) machine: Option<String>,
    /// Only executions that stand so: RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED
    #[arg(long, value_name = "STATUS", value_parser = status)]
    pub(crate) status: Option<Status>,
    /// Only executions that began so long ago, or later
    #[arg(long, value_name = "TIME", value_parser = length)]
    pub(crate) since: Option<i64>,
}

fn status(text: &str) -> Result<Status, String> {
    Status::of_str(text).ok_or_else(|| {
        let known = Status::ALL.map(Status::as_str);
        format!("expected {}", known.join(", "))
    })
}
