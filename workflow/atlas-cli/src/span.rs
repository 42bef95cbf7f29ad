//! What a drawing of a run is made of: one state at work, from when to when.

use atlas_asl::model::StateType;

/// One attempt at one state of one execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StateSpan {
    /// The state machine's name. Spans of one machine belong together.
    pub(crate) machine: String,
    /// The branches and items around it, outermost first: `["branch 2", "item 0"]`.
    pub(crate) lane: Vec<String>,
    /// The state's name.
    pub(crate) state: String,
    /// Its type.
    pub(crate) state_type: StateType,
    /// How it stands or ended.
    pub(crate) status: SpanStatus,
    /// Whether its time is someone else's: a Wait, a callback, a nested execution.
    pub(crate) time: SpanTime,
    /// 1 for the first attempt.
    pub(crate) attempt: u32,
    /// Milliseconds since the epoch.
    pub(crate) started_ms: i64,
    /// `None` while it runs.
    pub(crate) ended_ms: Option<i64>,
    /// The error's name, where it failed.
    pub(crate) error: Option<String>,
}

/// How a state stands or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SpanStatus {
    /// Not ended.
    Running,
    /// Ended with an output.
    Succeeded,
    /// Failed, and its execution with it.
    Failed,
    /// Failed, and a catcher took it.
    Caught,
    /// Failed, and another attempt follows.
    Retried,
    /// Stopped, because something beside it failed.
    Aborted,
}

impl SpanStatus {
    /// The word for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Caught => "caught",
            Self::Retried => "retried",
            Self::Aborted => "aborted",
        }
    }

    /// One column that stands for it.
    pub(crate) const fn symbol(self) -> char {
        match self {
            Self::Running => '▸',
            Self::Succeeded => '✓',
            Self::Failed => '✗',
            Self::Caught => '⤷',
            Self::Retried => '↻',
            Self::Aborted => '■',
        }
    }
}

/// Whose time a state takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SpanTime {
    /// Its own.
    Working,
    /// Someone else's.
    Waiting,
}

impl StateSpan {
    /// It holds other states, whose time is not its own.
    pub(crate) const fn is_container(&self) -> bool {
        matches!(self.state_type, StateType::Parallel | StateType::Map)
    }

    /// When it ended; while it runs, or where clocks disagree, no earlier than `now` or its start.
    pub(crate) fn end(&self, now: i64) -> i64 {
        self.ended_ms.unwrap_or(now).max(self.started_ms)
    }
}

/// When the first of these began and when the last thing known happened.
pub(crate) fn extent(spans: &[StateSpan]) -> Option<(i64, i64)> {
    let first = spans.iter().map(|span| span.started_ms).min()?;
    let last = spans.iter().map(|span| span.end(span.started_ms)).max()?;
    Some((first, last))
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;

    pub(crate) fn span(
        machine: &str,
        lane: &[&str],
        state: &str,
        state_type: StateType,
        from: i64,
        to: i64,
    ) -> StateSpan {
        StateSpan {
            machine: machine.to_owned(),
            lane: lane.iter().map(|label| (*label).to_owned()).collect(),
            state: state.to_owned(),
            state_type,
            status: SpanStatus::Succeeded,
            time: if state_type == StateType::Wait { SpanTime::Waiting } else { SpanTime::Working },
            attempt: 1,
            started_ms: from,
            ended_ms: Some(to),
            error: None,
        }
    }

    pub(crate) fn ended(
        span: StateSpan,
        status: SpanStatus,
        attempt: u32,
        error: &str,
    ) -> StateSpan {
        let error = (!error.is_empty()).then(|| error.to_owned());
        StateSpan { status, attempt, error, ..span }
    }

    /// A lead's run through both machines; the callback comes after `call_ms`.
    pub(crate) fn run(call_ms: i64) -> Vec<StateSpan> {
        use StateType::{Choice, Parallel, Pass, Succeed, Task};
        let (lead, call) = ("AtlasEngineWorkflow", "AtlasEngineCallWorkflow");
        let t = 1_000_000;
        let done = t + 1_260 + call_ms;
        let mut waiting = span(call, &[], "InvokeOutboundCall", Task, t + 1_260, done);
        waiting.time = SpanTime::Waiting;
        let failed = span(lead, &["branch 1"], "CreateLead", Task, t + 3, t + 203);
        vec![
            span(lead, &[], "CheckLead", Choice, t, t + 2),
            span(lead, &[], "Prepare", Parallel, t + 2, t + 1_210),
            ended(failed, SpanStatus::Retried, 1, "Salesforce.Unavailable"),
            span(lead, &["branch 2"], "GenerateScenario", Task, t + 3, t + 803),
            span(lead, &["branch 3"], "PrepareCallContext", Pass, t + 3, t + 4),
            ended(
                span(lead, &["branch 1"], "CreateLead", Task, t + 1_003, t + 1_209),
                SpanStatus::Succeeded,
                2,
                "",
            ),
            span(lead, &[], "StartCall", Task, t + 1_211, t + 1_259),
            waiting,
            span(call, &[], "ShouldRedial", Choice, done, done + 1),
            span(call, &[], "UpdateLead", Task, done + 1, done + 211),
            span(call, &[], "Done", Succeed, done + 211, done + 211),
        ]
    }
}
