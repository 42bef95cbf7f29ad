//! An error name that can match nothing: names are compared whole and by case.

use std::collections::HashSet;

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{StateKind, Text};
use crate::suggest::suggest;
use crate::validate::context::Context;
use crate::validate::texts::short;

/// The names that the States Language reserves.
const RESERVED: &[&str] = &[
    "States.ALL",
    "States.Timeout",
    "States.HeartbeatTimeout",
    "States.TaskFailed",
    "States.Permissions",
    "States.ResultPathMatchFailure",
    "States.ParameterPathFailure",
    "States.BranchFailed",
    "States.NoChoiceMatched",
    "States.IntrinsicFailure",
    "States.ExceedToleratedFailureThreshold",
    "States.ItemReaderFailed",
    "States.ResultWriterFailed",
    "States.DataLimitExceeded",
    "States.QueryEvaluationError",
    "States.ReferencePathConflict",
    "States.Http.Socket",
    RUNTIME,
];

/// Nothing retries or catches it.
const RUNTIME: &str = "States.Runtime";

/// Names that Lambda's integration raises, for those who write them by hand.
const LAMBDA: &[&str] = &[
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ResourceNotFoundException",
    "Lambda.Unknown",
    "StepFunctions.ExecutionAlreadyExistsException",
    "StepFunctions.ExecutionLimitExceededException",
    "StepFunctions.StateMachineDoesNotExistException",
];

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let raised = raised_within(cx);
    for step in &cx.steps {
        let retry = step.state.retry().iter().map(|entry| &entry.error_equals);
        let catch = step.state.catch().iter().map(|entry| &entry.error_equals);
        let entries = retry.enumerate().map(|entry| ("Retry", entry));
        for (field, (entry, names)) in entries.chain(catch.enumerate().map(|entry| ("Catch", entry))) {
            for (index, name) in names.iter().enumerate() {
                let Some((why, hint)) = fault(name) else { continue };
                if name != RUNTIME && raised.contains(&(step.pointer.as_str(), name.as_str())) {
                    continue;
                }
                let pointer = format!("{}/{field}/{entry}/ErrorEquals/{index}", step.pointer);
                let message = format!("`{}` {why}", short(name));
                out.push(
                    Diagnostic::warning(Code::ErrorNameMatchesNothing, pointer, message).hint(hint),
                );
            }
        }
    }
}

/// The names that Fail states raise, each with the Parallel and Map states that they are inside of. An
/// execution of a DISTRIBUTED map keeps its own to itself.
fn raised_within<'c>(cx: &'c Context<'_>) -> HashSet<(&'c str, &'c str)> {
    let mut raised = HashSet::new();
    for step in &cx.steps {
        let StateKind::Fail(fail) = &step.state.kind else { continue };
        let Some(Text::Literal(name)) = &fail.error else { continue };
        let mut flow = &cx.flows[step.flow];
        for outer in cx.around(step) {
            if flow.is_distributed {
                break;
            }
            raised.insert((outer.pointer.as_str(), name.as_str()));
            flow = &cx.flows[outer.flow];
        }
    }
    raised
}

fn fault(name: &str) -> Option<(&'static str, String)> {
    if name == RUNTIME {
        return Some((
            "is never retried and never caught: it ends the execution",
            "remove it; check what can be wrong with a Choice state's `Default` or a path instead"
                .to_owned(),
        ));
    }
    if RESERVED.contains(&name) || name.starts_with("States.Http.StatusCode.") {
        return None;
    }
    if name.trim() != name || name.is_empty() {
        return Some(("has white space around it", format!("write `{}`", name.trim())));
    }
    if name.contains('*') {
        return Some((
            "matches no error: names are compared whole, there are no wildcards",
            "name each error, or use `States.TaskFailed` or `States.ALL`".to_owned(),
        ));
    }
    let is_reserved = name.starts_with("States.");
    let near = if is_reserved || name.to_lowercase().starts_with("state") {
        suggest(name, RESERVED.iter().copied())
    } else {
        LAMBDA.iter().copied().find(|known| known.eq_ignore_ascii_case(name) && *known != name)
    };
    match near {
        Some(near) => Some(("matches no error", format!("did you mean `{near}`?"))),
        None if is_reserved => Some((
            "matches no error: names that start with `States.` are reserved",
            "use a name that the States Language has, or one of your own without `States.`".to_owned(),
        )),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state, check_states};

    #[test]
    fn a_name_that_is_no_error_is_named() {
        for (name, expected) in [
            ("State.ALL", "did you mean `States.ALL`?"),
            ("States.Timout", "did you mean `States.Timeout`?"),
            ("states.timeout", "did you mean `States.Timeout`?"),
            ("Connect.*", "there are no wildcards"),
            ("States.Runtime", "never caught"),
            ("States.SomethingElse", "reserved"),
            ("Lambda.serviceException", "did you mean `Lambda.ServiceException`?"),
            (" A", "write `A`"),
        ] {
            let state = format!(
                r#""Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                   "Retry": [{{"ErrorEquals": ["Fine", "{name}"]}}]"#
            );
            let place = "/States/A/Retry/0/ErrorEquals/1";
            check_state(&state, Code::ErrorNameMatchesNothing, &[(place, expected)]);
        }
        let right = r#""Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Retry": [
            {"ErrorEquals": ["States.Timeout", "States.Http.StatusCode.429", "Statement.Invalid"]}]"#;
        check_state(right, Code::ErrorNameMatchesNothing, &[]);
    }

    #[test]
    fn a_name_that_a_fail_state_inside_raises_matches_that() {
        let fail = |error: &str| {
            format!(r#""StartAt": "F", "States": {{"F": {{"Type": "Fail", "Error": "{error}"}}}}"#)
        };
        let parallel = |branch: &str, caught: &str| {
            format!(
                r#""P": {{"Type": "Parallel", "Branches": [{{{branch}}}], "End": true,
                    "Catch": [{{"ErrorEquals": ["{caught}"], "Next": "S"}}]}},
                    "S": {{"Type": "Succeed"}}"#
            )
        };
        let map = |config: &str| {
            format!(
                r#""StartAt": "M", "States": {{"M": {{"Type": "Map", "End": true,
                    "ItemProcessor": {{{config} {}}}}}}}"#,
                fail("States.FauxFailure1")
            )
        };
        let distributed =
            r#""ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},"#;
        let place = "/States/P/Catch/0/ErrorEquals/0";
        for (branch, caught, expected) in [
            (fail("States.FauxFailure1"), "States.FauxFailure1", None),
            (map(""), "States.FauxFailure1", None),
            (map(distributed), "States.FauxFailure1", Some("matches no error")),
            (fail("States.FauxFailure2"), "States.FauxFailure1", Some("matches no error")),
            (fail("States.Runtime"), "States.Runtime", Some("never caught")),
        ] {
            let expected: Vec<_> = expected.map(|text| (place, text)).into_iter().collect();
            let states = parallel(&branch, caught);
            check_states(&states, Code::ErrorNameMatchesNothing, &expected);
        }
    }
}
