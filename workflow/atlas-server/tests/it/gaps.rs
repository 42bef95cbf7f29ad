//! Where the server does not yet answer as AWS does. The list shrinks.

/// Operations that are not served; cases that need one cannot pass.
pub(crate) const NOT_SERVED: &[&str] = &[
    "CreateStateMachineAlias",
    "DescribeStateMachineAlias",
    "ListStateMachineAliases",
    "ListStateMachineVersions",
    "PublishStateMachineVersion",
    "TestState",
    "UpdateStateMachineAlias",
];

/// Cases that fail though they need none of these: area, case, reason.
pub(crate) const KNOWN_GAPS: &[(&str, &str, &str)] = &[];
