//! The commands about a deployment to AWS.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum Deploy {
    /// Write the SAM template and the definitions that it names
    Template(Template),
}

#[derive(Debug, Args)]
pub(crate) struct Template {
    /// The folder to write to
    #[arg(long, value_name = "DIR", default_value = "deployment")]
    pub(crate) out: PathBuf,
    /// The folder of the packages, as it is reached from the template
    #[arg(long, value_name = "DIR", default_value = "packages")]
    pub(crate) packages: String,
    /// The format of the template
    #[arg(long, value_name = "FORMAT", default_value = "sam")]
    pub(crate) format: TemplateFormat,
    /// Write nothing; fail where a file is missing or differs
    #[arg(long)]
    pub(crate) check: bool,
}

/// `--format` of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TemplateFormat {
    /// AWS SAM, for `sam deploy`.
    Sam,
    /// Not written; says what to do instead.
    Terraform,
    /// Not written; says what to do instead.
    CdkJson,
}
