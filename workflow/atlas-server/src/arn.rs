//! ARNs in requests: what is none, or names another kind of thing, is refused in AWS's words.

use crate::{api_error::ApiError, app::Caller};

/// An ARN of this kind of resource: `stateMachine`, `execution`, `activity`.
pub(crate) fn check(arn: &str, kind: &str) -> Result<(), ApiError> {
    // arn:aws:states:REGION:ACCOUNT:KIND:NAME…
    let parts: Vec<&str> = arn.splitn(7, ':').collect();
    match parts.as_slice() {
        ["arn", partition, "states", _, _, found, _] if partition.starts_with("aws") => {
            if *found == kind {
                Ok(())
            } else {
                let what = format!("Resource type not valid in this context: {found}");
                Err(ApiError::invalid_arn(&what))
            }
        }
        // Recorded (test_sfn_api, describe_execution_invalid_arn).
        [first, ..] if *first != "arn" => {
            Err(ApiError::invalid_arn(&format!("Invalid ARN prefix: {arn}")))
        }
        _ => Err(ApiError::invalid_arn(arn)),
    }
}

/// The ARN of an execution; that of an EXPRESS one only where a map run started it, for such are
/// described as STANDARD ones are.
pub(crate) fn check_execution(caller: &Caller, arn: &str) -> Result<(), ApiError> {
    let is_child = || caller.engine().describe(arn).is_ok_and(|found| found.child_of.is_some());
    if arn.split(':').nth(5) == Some("express") && is_child() {
        return Ok(());
    }
    check(arn, "execution")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_arn_of_the_kind_is_refused_in_the_words_of_aws() {
        for (arn, expected) in [
            ("arn:aws:states:us-east-1:000000000000:execution:m:n", ""),
            ("invalid_state_machine_arn", "Invalid ARN prefix: invalid_state_machine_arn"),
            (
                "arn:aws:states:us-east-1:000000000000:express:m:n:u",
                "Resource type not valid in this context: express",
            ),
            ("arn:aws:lambda:us-east-1:0:function:f", "arn:aws:lambda:us-east-1:0:function:f"),
            ("", "Invalid ARN prefix: "),
        ] {
            let refused = check(arn, "execution").err();
            let message = refused.as_ref().map_or("", ApiError::message);
            let expected = if expected.is_empty() {
                String::new()
            } else {
                format!("Invalid Arn: '{expected}'")
            };
            assert_eq!(message, expected);
        }
    }
}
