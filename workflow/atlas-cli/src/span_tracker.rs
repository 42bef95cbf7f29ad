//! From the events of a history to the spans of its states.

use std::collections::HashMap;

use atlas_asl::{
    model::StateType,
    resource::{Pattern, Resource},
};
use atlas_core::{
    Failure,
    history::{Detail, EventId, HistoryEvent},
};

use crate::span::{SpanStatus, SpanTime, StateSpan};

/// Follows one execution. Each event may begin a span, change one or end some.
#[derive(Debug)]
pub(crate) struct SpanTracker {
    machine: String,
    /// Spans in the order in which their states were entered.
    pub(crate) spans: Vec<StateSpan>,
    /// Spans that have not ended, by their place in `spans`.
    open: Vec<usize>,
    /// What is known of each event, to be found by those that refer to it.
    known: HashMap<EventId, Known>,
    /// How many branches of a Parallel have begun, by the event that started it.
    branches: HashMap<EventId, usize>,
    /// The error that the next ending span ends with.
    errors: HashMap<usize, String>,
}

#[derive(Debug, Clone)]
struct Known {
    span: Option<usize>,
    lane: Vec<String>,
    starts_parallel: bool,
}

impl SpanTracker {
    /// Follows an execution of this machine.
    pub(crate) fn new(machine: &str) -> Self {
        Self {
            machine: machine.to_owned(),
            spans: Vec::new(),
            open: Vec::new(),
            known: HashMap::new(),
            branches: HashMap::new(),
            errors: HashMap::new(),
        }
    }

    /// Takes in the next event.
    pub(crate) fn take_in(&mut self, event: &HistoryEvent) {
        let before = self.known.get(&event.previous_event_id).cloned();
        let mut span = before.as_ref().and_then(|known| known.span);
        let mut lane = before.as_ref().map(|known| known.lane.clone()).unwrap_or_default();
        let mut starts_parallel = false;
        let at = event.timestamp.as_millis();
        match &event.detail {
            Detail::StateEntered { state_type, name, .. } => {
                if before.is_some_and(|known| known.starts_parallel) {
                    let branch = self.branches.entry(event.previous_event_id).or_default();
                    *branch += 1;
                    lane.push(format!("branch {branch}"));
                }
                span = Some(self.begin(name.as_str(), *state_type, lane.clone(), 1, at));
                if *state_type == StateType::Fail {
                    self.end(span, SpanStatus::Failed, at);
                }
            }
            Detail::StateExited { name, .. } => {
                span = self.find_open(name.as_str(), &lane);
                if let Some(index) = span {
                    lane = self.spans[index].lane.clone();
                    let status = match self.errors.contains_key(&index) {
                        true => SpanStatus::Caught,
                        false => SpanStatus::Succeeded,
                    };
                    self.end(span, status, at);
                }
            }
            Detail::TaskScheduled(scheduled)
            | Detail::LambdaFunctionScheduled(scheduled)
            | Detail::ActivityScheduled(scheduled) => {
                span = self.again(span, at);
                if let (Some(index), true) = (span, waits(&scheduled.resource)) {
                    self.spans[index].time = SpanTime::Waiting;
                }
            }
            Detail::TaskFailed { failure, .. }
            | Detail::TaskTimedOut { failure, .. }
            | Detail::LambdaFunctionFailed(failure)
            | Detail::LambdaFunctionTimedOut(failure)
            | Detail::ActivityFailed(failure)
            | Detail::ActivityTimedOut(failure) => self.failed(span, failure, at),
            Detail::EvaluationFailed(evaluation) => {
                span = self.find_open(evaluation.state.as_str(), &lane);
                self.failed(span, &evaluation.failure, at);
            }
            Detail::ParallelStateStarted | Detail::MapStateStarted { .. } => {
                // Another attempt follows the failure of a branch, which is deeper inside.
                let container = self.container_around(&lane, span);
                let is_again = container.is_some_and(|index| self.errors.contains_key(&index));
                span = if is_again { self.again(container, at) } else { container.or(span) };
                if let Some(index) = span {
                    lane = self.spans[index].lane.clone();
                }
                starts_parallel = matches!(event.detail, Detail::ParallelStateStarted);
            }
            Detail::MapIterationStarted { name, index } => {
                if let Some(map) = self.find_open(name.as_str(), &lane) {
                    lane = self.spans[map].lane.clone();
                }
                lane.push(format!("item {index}"));
                span = None;
            }
            Detail::ParallelStateFailed | Detail::MapStateFailed => {
                span = self.container_around(&lane, span);
                if let Some(index) = span {
                    lane = self.spans[index].lane.clone();
                    self.errors.entry(index).or_default();
                }
            }
            Detail::TaskStateAborted
            | Detail::WaitStateAborted
            | Detail::ParallelStateAborted
            | Detail::MapStateAborted => {
                let status = match span.is_some_and(|index| self.errors.contains_key(&index)) {
                    true => SpanStatus::Failed,
                    false => SpanStatus::Aborted,
                };
                self.end(span, status, at);
            }
            Detail::ExecutionFailed(failure) => {
                self.failed(span, failure, at);
                self.end_all(at);
            }
            Detail::ExecutionSucceeded { .. }
            | Detail::ExecutionTimedOut(_)
            | Detail::ExecutionAborted(_) => self.end_all(at),
            Detail::ExecutionStarted { .. }
            | Detail::TaskStarted { .. }
            | Detail::TaskSubmitted { .. }
            | Detail::TaskSucceeded { .. }
            | Detail::LambdaFunctionStarted
            | Detail::LambdaFunctionSucceeded { .. }
            | Detail::ActivityStarted { .. }
            | Detail::ActivitySucceeded { .. }
            | Detail::ParallelStateSucceeded
            | Detail::MapStateSucceeded
            | Detail::MapIterationSucceeded { .. }
            | Detail::MapIterationFailed { .. }
            | Detail::MapIterationAborted { .. }
            | Detail::MapRunStarted { .. }
            | Detail::MapRunSucceeded
            | Detail::MapRunFailed(_)
            | Detail::MapRunAborted => {}
        }
        self.known.insert(event.id, Known { span, lane, starts_parallel });
    }

    fn begin(
        &mut self,
        state: &str,
        state_type: StateType,
        lane: Vec<String>,
        attempt: u32,
        at: i64,
    ) -> usize {
        let time = match state_type {
            StateType::Wait => SpanTime::Waiting,
            StateType::Task
            | StateType::Pass
            | StateType::Choice
            | StateType::Succeed
            | StateType::Fail
            | StateType::Parallel
            | StateType::Map => SpanTime::Working,
        };
        self.spans.push(StateSpan {
            machine: self.machine.clone(),
            lane,
            state: state.to_owned(),
            state_type,
            status: SpanStatus::Running,
            time,
            attempt,
            started_ms: at,
            ended_ms: None,
            error: None,
        });
        self.open.push(self.spans.len() - 1);
        self.spans.len() - 1
    }

    /// A state that failed is tried again: its attempt ends, and another begins.
    fn again(&mut self, span: Option<usize>, at: i64) -> Option<usize> {
        let index = span?;
        if !self.errors.contains_key(&index) {
            return span;
        }
        // The attempt ended when it failed; what lies between is the delay.
        let failed_at = self.spans[index].ended_ms.unwrap_or(at);
        self.end(span, SpanStatus::Retried, failed_at);
        let StateSpan { state, state_type, lane, attempt, .. } = self.spans[index].clone();
        Some(self.begin(&state, state_type, lane, attempt + 1, at))
    }

    fn failed(&mut self, span: Option<usize>, failure: &Failure, at: i64) {
        let Some(index) = span else { return };
        if self.spans[index].status != SpanStatus::Running {
            return;
        }
        let error = failure.error.clone().unwrap_or_default();
        self.spans[index].ended_ms = Some(at);
        self.spans[index].error = (!error.is_empty()).then(|| error.clone());
        self.errors.insert(index, error);
    }

    fn end(&mut self, span: Option<usize>, status: SpanStatus, at: i64) {
        let Some(index) = span else { return };
        self.open.retain(|open| *open != index);
        self.spans[index].status = status;
        self.spans[index].ended_ms = Some(at);
    }

    fn end_all(&mut self, at: i64) {
        for index in std::mem::take(&mut self.open) {
            let status = match self.errors.contains_key(&index) {
                true => SpanStatus::Failed,
                false => SpanStatus::Aborted,
            };
            let ended = self.spans[index].ended_ms.unwrap_or(at);
            self.end(Some(index), status, ended);
        }
    }

    /// The open span of a state of this name: the innermost one around, or in, this lane.
    fn find_open(&self, state: &str, lane: &[String]) -> Option<usize> {
        self.open
            .iter()
            .copied()
            .filter(|index| self.spans[*index].state == state)
            .filter(|index| lane.starts_with(&self.spans[*index].lane))
            .max_by_key(|index| self.spans[*index].lane.len())
    }

    /// The Parallel or Map that holds what happens in this lane, or is what happens there.
    fn container_around(&self, lane: &[String], span: Option<usize>) -> Option<usize> {
        let itself =
            span.filter(|index| self.spans[*index].is_container() && self.open.contains(index));
        itself.or_else(|| {
            self.open
                .iter()
                .copied()
                .filter(|index| self.spans[*index].is_container())
                .filter(|index| {
                    let around = &self.spans[*index].lane;
                    around.len() < lane.len() && lane.starts_with(around)
                })
                .max_by_key(|index| self.spans[*index].lane.len())
        })
    }
}

/// Whether the time that a task takes is someone else's.
fn waits(resource: &Resource) -> bool {
    match resource.pattern() {
        Pattern::WaitForTaskToken | Pattern::Sync | Pattern::Sync2 => true,
        Pattern::RequestResponse => matches!(resource, Resource::Activity { .. }),
    }
}
