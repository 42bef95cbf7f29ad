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

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::model::ExecutionType::{Express, Standard};
    use crate::validate::tests::{check_kind};

    #[test]
    fn an_express_machine_waits_for_nobody() {
        for (resource, expected) in [
            ("arn:aws:states:::lambda:invoke.waitForTaskToken", "does not support '.waitForTaskToken'"),
            ("arn:aws:states:::states:startExecution.sync", "does not support '.sync'"),
            ("arn:aws:states:::states:startExecution.sync:2", "does not support '.sync:2'"),
            ("arn:aws:states:us-east-1:123456789012:activity:a", "does not support Activity ARN"),
        ] {
            let text = format!(
                r#"{{"StartAt": "P", "States": {{"P": {{"Type": "Parallel", "End": true, "Branches": [
                    {{"StartAt": "A", "States": {{"A": {{"Type": "Task", "Resource": "{resource}",
                        "End": true}}}}}}]}}}}}}"#
            );
            let expected = [("/States/P/Branches/0/States/A/Resource", expected)];
            check_kind(&text, Express, Code::SchemaValidationFailed, &expected);
            check_kind(&text, Standard, Code::SchemaValidationFailed, &[]);
        }
        let map = r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}}}}"#;
        let mode = [("/States/M/ItemProcessor/ProcessorConfig/Mode", "inside 'EXPRESS'")];
        check_kind(map, Express, Code::SchemaValidationFailed, &mode);
        check_kind(map, Standard, Code::SchemaValidationFailed, &[]);
    }
}
