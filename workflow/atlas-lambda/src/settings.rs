//! How a function is configured.

use std::time::Duration;

/// A function's configuration, by Lambda's defaults.
#[derive(Debug, Clone)]
pub struct FunctionSettings {
    /// How long one invocation may take. Lambda's default is 3 seconds, its most 15 minutes.
    pub timeout: Duration,
    /// What the function is told to have. Nothing holds it to that here.
    pub memory_megabytes: u32,
    /// How many invocations may run at once; further ones are throttled.
    pub reserved_concurrency: Option<usize>,
    /// The versions and aliases that the function can be invoked by, beside `$LATEST`. They all name
    /// the same code.
    pub qualifiers: Vec<String>,
}

impl Default for FunctionSettings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(3),
            memory_megabytes: 128,
            reserved_concurrency: None,
            qualifiers: Vec::new(),
        }
    }
}
