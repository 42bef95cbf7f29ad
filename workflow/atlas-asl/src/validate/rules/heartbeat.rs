//! A heartbeat is due before the task times out.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::Count;
use crate::validate::context::Context;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for (step, task) in cx.tasks() {
        let (Some(Count::Literal(heartbeat)), Some(Count::Literal(timeout))) =
            (&task.heartbeat, &task.timeout)
        else {
            continue;
        };
        if heartbeat >= timeout {
            out.push(
                Diagnostic::error(
                    Code::SchemaValidationFailed,
                    format!("{}/HeartbeatSeconds", step.pointer),
                    "'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'",
                )
                .hint(format!("the task times out after {timeout} seconds; send heartbeats sooner")),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state};

    #[test]
    fn a_heartbeat_is_due_before_the_timeout() {
        let task = |heartbeat: u64| {
            format!(
                r#""Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                   "TimeoutSeconds": 60, "HeartbeatSeconds": {heartbeat}"#
            )
        };
        check_state(&task(59), Code::SchemaValidationFailed, &[]);
        let expected = [("/States/A/HeartbeatSeconds", "smaller than")];
        check_state(&task(60), Code::SchemaValidationFailed, &expected);
    }
}
