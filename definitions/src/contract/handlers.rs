//! What the validator may know about the handlers behind the Tasks.

use atlas_asl::{
    model::{StateName, Task},
    validate::Contract,
};
use serde_json::Value;

use super::ERRORS;

/// The handlers of this contract, known by the name of the function that a Task invokes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Handlers;

impl Contract for Handlers {
    fn errors_of(&self, _state: &StateName, task: &Task) -> Option<&[&str]> {
        let payload = task.arguments.as_ref().or(task.parameters.as_ref());
        let function = payload.and_then(|payload| payload.get("FunctionName"));
        let function = function.and_then(Value::as_str).unwrap_or(&task.resource);
        ERRORS.iter().find(|(handler, _)| is_of(function, handler)).map(|(_, names)| *names)
    }
}

/// `${CreateLeadHandlerArn}`, the name alone, or an ARN with it, perhaps with an alias.
fn is_of(function: &str, handler: &str) -> bool {
    let name = match function.strip_prefix("${").and_then(|rest| rest.strip_suffix("Arn}")) {
        Some(name) => name,
        None => function.split_once(":function:").map_or(function, |(_, name)| name),
    };
    name.split(':').next() == Some(handler)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_is_known_by_its_function() {
        let check = |function: &str, known: bool| {
            let arguments = Some(serde_json::json!({"FunctionName": function}));
            let task = Task { arguments, ..Task::default() };
            let errors = Handlers.errors_of(&StateName::from("Any"), &task);
            assert_eq!(errors.is_some(), known, "{function}");
        };
        check("${CreateLeadHandlerArn}", true);
        check("CreateLeadHandler", true);
        check("arn:aws:lambda:us-east-1:123456789012:function:UpdateLeadHandler:live", true);
        check("${OtherHandlerArn}", false);
        check("{% $function %}", false);
    }
}
