//! The context object that a `TestState` brings: the fields that Step Functions knows, and no others.

use atlas_asl::resource::Pattern;
use serde_json::{Map, Value};

use super::Tested;
use crate::api_error::ApiError;

/// A field of the context object: what it holds.
enum Holds {
    Text,
    Number,
    Anything,
    Fields(&'static [(&'static str, Holds)]),
}

use Holds::{Anything, Fields, Number, Text};

/// AWS: the context object's format.
const FIELDS: &[(&str, Holds)] = &[
    (
        "Execution",
        Fields(&[
            ("Id", Text),
            ("Input", Anything),
            ("Name", Text),
            ("RoleArn", Text),
            ("StartTime", Text),
            ("RedriveCount", Number),
            ("RedriveTime", Text),
        ]),
    ),
    ("State", Fields(&[("EnteredTime", Text), ("Name", Text), ("RetryCount", Number)])),
    ("StateMachine", Fields(&[("Id", Text), ("Name", Text)])),
    ("Task", Fields(&[("Token", Text)])),
    (
        "Map",
        Fields(&[(
            "Item",
            Fields(&[("Index", Number), ("Value", Anything), ("Key", Text), ("Source", Text)]),
        )]),
    ),
];

/// Reads the context object for a state.
pub(crate) fn context_object(text: &str, tested: &Tested) -> Result<Value, ApiError> {
    let Ok(Value::Object(fields)) = serde_json::from_str(text) else {
        return Err(invalid("it is not a JSON object"));
    };
    check(&fields, FIELDS)?;
    let is_given_token = tested.resource().is_some_and(|resource| {
        matches!(resource.pattern(), Pattern::Sync | Pattern::Sync2 | Pattern::WaitForTaskToken)
    });
    if fields.contains_key("Task") && !is_given_token {
        return Err(invalid(
            "Context object contains 'Task' when state is not a Task state with a '.sync' or \
             '.waitForTaskToken' service integration pattern",
        ));
    }
    Ok(Value::Object(fields))
}

fn check(fields: &Map<String, Value>, known: &[(&str, Holds)]) -> Result<(), ApiError> {
    for (name, value) in fields {
        let Some((_, holds)) = known.iter().find(|(known, _)| known == name) else {
            return Err(invalid(&format!("Field '{name}' is not allowed")));
        };
        let must_be = |what: &str| Err(invalid(&format!("Field '{name}' must be {what}")));
        match (holds, value) {
            (Text, Value::String(_)) | (Number, Value::Number(_)) | (Anything, _) => {}
            (Fields(known), Value::Object(fields)) => check(fields, known)?,
            (Text, _) => return must_be("a string"),
            (Number, _) => return must_be("a number"),
            (Fields(_), _) => return must_be("an object"),
        }
    }
    Ok(())
}

fn invalid(why: &str) -> ApiError {
    ApiError::validation(format!("Invalid Context object provided: {why}"))
}
