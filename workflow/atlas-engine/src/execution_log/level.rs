//! Which events a level logs, as the developer guide lists them under "Log levels".

use atlas_asl::model::StateType;
use atlas_core::history::Detail;

/// How grave an event is, and how grave one must be to be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Every event.
    All,
    /// What went wrong.
    Error,
    /// The end of an execution that did not succeed.
    Fatal,
}

impl Level {
    /// Reads the word of a `loggingConfiguration`; `OFF` logs nothing.
    pub(super) fn parse(word: &str) -> Option<Self> {
        match word {
            "ALL" => Some(Self::All),
            "ERROR" => Some(Self::Error),
            "FATAL" => Some(Self::Fatal),
            _ => None,
        }
    }

    /// The gravest level that logs an event. The guide's table leaves out activities, map runs, redrives
    /// and evaluation: these follow the rule that it shows.
    pub(super) fn of(detail: &Detail) -> Self {
        match detail {
            Detail::ExecutionFailed(_)
            | Detail::ExecutionTimedOut(_)
            | Detail::ExecutionAborted(_) => Self::Fatal,
            Detail::StateEntered { state_type: StateType::Fail, .. }
            | Detail::TaskFailed { .. }
            | Detail::TaskTimedOut { .. }
            | Detail::LambdaFunctionFailed(_)
            | Detail::LambdaFunctionTimedOut(_)
            | Detail::ActivityFailed(_)
            | Detail::ActivityTimedOut(_)
            | Detail::TaskStateAborted
            | Detail::WaitStateAborted
            | Detail::ParallelStateFailed
            | Detail::ParallelStateAborted
            | Detail::MapStateFailed
            | Detail::MapStateAborted
            | Detail::MapIterationFailed { .. }
            | Detail::MapIterationAborted { .. }
            | Detail::MapRunFailed(_)
            | Detail::MapRunAborted
            | Detail::EvaluationFailed(_) => Self::Error,
            Detail::ExecutionStarted { .. }
            | Detail::ExecutionSucceeded { .. }
            | Detail::ExecutionRedriven { .. }
            | Detail::StateEntered { .. }
            | Detail::StateExited { .. }
            | Detail::TaskScheduled(_)
            | Detail::TaskStarted { .. }
            | Detail::TaskSubmitted { .. }
            | Detail::TaskSucceeded { .. }
            | Detail::LambdaFunctionScheduled(_)
            | Detail::LambdaFunctionStarted
            | Detail::LambdaFunctionSucceeded { .. }
            | Detail::ActivityScheduled(_)
            | Detail::ActivityStarted { .. }
            | Detail::ActivitySucceeded { .. }
            | Detail::ParallelStateStarted
            | Detail::ParallelStateSucceeded
            | Detail::MapStateStarted { .. }
            | Detail::MapStateSucceeded
            | Detail::MapIterationStarted { .. }
            | Detail::MapIterationSucceeded { .. }
            | Detail::MapRunStarted { .. }
            | Detail::MapRunSucceeded
            | Detail::MapRunRedriven { .. } => Self::All,
        }
    }
}
