//! Something leads to every state of a flow.
//!
//! AWS names the states that nothing leads to, not those behind them. Where unreachable states lead to
//! each other in a circle, the first of the circle is named.

use crate::diagnostic::{Code, Diagnostic};
use crate::validate::context::{Context, FlowContext};
use crate::validate::texts::short;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for flow in &cx.flows {
        check_flow(cx, flow, out);
    }
}

fn check_flow(cx: &Context<'_>, flow: &FlowContext<'_>, out: &mut Vec<Diagnostic>) {
    let steps = cx.steps_of(flow);
    let targets: Vec<Vec<usize>> = steps
        .iter()
        .map(|step| {
            let targets = step.state.targets();
            targets.iter().filter_map(|(_, name)| flow.position(name.as_str())).collect()
        })
        .collect();
    let mut is_target = vec![false; steps.len()];
    for (from, targets) in targets.iter().enumerate() {
        for to in targets.iter().filter(|to| **to != from) {
            is_target[*to] = true;
        }
    }
    let mut reached = vec![false; steps.len()];
    // A second state of one name is no target, and is reported as a duplicate.
    for (at, step) in steps.iter().enumerate() {
        reached[at] = flow.position(step.name.as_str()) != Some(at);
    }
    if let Some(start) = flow.flow.start_at.as_ref().and_then(|name| flow.position(name.as_str())) {
        reach(start, &targets, &mut reached);
    }
    for circles in [false, true] {
        for (at, step) in steps.iter().enumerate() {
            if reached[at] || (is_target[at] && !circles) {
                continue;
            }
            reach(at, &targets, &mut reached);
            out.push(
                Diagnostic::error(
                    Code::MissingTransitionTarget,
                    step.pointer.clone(),
                    format!("State \"{}\" is not reachable.", step.name),
                )
                .hint(format!(
                    "let `StartAt`, a `Next`, a `Default` or a `Catch` name `{}`, or remove it",
                    short(step.name.as_str())
                )),
            );
        }
    }
}

fn reach(from: usize, targets: &[Vec<usize>], reached: &mut [bool]) {
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if !std::mem::replace(&mut reached[at], true) {
            open.extend(&targets[at]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_states};

    #[test]
    fn what_nothing_leads_to_is_named_and_not_what_stands_behind_it() {
        check_states(
            r#""A": {"Type": "Succeed"}, "B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Succeed"}"#,
            Code::MissingTransitionTarget,
            &[("/States/B", "State \"B\" is not reachable.")],
        );
        check_states(
            r#""A": {"Type": "Succeed"}, "B": {"Type": "Pass", "Next": "C"},
               "C": {"Type": "Pass", "Next": "B"}"#,
            Code::MissingTransitionTarget,
            &[("/States/B", "not reachable")],
        );
        check_states(
            r#""A": {"Type": "Succeed"}, "B": {"Type": "Pass", "Next": "B"}"#,
            Code::MissingTransitionTarget,
            &[("/States/B", "not reachable")],
        );
    }
}
