//! What is told of each invocation of a binary, for whoever profiles functions.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

/// One invocation that is over.
#[derive(Debug, Clone, PartialEq)]
pub struct InvocationRecord {
    /// The function.
    pub function: Arc<str>,
    /// The invocation's id.
    pub request_id: String,
    /// Its X-Ray header.
    pub trace_id: String,
    /// The execution whose task it was.
    pub execution_arn: Option<Arc<str>>,
    /// The execution environment, by its log stream.
    pub environment: String,
    /// What the environment went through before, where it was new.
    pub init: Option<Init>,
    /// When the invocation was handed to the environment.
    pub started_at: SystemTime,
    /// When it was answered.
    pub ended_at: SystemTime,
    /// Whether the function failed.
    pub is_failed: bool,
    /// What the function is told to have, in MB.
    pub memory_megabytes: u32,
    /// The most that its process used so far, in MB, where the system tells it.
    pub used_megabytes: Option<f64>,
}

/// The init phase of a new environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Init {
    /// When the environment was asked for.
    pub started_at: SystemTime,
    /// How long it took until the process ran.
    pub process: Duration,
    /// How long the process took from there until it asked for its first invocation.
    pub runtime: Duration,
}

/// The variables of an environment, by its log stream.
pub type VariablesOf = dyn Fn(&str) -> Vec<(String, String)> + Send + Sync;

/// Whoever is told of invocations, and may give each environment variables of its own.
#[derive(Clone)]
pub struct Recording {
    /// Takes each invocation, before its answer goes on: it must be quick.
    pub take: Arc<dyn Fn(InvocationRecord) + Send + Sync>,
    /// Further variables of an environment, by its log stream: they go before those of the binary.
    pub variables: Arc<VariablesOf>,
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recording")
    }
}

/// The most memory that a process held so far, in MB: what Linux calls its high water mark.
pub(crate) fn used_megabytes(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes / 1024.0)
}
