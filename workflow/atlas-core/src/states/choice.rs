//! `Choice`: the first rule that holds decides where to go.

use super::{Shaped, leave};
use crate::{
    branch::BranchId,
    failure::StateFailure,
    program::{CompiledChoice, StateIndex},
    shape,
    step::Cx,
};

pub(super) fn enter(
    cx: &mut Cx<'_>,
    id: BranchId,
    rules: &[CompiledChoice],
    default: Option<StateIndex>,
) -> Result<(), StateFailure> {
    let (shaped, next) = decide(cx, id, rules, default)?;
    leave(cx, id, shaped, Some(next));
    Ok(())
}

/// What the state hands on, and to which state.
pub(crate) fn decide(
    cx: &Cx<'_>,
    id: BranchId,
    rules: &[CompiledChoice],
    default: Option<StateIndex>,
) -> Result<(Shaped, StateIndex), StateFailure> {
    match shape::first_match(cx, id, rules)? {
        Some((index, rule)) => Ok((shape::chosen(cx, id, index, rule)?, rule.next)),
        None => {
            // AWS's own name and words, where the documentation speaks of States.NoChoiceMatched:
            // as independent tests against us-east-1 saw it.
            let Some(default) = default else {
                return Err(StateFailure::runtime(
                    "Failed to transition out of the state. The state does not point to a next \
                     state.",
                ));
            };
            Ok((shape::passed_through(cx, id)?, default))
        }
    }
}
