//! Waits for nothing: of no seconds, or with nothing behind them.

use atlas_asl::model::{Count, StateKind, Transition, WaitUntil, escape_pointer};
use serde_json::Value;

use super::{Code, Cx, Finding};
use crate::rewriting::Edit;

pub(super) fn look(cx: &Cx<'_>, found: &mut Vec<Finding>) {
    for (flow_pointer, flow) in cx.flows() {
        for (name, state) in &flow.states {
            let StateKind::Wait(wait) = &state.kind else { continue };
            let pointer = format!("{flow_pointer}/States/{}", escape_pointer(name.as_str()));
            let is_nothing = wait.until == Some(WaitUntil::Seconds(Count::Literal(0)));
            let is_plain = cx.value(&pointer).and_then(Value::as_object).is_some_and(|fields| {
                fields.keys().all(|it| {
                    matches!(it.as_str(), "Type" | "Next" | "Comment" | "Seconds" | "QueryLanguage")
                })
            });
            match &wait.transition {
                Some(Transition::Next(next)) if is_nothing && is_plain && next != name => {
                    let edit = Edit::Remove {
                        flow: flow_pointer.clone(),
                        state: name.as_str().to_owned(),
                    };
                    found.push(
                        Finding::new(
                            Code::WaitWithoutEffect,
                            pointer,
                            format!("`{name}` waits for 0 seconds"),
                        )
                        .remedy(format!("leave it out: what leads to it leads to `{next}`"))
                        .gain("1 transition in each execution that passes it")
                        .edit(edit, Vec::new()),
                    );
                }
                Some(transition) => {
                    let ends = match transition {
                        Transition::End => true,
                        Transition::Next(next) => flow
                            .get(next.as_str())
                            .is_some_and(|it| matches!(it.kind, StateKind::Succeed(_))),
                    };
                    if ends {
                        found.push(
                            Finding::new(
                                Code::WaitWithoutEffect,
                                pointer,
                                format!("behind `{name}` nothing comes: it delays the end alone"),
                            )
                            .remedy("leave it out, unless somebody counts on the end coming later"),
                        );
                    }
                }
                None => {}
            }
        }
    }
}
