//! The commands about any definition.

use std::{ffi::OsString, path::PathBuf};

use atlas_asl::model::ExecutionType;
use clap::{Args, Subcommand, ValueEnum};

use crate::graph;

#[derive(Debug, Args)]
pub(crate) struct Exec {
    /// The definition; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) definition: PathBuf,
    /// The input: JSON text, `@FILE`, or `-` for standard input
    #[arg(long, value_name = "JSON", default_value = "{}", allow_negative_numbers = true)]
    pub(crate) input: OsString,
    /// STANDARD or EXPRESS
    #[arg(long = "type", value_name = "TYPE", default_value = "standard", ignore_case = true)]
    pub(crate) execution_type: MachineType,
    /// A mock file, in the format of Step Functions Local
    #[arg(long, value_name = "FILE")]
    pub(crate) mocks: Option<PathBuf>,
    /// The test case of the mock file [default: its only one]
    #[arg(long, value_name = "NAME", requires = "mocks")]
    pub(crate) case: Option<String>,
    /// The state machine's name, by which the mock file knows it [default: the file's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// What `${NAME}` stands for in the definition; repeatable
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) substitute: Vec<String>,
    /// Let waits, retry delays, timeouts and heartbeats take no time
    #[arg(long)]
    pub(crate) skip_waits: bool,
    /// Print the history instead, one JSON event a line (`--json` has it too)
    #[arg(long)]
    pub(crate) history: bool,
    /// Print one JSON document instead
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Validate {
    /// The definitions; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) definitions: Vec<PathBuf>,
    /// STANDARD or EXPRESS
    #[arg(long = "type", value_name = "TYPE", default_value = "standard", ignore_case = true)]
    pub(crate) execution_type: MachineType,
    /// Print one JSON document instead
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Render {
    /// The folder to write to
    #[arg(long, value_name = "DIR", default_value = "definitions")]
    pub(crate) out: PathBuf,
    /// Write nothing; fail where a file is missing or differs
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Graph {
    /// The definition; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) definition: PathBuf,
    /// The format of the drawing
    #[arg(long, value_name = "FORMAT", default_value = "ascii")]
    pub(crate) format: Format,
}

/// `--format` of a drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A Mermaid flowchart, for Markdown.
    Mermaid,
    /// Graphviz.
    Dot,
    /// A picture that stands alone.
    Svg,
    /// Text for a terminal.
    Ascii,
}

impl From<Format> for graph::Format {
    fn from(given: Format) -> Self {
        match given {
            Format::Mermaid => Self::Mermaid,
            Format::Dot => Self::Dot,
            Format::Svg => Self::Svg,
            Format::Ascii => Self::Ascii,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Mocks {
    /// Print a mock file in which every Task answers, shaped as its integration would
    Skeleton {
        /// The definition; `-` is standard input
        #[arg(value_name = "FILE")]
        definition: PathBuf,
        /// The state machine's name [default: the file's name]
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
}

/// `--type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MachineType {
    /// Up to a year, runs once, holds callbacks
    Standard,
    /// Up to five minutes, at least once, no callbacks
    Express,
}

impl From<MachineType> for ExecutionType {
    fn from(given: MachineType) -> Self {
        match given {
            MachineType::Standard => Self::Standard,
            MachineType::Express => Self::Express,
        }
    }
}
