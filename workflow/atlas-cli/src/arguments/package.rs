//! The command that packs the handlers for Lambda.

use std::path::PathBuf;

use atlas_package::{Architecture, Means};
use clap::Args;
use handlers::functions::Handler;

#[derive(Debug, Args)]
pub(crate) struct Package {
    /// What the functions run on: arm64, as in the template of `atlas deploy template`, or x86_64
    #[arg(long, value_name = "ARCHITECTURE", default_value = "arm64")]
    pub(crate) arch: Architecture,
    /// Where the zips go [default: lambda-packages, where Cargo puts what it builds]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Only this handler; repeatable
    #[arg(long, value_name = "NAME")]
    pub(crate) handler: Vec<Handler>,
    /// The profile of Cargo.toml to build in; `dev` leaves the paths of this machine in the binaries
    #[arg(long, value_name = "NAME", default_value = "lambda")]
    pub(crate) profile: String,
    /// What builds: cargo-lambda, cargo or musl [default: the first of them that is installed and can]
    #[arg(long, value_name = "MEANS")]
    pub(crate) with: Option<Means>,
    /// Pack the binaries of this folder, which were built elsewhere
    #[arg(long, value_name = "DIR", conflicts_with_all = ["profile", "with"], requires = "out")]
    pub(crate) binaries: Option<PathBuf>,
    /// Print one JSON document instead
    #[arg(long)]
    pub(crate) json: bool,
}
