//! `Retry` and `Catch` name errors that the step's contract raises.
//!
//! Names that the service raises by itself (`States.`, `Lambda.`, `Runtime.`, …) are no handler's, so
//! they are not judged.

use crate::diagnostic::{Code, Diagnostic};
use crate::suggest::suggest;
use crate::validate::context::Context;
use crate::validate::texts::{list, short};

const RAISED_BY_THE_SERVICE: [&str; 6] =
    ["States.", "Lambda.", "Runtime.", "Sandbox.", "StepFunctions.", "Sfn."];

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for (step, task) in cx.tasks() {
        let Some(raised) = cx.contract.errors_of(step.name, task) else { continue };
        let retry = task.retry.iter().map(|entry| &entry.error_equals).enumerate();
        let catch = task.catch.iter().map(|entry| &entry.error_equals).enumerate();
        let entries = retry.map(|entry| ("Retry", entry)).chain(catch.map(|entry| ("Catch", entry)));
        for (field, (entry, names)) in entries {
            for (index, name) in names.iter().enumerate() {
                if raised.contains(&name.as_str())
                    || RAISED_BY_THE_SERVICE.iter().any(|prefix| name.starts_with(prefix))
                {
                    continue;
                }
                let found = Diagnostic::warning(
                    Code::ErrorNeverRaised,
                    format!("{}/{field}/{entry}/ErrorEquals/{index}", step.pointer),
                    format!("the handler behind this step never raises `{}`", short(name)),
                );
                out.push(match suggest(name, raised.iter().copied()) {
                    Some(near) => found.hint(format!("did you mean `{near}`?")),
                    None => found.hint(format!("it raises {}", list(raised.iter().copied()))),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::model::{ExecutionType::Standard, StateName, Task};
    use crate::validate::Contract;
    use crate::validate::tests::{check_contract};

    #[test]
    fn only_errors_of_the_contract_are_handled() {
        struct Raises;
        impl Contract for Raises {
            fn errors_of(&self, state: &StateName, _task: &Task) -> Option<&[&str]> {
                (state.as_str() == "A").then_some(&["Salesforce.RateLimited", "Input.Invalid"])
            }
        }
        let text = r#"{"StartAt": "A", "States": {
            "A": {"Type": "Task", "Resource": "${F}", "Next": "B", "Retry": [{"ErrorEquals":
                ["Salesforce.RateLimit", "Input.Invalid", "Lambda.Unknown", "States.Timeout"]}]},
            "B": {"Type": "Task", "Resource": "${G}", "End": true,
                "Retry": [{"ErrorEquals": ["Anything"]}]}}}"#;
        let place = "/States/A/Retry/0/ErrorEquals/0";
        let expected = [(place, "did you mean `Salesforce.RateLimited`?")];
        check_contract(text, Standard, &Raises, Code::ErrorNeverRaised, &expected);
    }
}
