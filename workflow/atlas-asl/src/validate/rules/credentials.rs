//! `Credentials` name a role, and activities take none.

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic};
use crate::resource::Resource;
use crate::validate::context::Context;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for (step, task) in cx.tasks() {
        let Some(credentials) = &task.credentials else { continue };
        let found = |message: &str| {
            let pointer = format!("{}/Credentials", step.pointer);
            Diagnostic::error(Code::SchemaValidationFailed, pointer, message)
        };
        if let Value::Object(fields) = &credentials.0
            && !fields.contains_key("RoleArn")
            && !fields.contains_key("RoleArn.$")
        {
            out.push(
                found("The field 'RoleArn' is required but was missing")
                    .hint("give `RoleArn` the ARN of the role that the Task takes on"),
            );
        }
        if matches!(step.resource, Some(Resource::Activity { .. })) {
            out.push(
                found("The field 'Credentials' is not supported for activities")
                    .hint("remove it: a worker has credentials of its own"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state};

    #[test]
    fn credentials_name_a_role() {
        check_state(
            r#""Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Credentials": {}"#,
            Code::SchemaValidationFailed,
            &[("/States/A/Credentials", "The field 'RoleArn' is required but was missing")],
        );
        check_state(
            r#""Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:a",
               "Credentials": {"RoleArn.$": "$.role"}"#,
            Code::SchemaValidationFailed,
            &[("/States/A/Credentials", "is not supported for activities")],
        );
    }
}
