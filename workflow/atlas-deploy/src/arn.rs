//! How the template names things: ARNs made of the stack's name, so that a role can name what depends on it.

use definitions::resources::Table;
use serde_json::{Value, json};

/// The prefix of every name in the definitions. A deployment puts the name of its stack there.
const OWN_PREFIX: &str = "AtlasEngine";

/// `AtlasEngine-Calls` as this stack names it.
pub(crate) fn name(own: &str) -> Value {
    json!({ "Fn::Sub": of_stack(own) })
}

/// `AtlasEngine-Calls` as a text for `Fn::Sub`.
pub(crate) fn of_stack(own: &str) -> String {
    match own.strip_prefix(OWN_PREFIX) {
        Some(rest) => format!("${{AWS::StackName}}{rest}"),
        None => format!("${{AWS::StackName}}-{own}"),
    }
}

/// `AtlasEngine-Calls` as a stack of this name has it.
pub fn name_in(stack: &str, own: &str) -> String {
    of_stack(own).replace("${AWS::StackName}", stack)
}

/// The part of a physical name that no stack changes, for the name of a resource in the template.
pub(crate) fn logical(own: &str) -> String {
    let rest = own.strip_prefix(OWN_PREFIX).filter(|rest| rest.starts_with('-')).unwrap_or(own);
    rest.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// An ARN in this account and region.
pub(crate) fn arn(service: &str, rest: &str) -> Value {
    json!({ "Fn::Sub": arn_text(service, rest) })
}

pub(crate) fn arn_text(service: &str, rest: &str) -> String {
    format!("arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{rest}")
}

/// The ARN of a table.
pub(crate) fn table(table: &Table) -> String {
    format!("table/{}", of_stack(table.name))
}

/// The ARN of a machine, without a version: what calls to any of its versions are allowed by.
pub(crate) fn machine(name: &str) -> Value {
    arn("states", &format!("stateMachine:{}", of_stack(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_of_our_own_name_has_our_own_names() {
        let check = |own: &str, stack: &str, template: &str| {
            let named = name_in("AtlasEngine", own);
            assert_eq!((named.as_str(), logical(own).as_str()), (stack, template));
        };
        check("AtlasEngine-Calls", "AtlasEngine-Calls", "Calls");
        check(
            "AtlasEngine-ContactEvents-DeadLetters",
            "AtlasEngine-ContactEvents-DeadLetters",
            "ContactEventsDeadLetters",
        );
        check("AtlasEngineWorkflow", "AtlasEngineWorkflow", "AtlasEngineWorkflow");
        check("CreateLeadHandler", "AtlasEngine-CreateLeadHandler", "CreateLeadHandler");
    }
}
