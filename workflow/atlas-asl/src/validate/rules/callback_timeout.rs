//! A task that waits for someone else says how long.
//!
//! Without `TimeoutSeconds` a lost callback holds the execution for a year. A heartbeat bounds the wait
//! for a token or an activity too; `.sync` tasks have none.

use crate::diagnostic::{Code, Diagnostic};
use crate::resource::{Pattern, Resource};
use crate::validate::context::Context;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for (step, task) in cx.tasks() {
        let Some(resource) = &step.resource else { continue };
        let is_activity = matches!(resource, Resource::Activity { .. });
        if !(resource.waits() || is_activity) || task.timeout.is_some() {
            continue;
        }
        let is_job = matches!(resource.pattern(), Pattern::Sync | Pattern::Sync2);
        if task.heartbeat.is_some() && !is_job {
            continue;
        }
        let what = if is_activity { "an activity" } else { resource.pattern().suffix() };
        out.push(
            Diagnostic::warning(
                Code::CallbackWithoutTimeout,
                format!("{}/Resource", step.pointer),
                format!("{what} without `TimeoutSeconds` can wait for a year"),
            )
            .hint("set `TimeoutSeconds`, and catch `States.Timeout`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state};

    #[test]
    fn whoever_waits_says_how_long() {
        for (fields, found) in [
            (r#""Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken""#, true),
            (r#""Resource": "arn:aws:states:::states:startExecution.sync:2""#, true),
            (r#""Resource": "arn:aws:states:us-east-1:123456789012:activity:a""#, true),
            (r#""Resource": "arn:aws:states:::batch:submitJob.sync", "HeartbeatSeconds": 5"#, true),
            (r#""Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "HeartbeatSeconds": 5"#,
             false),
            (r#""Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "TimeoutSecondsPath": "$.t""#, false),
            (r#""Resource": "arn:aws:states:::lambda:invoke""#, false),
        ] {
            let place = [("/States/A/Resource", "can wait for a year")];
            let expected = if found { &place[..] } else { &[][..] };
            let state = format!(r#""Type": "Task", {fields}"#);
            check_state(&state, Code::CallbackWithoutTimeout, expected);
        }
    }
}
