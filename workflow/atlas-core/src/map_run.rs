//! A map run: the child executions of one visit to a distributed map, counted.

use std::sync::Arc;

use atlas_asl::model::StateName;

use crate::Timestamp;

/// What is known of a map run, running or ended.
#[derive(Debug, Clone)]
pub struct MapRun {
    /// Its ARN.
    pub arn: Arc<str>,
    /// The Map state.
    pub state: StateName,
    /// How it stands.
    pub status: MapRunStatus,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// At most so many child executions at a time.
    pub limits: MapRunLimits,
    /// Its items by the state of their executions.
    pub items: MapRunCounts,
    /// Its child executions by their state.
    pub executions: MapRunCounts,
    /// How often it was redriven.
    pub redrive_count: u32,
    /// When it was last redriven.
    pub redriven_at: Option<Timestamp>,
}

/// Which map run of its execution, in the order in which they began, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MapRunId(pub u32);

/// What `UpdateMapRun` can change.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MapRunLimits {
    /// At most so many child executions at a time; 0 is without limit.
    pub max_concurrency: Option<u64>,
    /// More failed items than this end the run.
    pub tolerated_failure_count: Option<u64>,
    /// A larger share of failed items than this ends the run.
    pub tolerated_failure_percentage: Option<f64>,
}

/// How a map run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapRunStatus {
    /// `RUNNING`.
    Running,
    /// `SUCCEEDED`.
    Succeeded,
    /// `FAILED`.
    Failed,
    /// `ABORTED`.
    Aborted,
}

/// How many are in which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "fields carry AWS's names for AWS's things")]
pub struct MapRunCounts {
    pub pending: u64,
    pub running: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub timed_out: u64,
    pub aborted: u64,
    pub results_written: u64,
    pub pending_redrive: u64,
}

/// In which state an execution is, or its items are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counter {
    Pending,
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
    PendingRedrive,
}

impl MapRun {
    /// An execution of so many items goes from one state to another.
    pub(crate) fn moves(&mut self, from: Counter, to: Counter, items: u32) {
        for (counts, number) in [(&mut self.executions, 1), (&mut self.items, u64::from(items))] {
            let left = counts.of(from);
            *left = left.saturating_sub(number);
            *counts.of(to) += number;
        }
    }

    /// It has ended in this way, and with it all that ran.
    pub(crate) fn end(&mut self, status: MapRunStatus, now: Timestamp) {
        self.status = status;
        self.ended_at = Some(now);
        for counts in [&mut self.executions, &mut self.items] {
            counts.aborted += counts.running + counts.pending_redrive;
            counts.running = 0;
            counts.pending_redrive = 0;
        }
    }
}

impl MapRunStatus {
    /// The status, as the API spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Aborted => "ABORTED",
        }
    }
}

impl MapRunCounts {
    fn of(&mut self, counter: Counter) -> &mut u64 {
        match counter {
            Counter::Pending => &mut self.pending,
            Counter::Running => &mut self.running,
            Counter::Succeeded => &mut self.succeeded,
            Counter::Failed => &mut self.failed,
            Counter::TimedOut => &mut self.timed_out,
            Counter::Aborted => &mut self.aborted,
            Counter::PendingRedrive => &mut self.pending_redrive,
        }
    }

    /// All of them.
    pub const fn total(&self) -> u64 {
        self.pending
            + self.running
            + self.succeeded
            + self.failed
            + self.timed_out
            + self.aborted
            + self.pending_redrive
    }

    /// Those that ended otherwise than well.
    pub const fn unsuccessful(&self) -> u64 {
        self.failed + self.timed_out + self.aborted
    }
}

impl MapRunLimits {
    /// With what the other sets.
    #[must_use]
    pub fn updated(self, other: Self) -> Self {
        Self {
            max_concurrency: other.max_concurrency.or(self.max_concurrency),
            tolerated_failure_count: other.tolerated_failure_count.or(self.tolerated_failure_count),
            tolerated_failure_percentage: other
                .tolerated_failure_percentage
                .or(self.tolerated_failure_percentage),
        }
    }

    /// Whether so many failed items of so many are more than the run bears. The first threshold that
    /// is passed counts.
    pub(crate) fn are_passed_by(&self, failed: u64, total: u64) -> bool {
        let (count, percentage) = (self.tolerated_failure_count, self.tolerated_failure_percentage);
        if count.is_none() && percentage.is_none() {
            return failed > 0;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of items are far below 2^52")]
        let share_is_passed =
            percentage.is_some_and(|percentage| failed as f64 * 100.0 > percentage * total as f64);
        count.is_some_and(|count| failed > count) || share_is_passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_threshold_that_is_passed_ends_the_run() {
        for (count, percentage, failed, is_passed) in [
            (None, None, 0, false),
            (None, None, 1, true),
            (Some(1), None, 1, false),
            (Some(1), None, 2, true),
            (None, Some(50.0), 2, false),
            (None, Some(50.0), 3, true),
            (None, Some(74.9), 3, true),
            (None, Some(0.0), 1, true),
            (Some(3), Some(25.0), 2, true),
            (Some(1), Some(100.0), 2, true),
        ] {
            let limits = MapRunLimits {
                max_concurrency: None,
                tolerated_failure_count: count,
                tolerated_failure_percentage: percentage,
            };
            assert_eq!(limits.are_passed_by(failed, 4), is_passed, "{limits:?} {failed}");
        }
    }
}
