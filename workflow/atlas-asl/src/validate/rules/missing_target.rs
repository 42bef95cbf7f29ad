//! `StartAt`, `Next` and `Default` name a state of their own flow.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::StateName;
use crate::suggest::suggest;
use crate::validate::context::{Context, FlowContext};
use crate::validate::texts::{list, short};

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for flow in &cx.flows {
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
    let elsewhere = cx.flows.iter().find(|other| other.position(target.as_str()).is_some());
    if let Some(other) = elsewhere {
        let place =
            if other.pointer.is_empty() { "the machine's own states" } else { &other.pointer };
        found.hint(format!(
            "`{}` stands in another flow ({place}), and no transition leaves or enters a flow",
            short(target.as_str())
        ))
    } else if let Some(near) = suggest(target.as_str(), names()) {
        found.hint(format!("did you mean `{near}`?"))
    } else {
        found.hint(format!("the states here are {}", list(names())))
    }
}
