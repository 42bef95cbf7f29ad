//! Tasks that call this very service: `aws-sdk:sfn:sendTaskSuccess` and its like.
//!
//! They go where a request over the wire would go, so a machine can work on activities, answer
//! callbacks and describe executions of its own account.

use std::{
    fmt,
    future::ready,
    sync::{Arc, Weak},
};

use atlas_asl::resource::{Pattern, Resource};
use atlas_core::{Failure, Identity, Payload, TaskRequest, Timestamp};
use atlas_engine::{
    Place,
    runner::{Answering, TaskAnswer, TaskCall, TaskRunner},
};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use crate::{
    actions,
    api_error::ApiError,
    app::{App, Caller, Shared},
};

/// Performs what calls this service; hands on everything else.
pub(crate) struct OwnService {
    app: Weak<Shared>,
    otherwise: Arc<dyn TaskRunner>,
}

impl OwnService {
    pub(crate) fn new(app: &Arc<Shared>, otherwise: Arc<dyn TaskRunner>) -> Self {
        Self { app: Arc::downgrade(app), otherwise }
    }
}

impl TaskRunner for OwnService {
    fn run(&self, call: TaskCall) -> Answering {
        let Some(operation) = operation(&call.request) else { return self.otherwise.run(call) };
        let Some(app) = self.app.upgrade() else {
            return Box::pin(ready(TaskAnswer::Failed(Failure::default())));
        };
        let Value::Object(parameters) = renamed(call.request.parameters.value(), uncapitalised)
        else {
            return self.otherwise.run(call);
        };
        let place = place_of(&call.identity);
        Box::pin(async move {
            let app = App::of(app);
            let caller = Caller { account: app.account(&place), app, time: None };
            match actions::perform(&caller, &operation, &parameters).await {
                Ok(answer) => {
                    let answer = answer.into_tree();
                    TaskAnswer::Answered(Payload::from(dated(renamed(&answer, capitalised))))
                }
                Err(error) => TaskAnswer::Failed(failure(&error)),
            }
        })
    }

    fn turns(&self, request: &TaskRequest) -> Option<Arc<Semaphore>> {
        match operation(request) {
            // One that waits for work must not keep others from doing it.
            Some(_) => None,
            None => self.otherwise.turns(request),
        }
    }
}

/// The operation of this service that a task calls.
fn operation(request: &TaskRequest) -> Option<String> {
    match &*request.resource {
        Resource::AwsSdk { service, action, pattern: Pattern::RequestResponse }
            if service == "sfn" =>
        {
            Some(capitalised(action))
        }
        _ => None,
    }
}

/// Recorded: `Sfn.InvalidTokenException`.
fn failure(error: &ApiError) -> Failure {
    let code = error.code();
    let name = code.strip_suffix("Exception").unwrap_or(code);
    let request_id = uuid::Uuid::new_v4();
    Failure {
        error: Some(format!("Sfn.{name}Exception")),
        cause: Some(format!(
            "{} (Service: Sfn, Status Code: {}, Request ID: {request_id})",
            error.message(),
            error.status().as_u16()
        )),
    }
}

fn place_of(identity: &Identity) -> Place {
    let account = identity.execution_arn.split(':').nth(4).unwrap_or_default();
    Place { region: Arc::clone(&identity.region), account: account.into() }
}

/// The API's names begin with a small letter, those of Step Functions' own tasks with a capital.
fn renamed(value: &Value, rename: fn(&str) -> String) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| (rename(name), renamed(value, rename)))
                .collect::<Map<_, _>>(),
        ),
        Value::Array(items) => items.iter().map(|item| renamed(item, rename)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// Moments are texts in the answers of such tasks (sam-goodwin/functionless, issue 489).
fn dated(mut answer: Value) -> Value {
    match &mut answer {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                let is_moment = name.ends_with("Date") || name == "Timestamp";
                *value = match (value.as_f64(), is_moment) {
                    (Some(seconds), true) => {
                        let millis = (seconds * 1000.0).round() as i64;
                        Timestamp::from_millis(millis).to_string().into()
                    }
                    _ => dated(value.take()),
                };
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = dated(item.take());
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    answer
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn uncapitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

impl fmt::Debug for OwnService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnService").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_has_capitals_and_moments_as_text() {
        let answer = json!({"startDate": 1763658245.25, "events": [{"id": 1, "timestamp": 0.0}]});
        assert_eq!(
            dated(renamed(&answer, capitalised)),
            json!({
                "StartDate": "2025-11-20T17:04:05.250Z",
                "Events": [{"Id": 1, "Timestamp": "1970-01-01T00:00:00.000Z"}],
            })
        );
        assert_eq!(
            renamed(&json!({"ExecutionArn": "x"}), uncapitalised),
            json!({"executionArn": "x"})
        );
    }
}
