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
