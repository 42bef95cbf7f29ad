//! A Lambda task retries what passes by itself: throttling and faults of the service.

use crate::diagnostic::{Code, Diagnostic};
use crate::resource::Resource;
use crate::validate::context::Context;
use crate::validate::texts::list;

/// AWS's advice: Step Functions Developer Guide, "Handle transient Lambda service exceptions".
const TRANSIENT: [&str; 4] = [
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
];

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for (step, task) in cx.tasks() {
        let is_lambda = match &step.resource {
            Some(Resource::Function { .. }) => true,
            Some(Resource::Integration { service, .. }) => service == "lambda",
            _ => false,
        };
        if !is_lambda {
            continue;
        }
        let retried: Vec<&str> = task
            .retry
            .iter()
            .filter(|retrier| retrier.max_attempts != Some(0))
            .flat_map(|retrier| retrier.error_equals.iter().map(String::as_str))
            .collect();
        if retried.iter().any(|name| matches!(*name, "States.ALL" | "States.TaskFailed")) {
            continue;
        }
        let missing: Vec<&str> =
            TRANSIENT.into_iter().filter(|name| !retried.contains(name)).collect();
        if missing.is_empty() {
            continue;
        }
        let pointer = if task.retry.is_empty() {
            step.pointer.clone()
        } else {
            format!("{}/Retry", step.pointer)
        };
        let missing = list(missing);
        out.push(
            Diagnostic::warning(
                Code::NoRetryForTransientErrors,
                pointer,
                format!("one {missing} fails this Lambda task: nothing retries it"),
            )
            .hint(format!("add a retrier for {missing}: 1 s, 3 attempts, rate 2, `JitterStrategy` FULL")),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state};

    #[test]
    fn a_lambda_task_retries_what_passes() {
        check_state(
            r#""Type": "Task", "Resource": "arn:aws:states:::lambda:invoke""#,
            Code::NoRetryForTransientErrors,
            &[("/States/A", "nothing retries it")],
        );
        check_state(
            r#""Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f",
               "Retry": [{"ErrorEquals": ["Lambda.ServiceException", "Lambda.AWSLambdaException",
                   "Lambda.SdkClientException"]}]"#,
            Code::NoRetryForTransientErrors,
            &[("/States/A/Retry", "one `Lambda.TooManyRequestsException` fails")],
        );
        check_state(
            r#""Type": "Task", "Resource": "${F}", "Retry": [{"ErrorEquals": ["States.TaskFailed"]}]"#,
            Code::NoRetryForTransientErrors,
            &[],
        );
    }
}
