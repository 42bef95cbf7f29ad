//! What an EXPRESS execution cannot do: wait for a job, a token or an activity, or run a DISTRIBUTED map.
//!
//! The iterations of a DISTRIBUTED map whose `ExecutionType` is EXPRESS are EXPRESS executions too.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::ExecutionType;
use crate::resource::{Pattern, Resource};
use crate::validate::context::{Context, processor_field};

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for (step, task) in cx.tasks() {
        if cx.kind_of(step) != ExecutionType::Express {
            continue;
        }
        let message = match step.resource.as_ref() {
            Some(Resource::Activity { .. }) => {
                "Express state machine does not support Activity ARN".to_owned()
            }
            Some(resource) if resource.pattern() != Pattern::RequestResponse => format!(
                "Express state machine does not support '{}' service integration",
                resource.pattern().suffix()
            ),
            _ => continue,
        };
        let hint = match task.resource.rsplit_once('.') {
            Some((plain, _)) if plain.ends_with("states:startExecution") => format!(
                "`{plain}` starts the execution and does not wait for it; \
                 `arn:aws:states:::aws-sdk:sfn:startSyncExecution` waits for an EXPRESS one"
            ),
            _ => "make the machine STANDARD, or let it start a STANDARD machine that waits".to_owned(),
        };
        let pointer = format!("{}/Resource", step.pointer);
        out.push(Diagnostic::error(Code::SchemaValidationFailed, pointer, message).hint(hint));
    }
    for (step, map) in cx.maps() {
        if cx.kind_of(step) == ExecutionType::Express && map.is_distributed() {
            out.push(
                Diagnostic::error(
                    Code::SchemaValidationFailed,
                    format!("{}/{}/ProcessorConfig/Mode", step.pointer, processor_field(map)),
                    "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' \
                     state machines",
                )
                .hint("use `INLINE`, or make the machine STANDARD"),
            );
        }
    }
}
