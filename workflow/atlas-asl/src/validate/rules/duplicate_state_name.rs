//! A name stands for one state of the whole machine, whatever flow it is in.

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::validate::context::Context;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let mut first: HashMap<&str, &str> = HashMap::with_capacity(cx.steps.len());
    for step in &cx.steps {
        if let Some(other) = first.get(step.name.as_str()) {
            let found = Diagnostic::error(
                Code::DuplicateStateName,
                step.pointer.clone(),
                format!("Duplicate State name: {}", step.name),
            );
            out.push(if *other == step.pointer {
                found.hint("the name stands twice in the same `States`; rename one of the two")
            } else {
                found.hint(format!("the first one is at {other}; names are unique in the whole machine"))
            });
        } else {
            first.insert(step.name.as_str(), &step.pointer);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_states};

    #[test]
    fn a_name_is_unique_in_the_whole_machine() {
        check_states(
            r#""A": {"Type": "Parallel", "End": true, "Branches": [
                {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}},
                {"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}]}"#,
            Code::DuplicateStateName,
            &[("/States/A/Branches/0/States/A", "Duplicate State name: A; the first one is at /States/A;")],
        );
    }
}
