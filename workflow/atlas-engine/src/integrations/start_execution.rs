//! `states:startExecution`, alone, `.sync`, `.sync:2` and `.waitForTaskToken`.

use std::sync::Arc;

use atlas_asl::{model::ExecutionType, resource::Pattern};
use atlas_core::{Fact, Failure, Outcome, Payload, TaskRequest, Timestamp, uuid_of};
use serde_json::{Map, Value, json};

use super::service_answer::{refused, with_metadata};
use crate::{
    cell::{Body, Cell, Form, Mocking, OpenTask, StartedBy, Watcher},
    duplicates::Guarantee,
    engine::Inner,
    error::EngineError,
    input::parse_input,
    names::uuid,
    perform::Invocation,
    qualified_arn::QualifiedArn,
    queue::{Queue, Work},
    start::Beginning,
};

impl Inner {
    /// Starts the execution that a task asks for, and tells the task.
    pub(crate) fn start_nested(
        self: &Arc<Self>,
        parent: &Arc<Cell>,
        invocation: &Invocation,
        queue: &mut Queue,
    ) {
        let Invocation { request, is_submitted } = invocation;
        let task = request.task;
        let pattern = request.resource.pattern();
        if *is_submitted && let Some(child) = self.started_before(parent, request) {
            return self.wait_for(parent, invocation, &child, queue);
        }
        let begun = self.beginning(parent, request).and_then(|beginning| {
            self.begin(beginning, queue, |child, started_at, queue| {
                if *is_submitted {
                    return;
                }
                let answer = self.answer(child, started_at);
                let fact = match pattern {
                    Pattern::RequestResponse => Fact::TaskSucceeded { task, output: answer },
                    Pattern::Sync | Pattern::Sync2 | Pattern::WaitForTaskToken => {
                        Fact::TaskSubmitted { task, output: answer }
                    }
                };
                queue.push(Arc::clone(parent), Work::Tell(fact));
            })
        });
        match begun {
            Ok(started) => self.wait_for(parent, invocation, &started.execution_arn, queue),
            Err(EngineError::Journal(_)) => self.start_nested_again(parent, invocation),
            Err(error) => {
                let Failure { error, cause } = refused(&error, &uuid(self.random()));
                queue.push(Arc::clone(parent), Work::Tell(Fact::TaskFailed { task, error, cause }));
            }
        }
    }

    /// Lets a task wait for the end of what it started, where it does.
    fn wait_for(
        self: &Arc<Self>,
        parent: &Arc<Cell>,
        invocation: &Invocation,
        child_arn: &Arc<str>,
        queue: &mut Queue,
    ) {
        let Invocation { request, .. } = invocation;
        let form = match request.resource.pattern() {
            Pattern::RequestResponse | Pattern::WaitForTaskToken => return,
            Pattern::Sync => Form::Text,
            Pattern::Sync2 => Form::Json,
        };
        let execution_arn = Arc::clone(&parent.identity.execution_arn);
        let watcher = Watcher { execution_arn, task: request.task, form };
        if self.attend(parent, watcher, child_arn, queue).is_err() {
            let request = request.clone();
            self.start_nested_again(parent, &Invocation { request, is_submitted: true });
        }
    }

    /// Starts what a task asks for once the disk can be read.
    fn start_nested_again(self: &Arc<Self>, parent: &Arc<Cell>, invocation: &Invocation) {
        let (parent, invocation) = (Arc::clone(parent), invocation.clone());
        self.again(move |engine| {
            let mut queue = Queue::default();
            engine.start_nested(&parent, &invocation, &mut queue);
            engine.drive(&mut queue, &parent.run);
        });
    }

    /// The ARN of what a task started before it came back, also where the machine is gone since.
    fn started_before(self: &Arc<Self>, parent: &Cell, request: &TaskRequest) -> Option<Arc<str>> {
        let machine = request.parameters.value().get("StateMachineArn")?.as_str()?;
        let machine = QualifiedArn::parse(machine).machine_arn.rsplit(':').next()?;
        let name = name_of(parent, request)?;
        let arn = self.place.execution_arn(machine, &name, ExecutionType::Standard, 0);
        let child = self.look_for(&arn).ok()??;
        Some(Arc::clone(&child.identity.execution_arn))
    }

    fn beginning(
        &self,
        parent: &Arc<Cell>,
        request: &TaskRequest,
    ) -> Result<Beginning, EngineError> {
        let parameters = request.parameters.value();
        let text = |field: &str| parameters.get(field).and_then(Value::as_str);
        let chosen = self.choose(text("StateMachineArn").unwrap_or_default())?;
        let input = match parameters.get("Input") {
            // Recorded: `null` starts an execution with the empty object.
            None | Some(Value::Null) => Payload::empty(),
            Some(Value::String(input)) => parse_input(input)?,
            Some(input) => Payload::from(input.clone()),
        };
        let name = name_of(parent, request).unwrap_or_else(|| uuid(self.random()));
        let mocking = parent.mocking.as_ref().map(|parent| Mocking {
            config: Arc::clone(&parent.config),
            case_name: Arc::clone(&parent.case_name),
            case: parent.config.find(&chosen.machine.name, &parent.case_name),
        });
        Ok(Beginning {
            chosen,
            name: Some(name),
            input,
            run: Arc::clone(&parent.run),
            mocking,
            started_by: Some(StartedBy {
                execution_arn: Arc::clone(&parent.identity.execution_arn),
                task: request.task,
                depth: 1 + parent.started_by.as_ref().map_or(0, |by| by.depth),
            }),
            guarantee: Guarantee::AtLeastOnce,
        })
    }

    fn answer(&self, child: &Cell, started_at: Timestamp) -> Payload {
        let arn = &*child.identity.execution_arn;
        let seconds = json!(started_at.as_millis() as f64 / 1000.0);
        let body_bytes = r#"{"executionArn":"","startDate":}"#.len() + arn.len() + 16;
        let mut answer = Map::new();
        answer.insert("ExecutionArn".into(), arn.into());
        answer.insert("StartDate".into(), seconds);
        let request_id = uuid(self.random());
        Payload::from(with_metadata(answer, body_bytes, &request_id, child.run.clock.now()))
    }
}

impl Inner {
    /// From here on, the task is told of the child's end, and the child is stopped when the task is
    /// given up.
    fn attend(
        self: &Arc<Self>,
        parent: &Arc<Cell>,
        watcher: Watcher,
        child_arn: &Arc<str>,
        queue: &mut Queue,
    ) -> Result<(), EngineError> {
        let task = watcher.task;
        let attended = self.with(child_arn, |child, body| {
            let Some(outcome) = body.execution.outcome() else {
                if !body.watchers.contains(&watcher) {
                    self.awake(child, body);
                    body.watchers.push(watcher.clone());
                }
                return None;
            };
            Some(ended(child, body, outcome, &watcher))
        })?;
        if let Some(fact) = attended {
            queue.push(Arc::clone(parent), Work::Tell(fact));
            return Ok(());
        }
        let mut body = parent.lock();
        match body.open_tasks.get_mut(&task) {
            Some(open) => {
                *open = OpenTask::Child(Some(Arc::clone(child_arn)));
                self.rest(parent, &mut body);
            }
            // It was given up meanwhile.
            None => self.send(child_arn, Fact::Stopped { error: None, cause: None }, queue),
        }
        Ok(())
    }
}

/// The name of what a task starts: a parent that comes back finds the execution again, and one that runs
/// twice does not.
fn name_of(parent: &Cell, request: &TaskRequest) -> Option<String> {
    match request.parameters.value().get("Name").and_then(Value::as_str) {
        Some(name) => Some(name.to_owned()),
        None => match parent.identity.execution_type {
            ExecutionType::Standard => {
                Some(uuid_of((&parent.identity.execution_arn, request.task)))
            }
            ExecutionType::Express => None,
        },
    }
}

/// What the end of a nested execution means to a task that waits for it.
pub(crate) fn ended(child: &Cell, body: &Body, outcome: &Outcome, watcher: &Watcher) -> Fact {
    let task = watcher.task;
    match outcome {
        Outcome::Succeeded { .. } => {
            let output = Payload::from(description(child, body, outcome, watcher.form));
            Fact::TaskSucceeded { task, output }
        }
        // Recorded: the cause is the description in the form of `.sync`, its keys in order.
        Outcome::Failed(_) | Outcome::TimedOut(_) | Outcome::Aborted(_) => Fact::TaskFailed {
            task,
            error: Some("States.TaskFailed".to_owned()),
            cause: Some(description(child, body, outcome, Form::Text).to_string()),
        },
    }
}

/// The end as the event of it tells it: names capitalised, dates in milliseconds.
fn description(child: &Cell, body: &Body, outcome: &Outcome, form: Form) -> Value {
    let document = |payload: &Payload| match form {
        Form::Json => payload.value().clone(),
        Form::Text => payload.text().into(),
    };
    let mut fields = Map::new();
    let failure = outcome.failure();
    if let Some(cause) = failure.and_then(|failure| failure.cause.as_deref()) {
        fields.insert("Cause".into(), cause.into());
    }
    if let Some(error) = failure.and_then(|failure| failure.error.as_deref()) {
        fields.insert("Error".into(), error.into());
    }
    let identity = &child.identity;
    fields.insert("ExecutionArn".into(), (&*identity.execution_arn).into());
    fields.insert("Input".into(), body.execution.input().map_or(Value::Null, document));
    fields.insert("InputDetails".into(), json!({ "Included": true }));
    fields.insert("Name".into(), (&*identity.execution_name).into());
    if let Outcome::Succeeded { output } = outcome {
        fields.insert("Output".into(), document(output));
        fields.insert("OutputDetails".into(), json!({ "Included": true }));
    }
    let millis = |moment: Option<Timestamp>| json!(moment.map(Timestamp::as_millis));
    fields.insert("StartDate".into(), millis(body.execution.started_at()));
    fields.insert("StateMachineArn".into(), (&*identity.state_machine_arn).into());
    fields.insert("Status".into(), outcome.status().into());
    fields.insert("StopDate".into(), millis(body.execution.ended_at()));
    Value::Object(fields)
}
