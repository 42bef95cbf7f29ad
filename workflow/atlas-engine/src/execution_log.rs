//! What a machine's `loggingConfiguration` has logged of its executions: a record for each history
//! event, as Step Functions delivers them to CloudWatch Logs.
//!
//! Delivery is best effort, there and here: a log may drop records, and never holds up an execution.

mod level;

mod record;

use std::sync::Arc;

use serde_json::Value;

use self::level::Level;
pub use self::record::LogRecord;
use crate::{
    cell::{Body, Cell},
    engine::Inner,
    machines::Settings,
};

/// Takes the records that machines log.
///
/// It is called while the execution is locked: it must be quick, and must not call the engine.
pub trait ExecutionLog: Send + Sync {
    /// Takes a record, or drops it.
    fn take(&self, record: LogRecord);
}

/// What a `loggingConfiguration` says, where it has anything logged.
#[derive(Debug, Clone, Copy)]
struct Logging<'a> {
    level: Level,
    includes_data: bool,
    group_arn: &'a str,
}

impl<'a> Logging<'a> {
    fn of(settings: &'a Settings) -> Option<Self> {
        let logging = settings.logging.as_ref()?;
        let group = &logging["destinations"][0]["cloudWatchLogsLogGroup"]["logGroupArn"];
        Some(Self {
            level: Level::parse(logging["level"].as_str()?)?,
            includes_data: logging["includeExecutionData"] == Value::Bool(true),
            group_arn: group.as_str()?,
        })
    }
}

impl Inner {
    /// Logs the events of an execution from this place on in its history, as its machine was told to
    /// when it began.
    pub(crate) fn log(&self, cell: &Cell, body: &Body, seen: usize) {
        let Some(log) = &self.execution_log else { return };
        let Some(logging) = Logging::of(&cell.machine.settings) else { return };
        let redrives = body.execution.redrives().len();
        let group_arn: Arc<str> = logging.group_arn.into();
        for event in &body.execution.history()[seen..] {
            if Level::of(&event.detail) >= logging.level {
                log.take(LogRecord {
                    group_arn: Arc::clone(&group_arn),
                    includes_data: logging.includes_data,
                    execution_arn: Arc::clone(&cell.identity.execution_arn),
                    redrives,
                    event: event.clone(),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
