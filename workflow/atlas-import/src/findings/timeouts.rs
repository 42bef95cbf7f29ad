//! Tasks that may take for ever.

use atlas_asl::{
    model::Task,
    resource::{Pattern, Resource},
};

use super::{Code, Cx, Finding, machine::listed};

pub(super) fn look(cx: &Cx<'_>, found: &mut Vec<Finding>) {
    let mut others = Vec::new();
    let mut first = None;
    for called in cx.tasks() {
        if is_bounded(called.task, &called.resource) {
            continue;
        }
        let (name, pointer) = (called.located.name, called.located.pointer);
        let is_activity = matches!(called.resource, Resource::Activity { .. });
        if !called.resource.waits() && !is_activity {
            others.push(name.as_str());
            first.get_or_insert(pointer);
            continue;
        }
        let (what, remedy) = match called.resource.pattern() {
            Pattern::Sync | Pattern::Sync2 => (
                "a job that never ends",
                "set `TimeoutSeconds` a little above the longest run, and catch `States.Timeout`",
            ),
            Pattern::WaitForTaskToken | Pattern::RequestResponse => (
                "a token that is never sent back",
                "set `TimeoutSeconds` to how long an answer may take, `HeartbeatSeconds` where whoever \
                 works can say that it is alive, and catch `States.Timeout`",
            ),
        };
        found.push(
            Finding::new(
                Code::CallbackWithoutTimeout,
                pointer,
                format!("{what} holds `{name}`, and with it the execution, for up to a year"),
            )
            .remedy(remedy),
        );
    }
    let Some(pointer) = first.filter(|_| cx.machine.timeout_seconds.is_none()) else { return };
    found.push(
        Finding::new(
            Code::TaskWithoutTimeout,
            pointer,
            format!("no `TimeoutSeconds` bounds {}, nor the machine", listed(others)),
        )
        .remedy("set `TimeoutSeconds` of each a little above its slowest answer, or that of the machine"),
    );
}

/// A heartbeat bounds the wait for a token or an activity; a job has none.
fn is_bounded(task: &Task, resource: &Resource) -> bool {
    let is_job = matches!(resource.pattern(), Pattern::Sync | Pattern::Sync2);
    task.timeout.is_some() || task.heartbeat.is_some() && !is_job
}
