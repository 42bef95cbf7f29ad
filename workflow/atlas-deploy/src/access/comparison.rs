//! What is allowed beside what was called.

use std::{collections::BTreeSet, fmt};

use super::Grant;

/// Something that was called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Access {
    /// The function or the machine that called.
    pub caller: String,
    /// The action that IAM is asked about.
    pub action: String,
    /// The ARN of what was reached.
    pub resource: String,
}

/// A role and its calls differ.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// On AWS this call would be refused.
    NotAllowed(Access),
    /// More is allowed than is needed.
    NeverCalled(Grant),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAllowed(Access { caller, action, resource }) => {
                write!(f, "`{caller}` calls {action} on {resource}, which its role does not allow")
            }
            Self::NeverCalled(Grant { holder, action, resource }) => {
                write!(
                    f,
                    "the role of `{holder}` allows {action} on {resource}, which it never calls"
                )
            }
        }
    }
}

/// Where the roles and the calls differ, in either direction.
pub fn compare(grants: &[Grant], calls: &[Access]) -> BTreeSet<Finding> {
    let refused = calls.iter().filter(|call| !grants.iter().any(|grant| grant.allows(call)));
    let refused = refused.cloned().map(Finding::NotAllowed);
    let own = grants.iter().filter(|grant| !grant.is_of_the_platform());
    let idle = own.filter(|grant| !calls.iter().any(|call| grant.allows(call)));
    refused.chain(idle.cloned().map(Finding::NeverCalled)).collect()
}

impl Grant {
    /// As IAM decides: by the caller, the action and the pattern.
    pub fn allows(&self, access: &Access) -> bool {
        self.holder == access.caller
            && self.action == access.action
            && matches(&self.resource, &access.resource)
    }

    /// Lambda and Step Functions use it in the role's name, for logs, traces and the polling of queues; no code of
    /// ours does.
    pub fn is_of_the_platform(&self) -> bool {
        let polling = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
        self.action.starts_with("logs:")
            || self.action.starts_with("xray:")
            || polling.contains(&self.action.as_str())
    }
}

/// Whether a text fits a pattern, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(found) => rest = &rest[found + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(action: &str, resource: &str) -> Grant {
        let [holder, action, resource] = ["Handler", action, resource].map(str::to_owned);
        Grant { holder, action, resource }
    }

    fn call(action: &str, resource: &str) -> Access {
        let [caller, action, resource] = ["Handler", action, resource].map(str::to_owned);
        Access { caller, action, resource }
    }

    #[test]
    fn a_call_without_permission_and_a_permission_without_call_are_named() {
        let grants = [
            grant("dynamodb:GetItem", "t/a"),
            grant("sqs:SendMessage", "q"),
            grant("logs:PutLogEvents", "l"),
        ];
        let calls = [call("dynamodb:GetItem", "t/a"), call("dynamodb:GetItem", "t/b")];
        let found: Vec<String> = compare(&grants, &calls).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "`Handler` calls dynamodb:GetItem on t/b, which its role does not allow",
                "the role of `Handler` allows sqs:SendMessage on q, which it never calls",
            ]
        );
    }

    #[test]
    fn a_star_is_any_text_and_nothing_else_is_a_pattern() {
        let check = |pattern: &str, text: &str, fits: bool| {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        };
        check("a:b", "a:b", true);
        check("a:b", "a:b:c", false);
        check("a:*", "a:", true);
        check("a:*::m/x", "a:eu-central-1::m/x", true);
        check("a:*::m/x", "a:eu-central-1::m/y", false);
        check("*", "anything", true);
        check("a/*/b/*", "a/1/b/2", true);
        check("a/*/b/*", "a/1/c/2", false);
        check("a.c", "abc", false);
    }
}
