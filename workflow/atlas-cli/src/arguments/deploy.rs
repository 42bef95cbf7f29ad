//! The commands about a deployment to AWS.

use std::{path::PathBuf, str::FromStr};

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
    /// Publish every function anew; another text for each change of a parameter
    #[arg(long, value_name = "TEXT")]
    pub(crate) revision: Option<Revision>,
    /// The format of the template
    #[arg(long, value_name = "FORMAT", default_value = "sam")]
    pub(crate) format: TemplateFormat,
    /// Write nothing; fail where a file is missing or differs
    #[arg(long)]
    pub(crate) check: bool,
}

/// What tells one deployment of the same code from another. It stands in each function's description, for which Lambda
/// has 256 characters.
#[derive(Debug, Clone)]
pub(crate) struct Revision(String);

impl Revision {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Revision {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_known =
            |character: char| character.is_ascii_alphanumeric() || "-_.:".contains(character);
        if text.is_empty() || text.len() > 64 || !text.chars().all(is_known) {
            return Err("expected up to 64 letters, digits, `-`, `_`, `.` or `:`".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
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
