//! The rules, one to a file: what AWS refuses first, then what it takes and hurts.

use super::context::Context;
use crate::diagnostic::Diagnostic;

macro_rules! rules {
    ($($rule:ident),+ $(,)?) => {
        $(mod $rule;)+

        /// Every rule.
        pub(super) const ALL: &[fn(&Context<'_>, &mut Vec<Diagnostic>)] = &[$($rule::check),+];
    };
}

rules! {
    missing_target,
    unreachable_state,
    missing_end_state,
    empty_flow,
    duplicate_state_name,
    state_name,
    map_label,
    express,
    resource_arn,
    map_resource,
    integration_parameters,
    error_equals,
    credentials,
    heartbeat,
    timestamp,
    choice_rule,
    variable_name,
    path_syntax,
    template_syntax,
    jsonata_syntax,
    jsonata_reference,
    // What AWS takes.
    unknown_variable,
    error_name,
    shadowed_entry,
    error_never_raised,
    lambda_retry,
    callback_timeout,
    task_token,
    express_timeout,
    nested_start,
    payload_limit,
    no_dollar,
    no_path,
    static_result,
    substitution,
    not_embedded,
}
