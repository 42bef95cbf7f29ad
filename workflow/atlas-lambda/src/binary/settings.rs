//! How a binary is run, and where its lines go.

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use crate::record::Recording;

/// A function's binary: what Lambda calls `bootstrap`.
#[derive(Clone)]
pub struct BinarySettings {
    /// The binary. Its folder is the function's `LAMBDA_TASK_ROOT` and working directory.
    pub program: PathBuf,
    /// Its arguments, of which a Lambda function has none.
    pub arguments: Vec<String>,
    /// Its environment variables, credentials included. Of ours it sees only where programs and
    /// libraries are; what Lambda reserves for itself is set over what stands here.
    pub variables: Vec<(String, String)>,
    /// `_HANDLER`.
    pub handler: String,
    /// How long its init phase may take. Lambda gives 10 seconds.
    pub init_timeout: Duration,
    /// How long a process that nobody invokes is kept.
    pub idle_timeout: Duration,
    /// Where its lines go.
    pub sink: Sink,
    /// Who is told of its invocations.
    pub recording: Option<Recording>,
}

impl BinarySettings {
    /// Runs a binary as Lambda does; its lines go nowhere.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            variables: Vec::new(),
            handler: "bootstrap".to_owned(),
            init_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(300),
            sink: Arc::new(|_| {}),
            recording: None,
        }
    }
}

impl fmt::Debug for BinarySettings {
    /// Without the variables, which hold credentials.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BinarySettings")
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}

/// Takes the lines that binaries print, as they come.
pub type Sink = Arc<dyn Fn(OutputLine<'_>) + Send + Sync>;

/// A line that a binary printed.
#[derive(Debug, Clone, Copy)]
pub struct OutputLine<'a> {
    /// The function.
    pub function: &'a str,
    /// The log stream, of which each process has its own.
    pub log_stream: &'a str,
    /// The invocation that the process had last; `None` in its init phase.
    pub request_id: Option<&'a str>,
    /// Where it was printed.
    pub stream: Stream,
    /// The line, without its end. One that is very long comes in pieces.
    pub text: &'a str,
}

/// Where a line was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}
