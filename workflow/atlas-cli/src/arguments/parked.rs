//! `atlas parked …`.

use clap::{Args, Subcommand};

use super::operator::{Reach, Shown};

#[derive(Debug, Args)]
pub(crate) struct Parked {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) shown: Shown,
    #[command(subcommand)]
    pub(crate) asked: ParkedAsked,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ParkedAsked {
    /// List leads and outcomes that are parked, the oldest first
    List {
        /// How many at most
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
    },
    /// Show what is parked under an interaction key
    Show {
        /// The interaction key
        #[arg(value_name = "KEY")]
        key: String,
    },
    /// Deliver what is parked: a lead takes the workflow again, an outcome is reported again
    ///
    /// The item goes only when that has been accepted. A lead whose call was started before is not
    /// called a second time.
    Replay(Replay),
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The interaction key; repeatable
    #[arg(value_name = "KEY", required_unless_present = "all")]
    pub(crate) keys: Vec<String>,
    /// All that is parked
    #[arg(long, conflicts_with = "keys")]
    pub(crate) all: bool,
    /// Only this item: PARKED, or UNREPORTED#1 and the like
    #[arg(long, value_name = "RECORD")]
    pub(crate) record: Option<String>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}
