//! Executions and traces as tests tell them: what was visited, how long each took.

use std::sync::Arc;

use atlas_view::{Event, History, Told, view};
use serde_json::{Value, json};

use crate::{Executed, Run, Trace};

/// When the first run began, in milliseconds since the epoch.
pub(super) const BEGAN: i64 = 1_795_000_000_000;

pub(super) enum Step {
    /// A Task of this resource, with parameters and output, and the attempts that failed: their time and the delay
    /// after each.
    Task(&'static str, &'static str, Value, Value, i64, Vec<(i64, i64)>),
    Wait(&'static str, i64),
    /// Branches of a Parallel.
    Parallel(&'static str, Vec<Vec<Step>>),
    /// Iterations of a Map, one after the other.
    Map(&'static str, Vec<Vec<Step>>),
}

/// A Task that invokes the function of its name.
pub(super) fn invoke(function: &'static str, took: i64) -> Step {
    Step::Task(
        function,
        "lambda:invoke",
        json!({"FunctionName": function}),
        json!({}),
        took,
        vec![],
    )
}

/// A Task that calls a service.
pub(super) fn call(name: &'static str, resource: &'static str, key: Value, took: i64) -> Step {
    Step::Task(name, resource, json!({"Key": key}), json!({"Item": key}), took, vec![])
}

struct Script {
    events: Vec<Value>,
    now: i64,
}

impl Script {
    fn event(&mut self, previous: usize, kind: &str, field: &str, details: Value) -> usize {
        let id = self.events.len() + 1;
        #[expect(clippy::cast_precision_loss, reason = "milliseconds stay far below 2^53")]
        let seconds = self.now as f64 / 1e3;
        let mut event =
            json!({"id": id, "previousEventId": previous, "timestamp": seconds, "type": kind});
        if !field.is_empty() {
            event[field] = details;
        }
        self.events.push(event);
        id
    }

    fn steps(&mut self, mut previous: usize, steps: &[Step]) -> usize {
        for step in steps {
            previous = self.step(previous, step);
        }
        previous
    }

    fn step(&mut self, previous: usize, step: &Step) -> usize {
        let (kind, name) = match step {
            Step::Task(name, ..) => ("Task", name),
            Step::Wait(name, _) => ("Wait", name),
            Step::Parallel(name, _) => ("Parallel", name),
            Step::Map(name, _) => ("Map", name),
        };
        let entered = format!("{kind}StateEntered");
        let mut last =
            self.event(previous, &entered, "stateEnteredEventDetails", json!({"name": name}));
        match step {
            Step::Wait(_, took) => self.now += took,
            Step::Task(_, resource, parameters, output, took, failures) => {
                for (failed, delay) in failures {
                    last = self.scheduled(last, resource, parameters);
                    self.now += failed;
                    let told = json!({"error": "Busy", "cause": "c", "resource": "r", "resourceType": "t"});
                    last = self.event(last, "TaskFailed", "taskFailedEventDetails", told);
                    self.now += delay;
                }
                last = self.scheduled(last, resource, parameters);
                self.now += took;
                let told =
                    json!({"output": output.to_string(), "resource": "r", "resourceType": "t"});
                last = self.event(last, "TaskSucceeded", "taskSucceededEventDetails", told);
            }
            Step::Parallel(_, branches) => {
                let started = self.event(last, "ParallelStateStarted", "", Value::Null);
                let (began, mut end) = (self.now, self.now);
                // Histories are in order of time; those of branches are told one after the other and sorted.
                let first = self.events.len();
                for branch in branches {
                    self.now = began;
                    last = self.steps(started, branch);
                    end = end.max(self.now);
                }
                let _ = first;
                self.now = end;
                last = self.event(last, "ParallelStateSucceeded", "", Value::Null);
            }
            Step::Map(name, iterations) => {
                let started = json!({"length": iterations.len()});
                let started =
                    self.event(last, "MapStateStarted", "mapStateStartedEventDetails", started);
                last = started;
                for (index, iteration) in iterations.iter().enumerate() {
                    let told = json!({"name": name, "index": index});
                    let began = self.event(
                        started,
                        "MapIterationStarted",
                        "mapIterationStartedEventDetails",
                        told.clone(),
                    );
                    let ended = self.steps(began, iteration);
                    last = self.event(
                        ended,
                        "MapIterationSucceeded",
                        "mapIterationSucceededEventDetails",
                        told,
                    );
                }
                last = self.event(last, "MapStateSucceeded", "", Value::Null);
            }
        }
        let exited = format!("{kind}StateExited");
        self.event(last, &exited, "stateExitedEventDetails", json!({"name": name, "output": "{}"}))
    }

    fn scheduled(&mut self, previous: usize, resource: &str, parameters: &Value) -> usize {
        let (kind, action) = resource.split_once(':').unwrap();
        let told = json!({
            "resourceType": kind, "resource": action, "region": "us-east-1", "parameters": parameters.to_string()
        });
        let scheduled = self.event(previous, "TaskScheduled", "taskScheduledEventDetails", told);
        let told = json!({"resourceType": kind, "resource": action});
        self.event(scheduled, "TaskStarted", "taskStartedEventDetails", told)
    }
}

pub(super) fn arn(number: i64) -> String {
    format!("arn:aws:states:us-east-1:000000000000:execution:Orders:run-{number}")
}

/// A run of one execution, which begins so many milliseconds after the first.
pub(super) fn run(number: i64, after: i64, definition: Option<&Value>, steps: &[Step]) -> Run {
    let mut script = Script { events: Vec::new(), now: BEGAN + after };
    script.event(0, "ExecutionStarted", "executionStartedEventDetails", json!({"input": "{}"}));
    let last = script.steps(0, steps);
    script.event(
        last,
        "ExecutionSucceeded",
        "executionSucceededEventDetails",
        json!({"output": "{}"}),
    );
    let told = Told::of_api(&json!({
        "executionArn": arn(number), "status": "SUCCEEDED",
        "stateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:Orders",
    }));
    let events = script.events.iter().map(|event| Event::of_api(event).unwrap());
    let history = History::of(events);
    let view = view(&told, &history, definition);
    let definition = definition.cloned().map(Arc::new);
    let executed = Executed { view, history: Arc::new(history), definition };
    Run::of([executed]).pop().unwrap()
}

/// A call: service, operation, when after the handler began, how long, what was asked, what was answered,
/// whether its connection was new.
pub(super) type Called = (&'static str, &'static str, f64, f64, &'static str, &'static str, bool);

/// An invocation of a function for an execution.
pub(super) struct Invoked<'a> {
    pub(super) function: &'a str,
    pub(super) run: i64,
    pub(super) environment: &'a str,
    /// When the handler begins, in milliseconds after the first run.
    pub(super) at: i64,
    pub(super) took: i64,
    pub(super) init: Option<i64>,
    pub(super) calls: &'a [Called],
}

pub(super) fn trace(invoked: &Invoked<'_>) -> Trace {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds stay far below 2^53")]
    let seconds = |after: f64| (BEGAN as f64 + after) / 1e3;
    #[expect(clippy::cast_precision_loss, reason = "milliseconds stay far below 2^53")]
    let (at, took) = (invoked.at as f64, invoked.took as f64);
    let calls: Vec<Value> = invoked
        .calls
        .iter()
        .map(|(service, operation, after, took, asked, answered, is_new)| {
            json!({
                "id": "c", "name": service, "namespace": "aws", "aws": {"operation": operation},
                "start_time": seconds(at + after), "end_time": seconds(at + after + took),
                "metadata": {"atlas": {
                    "arguments": asked, "answer": answered, "new_connection": is_new}},
            })
        })
        .collect();
    let mut parts = vec![json!({
        "id": "h", "name": "Invocation", "start_time": seconds(at), "end_time": seconds(at + took),
        "subsegments": calls,
    })];
    if let Some(init) = invoked.init {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds stay far below 2^53")]
        let began = at - init as f64;
        parts.push(json!({
            "id": "i", "name": "Initialization", "start_time": seconds(began), "end_time": seconds(at)
        }));
    }
    let document = json!({
        "id": "s", "name": invoked.function, "origin": "AWS::Lambda::Function",
        "start_time": seconds(at), "end_time": seconds(at + took), "subsegments": parts,
        "annotations": {"execution_arn": arn(invoked.run), "environment": invoked.environment},
    });
    let batch = json!({"Traces": [{"Id": "1-1-1", "Segments": [{"Id": "s", "Document": document.to_string()}]}]});
    Trace::of_batch(&batch).unwrap().pop().unwrap()
}
