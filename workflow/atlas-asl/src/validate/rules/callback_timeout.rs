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
