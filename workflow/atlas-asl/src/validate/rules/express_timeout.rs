//! An EXPRESS execution is over after 300 seconds, whatever its timeouts and waits say.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Count, ExecutionType, StateKind, WaitUntil};
use crate::validate::context::Context;

const LONGEST: u64 = 300;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    if cx.flows[0].kind == ExecutionType::Express
        && let Some(seconds) = cx.machine.timeout_seconds
    {
        judge("/TimeoutSeconds".to_owned(), seconds, out);
    }
    for step in cx.steps.iter().filter(|step| cx.kind_of(step) == ExecutionType::Express) {
        let (field, count) = match &step.state.kind {
            StateKind::Task(task) => ("TimeoutSeconds", task.timeout.as_ref()),
            StateKind::Wait(wait) => match &wait.until {
                Some(WaitUntil::Seconds(count)) => ("Seconds", Some(count)),
                _ => continue,
            },
            _ => continue,
        };
        if let Some(Count::Literal(seconds)) = count {
            judge(format!("{}/{field}", step.pointer), *seconds, out);
        }
    }
}

fn judge(pointer: String, seconds: u64, out: &mut Vec<Diagnostic>) {
    if seconds > LONGEST {
        out.push(
            Diagnostic::warning(
                Code::ExpressTimeoutOver300,
                pointer,
                format!("an EXPRESS execution ends after {LONGEST} seconds, before these {seconds} do"),
            )
            .hint(format!("at most {LONGEST}, or make the machine STANDARD")),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::model::ExecutionType::{Express, Standard};
    use crate::validate::tests::{check_kind};

    #[test]
    fn an_express_machine_has_five_minutes() {
        let text = r#"{"StartAt": "A", "TimeoutSeconds": 301, "States": {
            "A": {"Type": "Wait", "Seconds": 400, "Next": "B"},
            "B": {"Type": "Task", "Resource": "${F}", "TimeoutSeconds": 300, "End": true}}}"#;
        let places = [("/TimeoutSeconds", "these 301"), ("/States/A/Seconds", "these 400")];
        check_kind(text, Express, Code::ExpressTimeoutOver300, &places);
        check_kind(text, Standard, Code::ExpressTimeoutOver300, &[]);
    }
}
