//! From the events of a history to the spans of its states.

use std::collections::{HashMap, HashSet};

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
    /// The Parallel and Map spans whose branches or items have begun.
    started: HashSet<usize>,
    /// The error that the next ending span ends with.
    errors: HashMap<usize, String>,
}

#[derive(Debug, Clone)]
struct Known {
    at: i64,
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
            started: HashSet::new(),
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
                if before.as_ref().is_some_and(|known| known.starts_parallel) {
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
                let container = self.container_around(&lane, span);
                span = match container {
                    // Another attempt: what came before is the failure of a branch, deeper inside.
                    Some(index) if self.started.contains(&index) => {
                        self.failed_inside(index, before.as_ref());
                        self.stop_inside(index, before.as_ref().map_or(at, |known| known.at));
                        self.again(container, at)
                    }
                    _ => container.or(span),
                };
                if let Some(index) = span {
                    self.started.insert(index);
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
                    self.stop_inside(index, at);
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
            | Detail::MapRunRedriven { .. }
            | Detail::ExecutionRedriven { .. }
            | Detail::MapRunAborted => {}
        }
        self.known.insert(event.id, Known { at, span, lane, starts_parallel });
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
            // A Fail state ends as it is entered, and its error is told later.
            let ended = &mut self.spans[index];
            if ended.state_type == StateType::Fail && ended.error.is_none() {
                ended.error.clone_from(&failure.error);
            }
            return;
        }
        let error = failure.error.clone().unwrap_or_default();
        self.spans[index].ended_ms = Some(at);
        self.spans[index].error = (!error.is_empty()).then(|| error.clone());
        self.errors.insert(index, error);
    }

    /// A Parallel or Map failed when the last thing inside it did, and by the same error.
    fn failed_inside(&mut self, container: usize, last: Option<&Known>) {
        let Some(last) = last else { return };
        let inside = last.span.and_then(|index| self.spans[index].error.clone());
        self.spans[container].ended_ms = Some(last.at);
        self.spans[container].error.clone_from(&inside);
        self.errors.insert(container, inside.unwrap_or_default());
    }

    /// What goes on inside a Parallel or Map that has failed is stopped. The events that tell of it refer
    /// to the failure, and do not say which state they mean.
    fn stop_inside(&mut self, container: usize, at: i64) {
        let around = &self.spans[container].lane;
        let is_inside = |index: &usize| {
            let lane = &self.spans[*index].lane;
            lane.len() > around.len() && lane.starts_with(around)
        };
        let inside: Vec<usize> = self.open.iter().copied().filter(is_inside).collect();
        for index in inside {
            self.stop(index, at);
        }
    }

    fn stop(&mut self, index: usize, at: i64) {
        let status = match self.errors.contains_key(&index) {
            true => SpanStatus::Failed,
            false => SpanStatus::Aborted,
        };
        let ended = self.spans[index].ended_ms.unwrap_or(at);
        self.end(Some(index), status, ended);
    }

    fn end(&mut self, span: Option<usize>, status: SpanStatus, at: i64) {
        let Some(index) = span else { return };
        self.open.retain(|open| *open != index);
        self.spans[index].status = status;
        self.spans[index].ended_ms = Some(at);
    }

    fn end_all(&mut self, at: i64) {
        for index in std::mem::take(&mut self.open) {
            self.stop(index, at);
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

#[cfg(test)]
mod tests {
    use atlas_asl::{model::ExecutionType, parse::parse};
    use atlas_core::Payload;
    use atlas_engine::{Time, mocks::MockConfig};
    use expect_test::{Expect, expect};
    use serde_json::{Value, json};

    use super::*;
    use crate::host::{self, Plan};

    /// Runs a machine whose Task states all call the same, and follows what happens. Durations are
    /// in whole seconds: what a test machine takes of its own is not in them.
    fn check(definition: Value, responses: Value, input: &str, expected: Expect) {
        let machine = parse(&definition.to_string()).machine.unwrap();
        let states: serde_json::Map<String, Value> = responses
            .as_object()
            .unwrap()
            .keys()
            .map(|state| (state.clone(), json!(state)))
            .collect();
        let mocks = json!({
            "StateMachines": { "m": { "TestCases": { "C": states } } },
            "MockedResponses": responses,
        });
        let plan = Plan {
            machines: vec![("m".to_owned(), ExecutionType::Standard, machine)],
            input: Payload::parse(input).unwrap(),
            mocks: Some(MockConfig::parse(mocks.to_string().as_bytes()).unwrap()),
            mock_file: String::new(),
            case: Some("C".to_owned()),
            time: Time::SkippingWaits,
            how_to_skip: "",
        };
        let ended = host::run(plan, None).unwrap();
        let mut tracker = SpanTracker::new("m");
        ended[0].history.iter().for_each(|event| tracker.take_in(event));
        let lines: Vec<String> = tracker
            .spans
            .iter()
            .map(|span| {
                let seconds = (span.ended_ms.expect("all has ended") - span.started_ms) / 1_000;
                let mut path = span.lane.clone();
                path.push(span.state.clone());
                let (path, status) = (path.join("/"), span.status.word());
                let error = span.error.as_deref().unwrap_or_default();
                format!("{path} #{} {status} {seconds} s {error}", span.attempt)
                    .trim_end()
                    .to_owned()
            })
            .collect();
        assert!(tracker.open.is_empty(), "{:?}", tracker.open);
        expected.assert_eq(&lines.join("\n"));
    }

    fn task(more: Value) -> Value {
        let mut state = json!({
            "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:F",
        });
        state.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        state
    }

    fn wait(seconds: u32) -> Value {
        json!({ "Type": "Wait", "Seconds": seconds, "End": true })
    }

    fn flow(start: &str, states: Value) -> Value {
        json!({ "StartAt": start, "States": states })
    }

    fn throw(error: &str) -> Value {
        json!({ "Throw": { "Error": error, "Cause": "" } })
    }

    #[test]
    fn each_attempt_is_a_span_and_the_delay_between_is_none() {
        let retry = json!([{ "ErrorEquals": ["Busy"], "IntervalSeconds": 10, "MaxAttempts": 2 }]);
        let machine = flow("Call", json!({ "Call": task(json!({ "Retry": retry, "End": true })) }));
        check(
            machine.clone(),
            json!({ "Call": { "0-1": throw("Busy"), "2": { "Return": 1 } } }),
            "{}",
            expect![[r#"
                Call #1 retried 0 s Busy
                Call #2 retried 0 s Busy
                Call #3 succeeded 0 s"#]],
        );
        check(
            machine,
            json!({ "Call": { "0-2": throw("Busy") } }),
            "{}",
            expect![[r#"
            Call #1 retried 0 s Busy
            Call #2 retried 0 s Busy
            Call #3 failed 0 s Busy"#]],
        );
    }

    #[test]
    fn a_catch_ends_the_state_and_the_run_goes_on() {
        let catch = json!([{ "ErrorEquals": ["States.ALL"], "Next": "After" }]);
        let states = json!({
            "Call": task(json!({ "Catch": catch, "Next": "Never" })),
            "Never": { "Type": "Succeed" },
            "After": { "Type": "Fail", "Error": "Given.Up" },
        });
        let thrown = json!({ "Call": { "0": throw("Refused") } });
        check(
            flow("Call", states),
            thrown,
            "{}",
            expect![[r#"
                Call #1 caught 0 s Refused
                After #1 failed 0 s Given.Up"#]],
        );
    }

    #[test]
    fn a_failure_beside_others_stops_them_at_every_depth() {
        let inner = json!({
            "Type": "Parallel", "End": true,
            "Branches": [flow("Hold", json!({ "Hold": wait(60) })),
                         flow("Rest", json!({ "Rest": wait(5) }))],
        });
        let after = task(json!({ "End": true }));
        let states = json!({
            "Both": {
                "Type": "Parallel",
                "Branches": [
                    flow("Inner", json!({ "Inner": inner })),
                    flow("Soon", json!({
                        "Soon": { "Type": "Wait", "Seconds": 20, "Next": "Call" }, "Call": after,
                    })),
                ],
                "Catch": [{ "ErrorEquals": ["Boom"], "Next": "After" }],
                "End": true,
            },
            "After": { "Type": "Succeed" },
        });
        let thrown = json!({ "Call": { "0": throw("Boom") } });
        check(
            flow("Both", states),
            thrown,
            "{}",
            expect![[r#"
            Both #1 caught 20 s
            branch 1/Inner #1 aborted 20 s
            branch 2/Soon #1 succeeded 20 s
            branch 1/branch 1/Hold #1 aborted 20 s
            branch 1/branch 2/Rest #1 succeeded 5 s
            branch 2/Call #1 failed 0 s Boom
            After #1 succeeded 0 s"#]],
        );
    }

    #[test]
    fn items_of_nested_maps_have_lanes_of_their_own() {
        let each = |inner: Value| json!({ "Type": "Map", "ItemProcessor": inner, "End": true });
        let inner = flow("One", json!({ "One": wait(3) }));
        let outer = flow("Inner", json!({ "Inner": each(inner) }));
        let machine = flow("Outer", json!({ "Outer": each(outer) }));
        check(
            machine,
            json!({}),
            "[[1, 2], [], [3]]",
            expect![[r#"
            Outer #1 succeeded 3 s
            item 0/Inner #1 succeeded 3 s
            item 1/Inner #1 succeeded 0 s
            item 2/Inner #1 succeeded 3 s
            item 0/item 0/One #1 succeeded 3 s
            item 0/item 1/One #1 succeeded 3 s
            item 2/item 0/One #1 succeeded 3 s"#]],
        );
    }

    #[test]
    fn a_container_that_is_tried_again_is_two_spans_with_branches_each() {
        let branch = |state: Value| flow("Call", json!({ "Call": state }));
        let retry = json!([{ "ErrorEquals": ["Busy"], "IntervalSeconds": 7, "MaxAttempts": 1 }]);
        let state = json!({
            "Type": "Parallel", "Retry": retry, "End": true,
            "Branches": [branch(task(json!({ "End": true }))),
                         flow("Hold", json!({ "Hold": wait(2) }))],
        });
        let responses = json!({ "Call": { "0": throw("Busy"), "1": { "Return": 1 } } });
        check(
            flow("Both", json!({ "Both": state })),
            responses,
            "{}",
            expect![[r#"
                Both #1 retried 0 s Busy
                branch 1/Call #1 failed 0 s Busy
                branch 2/Hold #1 aborted 0 s
                Both #2 succeeded 2 s
                branch 1/Call #1 succeeded 0 s
                branch 2/Hold #1 succeeded 2 s"#]],
        );

        let state = json!({
            "Type": "Map", "Retry": retry, "End": true,
            "ItemProcessor": branch(task(json!({ "End": true }))),
        });
        let responses = json!({ "Call": { "0": throw("Busy"), "1-2": { "Return": 1 } } });
        check(
            flow("Each", json!({ "Each": state })),
            responses,
            "[1]",
            expect![[r#"
                Each #1 retried 0 s Busy
                item 0/Call #1 failed 0 s Busy
                Each #2 succeeded 0 s
                item 0/Call #1 succeeded 0 s"#]],
        );
    }

    #[test]
    fn what_runs_out_of_time_is_ended_with_the_run() {
        let mut machine = flow("Hold", json!({ "Hold": wait(60) }));
        machine["TimeoutSeconds"] = json!(30);
        check(machine, json!({}), "{}", expect!["Hold #1 aborted 30 s"]);
    }

    #[test]
    fn an_expression_that_fails_fails_its_state() {
        let pick = json!({
            "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $error('no') %}",
            "End": true,
        });
        check(
            flow("Pick", json!({ "Pick": pick })),
            json!({}),
            "{}",
            expect!["Pick #1 failed 0 s States.QueryEvaluationError"],
        );
    }
}
