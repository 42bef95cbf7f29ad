//! What an ARN of Step Functions says of itself.

/// The name of the machine that an execution's or a machine's ARN is of.
pub(crate) fn machine_name(arn: &str) -> &str {
    arn.split(':').nth(6).unwrap_or(arn)
}

/// The ARN of a machine's execution by its name.
pub(crate) fn execution_arn(machine_arn: &str, name: &str) -> String {
    let unqualified: Vec<&str> = machine_arn.splitn(8, ':').take(7).collect();
    format!("{}:{name}", unqualified.join(":").replacen(":stateMachine:", ":execution:", 1))
}

/// The ARN of the machine that an execution is of.
pub(crate) fn machine_arn(execution_arn: &str) -> String {
    let parts: Vec<&str> = execution_arn.splitn(8, ':').collect();
    let [arn, partition, states, region, account, _, machine, ..] = parts[..] else {
        return String::new();
    };
    format!("{arn}:{partition}:{states}:{region}:{account}:stateMachine:{machine}")
}

/// What it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Machine,
    /// Of a STANDARD execution.
    Execution,
    /// Of an EXPRESS execution, which AWS describes nowhere.
    Express,
    Other,
}

/// What kind an ARN is, and `None` for a text that is none.
pub(crate) fn kind(text: &str) -> Option<Kind> {
    let mut parts = text.split(':');
    if parts.next() != Some("arn") {
        return None;
    }
    Some(match parts.nth(4) {
        Some("stateMachine") => Kind::Machine,
        Some("execution") => Kind::Execution,
        Some("express") => Kind::Express,
        _ => Kind::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_says_what_it_is_of() {
        let of = |kind: &str| format!("arn:aws:states:us-east-1:1:{kind}:M:n");
        assert_eq!(kind("call-3f0c"), None);
        assert_eq!(kind(&of("execution")), Some(Kind::Execution));
        assert_eq!(kind(&of("express")), Some(Kind::Express));
        assert_eq!(kind("arn:aws:states:us-east-1:1:stateMachine:M"), Some(Kind::Machine));
        assert_eq!(kind("arn:aws:s3:::b"), Some(Kind::Other));
        assert_eq!(machine_name(&of("execution")), "M");
        assert_eq!(machine_arn(&of("express")), "arn:aws:states:us-east-1:1:stateMachine:M");
        let machine = "arn:aws:states:us-east-1:1:stateMachine:M";
        assert_eq!(execution_arn(machine, "n"), of("execution"));
        assert_eq!(execution_arn(&format!("{machine}:3"), "n"), of("execution"), "of a version");
    }
}
