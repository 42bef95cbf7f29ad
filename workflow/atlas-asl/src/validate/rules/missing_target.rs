//! `StartAt`, `Next` and `Default` name a state of their own flow.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::StateName;
use crate::validate::context::{Context, FlowContext};
use crate::validate::texts::{list, short};

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for flow in cx.flows.iter().filter(|flow| !flow.flow.states.is_empty()) {
        if let Some(start) = &flow.flow.start_at
            && flow.position(start.as_str()).is_none()
        {
            out.push(missing(cx, flow, format!("{}/StartAt", flow.pointer), start));
        }
        for step in cx.steps_of(flow) {
            for (place, target) in step.state.targets() {
                if flow.position(target.as_str()).is_none() {
                    out.push(missing(cx, flow, format!("{}/{place}", step.pointer), target));
                }
            }
        }
    }
}

/// AWS writes `Next` whatever the field is called.
fn missing(
    cx: &Context<'_>,
    flow: &FlowContext<'_>,
    pointer: String,
    target: &StateName,
) -> Diagnostic {
    let found = Diagnostic::error(
        Code::MissingTransitionTarget,
        pointer,
        format!("Missing 'Next' target: {target}"),
    );
    let names = || flow.flow.states.iter().map(|(name, _)| name.as_str());
    if let Some(other) = cx.flow_of(target.as_str()) {
        let place =
            if other.pointer.is_empty() { "the machine's own states" } else { &other.pointer };
        found.hint(format!(
            "`{}` stands in another flow ({place}), and no transition leaves or enters a flow",
            short(target.as_str())
        ))
    } else if let Some(near) = cx.suggest(target.as_str(), names()) {
        found.hint(format!("did you mean `{near}`?"))
    } else {
        found.hint(format!("the states here are {}", list(names())))
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_states};

    #[test]
    fn a_target_is_a_state_of_the_same_flow() {
        check_states(
            r#""A": {"Type": "Pass", "Next": "CreateLed"}, "CreateLead": {"Type": "Succeed"}"#,
            Code::MissingTransitionTarget,
            &[
                ("/States/A/Next", "Missing 'Next' target: CreateLed; did you mean `CreateLead`?"),
                ("/States/CreateLead", "State \"CreateLead\" is not reachable."),
            ],
        );
        check_states(
            r#""A": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "X"}],
                     "Default": "Y"},
               "T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
                     "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Zzzz"}]}"#,
            Code::MissingTransitionTarget,
            &[
                ("/States/A/Choices/0/Next", "target: X; the states here are `A`, `T`"),
                ("/States/A/Default", "target: Y"),
                ("/States/T/Catch/0/Next", "target: Zzzz"),
                ("/States/T", "not reachable"),
            ],
        );
    }

    #[test]
    fn a_state_of_another_flow_is_said_to_be_one() {
        check_states(
            r#""P": {"Type": "Parallel", "Next": "Inner", "Branches": [
                {"StartAt": "Inner", "States": {"Inner": {"Type": "Pass", "Next": "P"}}}]},
               "Done": {"Type": "Succeed"}"#,
            Code::MissingTransitionTarget,
            &[
                ("/States/P/Next", "`Inner` stands in another flow (/States/P/Branches/0)"),
                ("/States/P/Branches/0/States/Inner/Next", "the machine's own states"),
                ("/States/Done", "not reachable"),
            ],
        );
    }
}
