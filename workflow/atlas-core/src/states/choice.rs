//! `Choice`: the first rule that holds decides where to go.

use super::leave;
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
    let (shaped, next) = match shape::first_match(cx, id, rules)? {
        Some((index, rule)) => (shape::chosen(cx, id, index, rule)?, rule.next),
        None => {
            // AWS's own name and words, where the documentation speaks of States.NoChoiceMatched:
            // as independent tests against us-east-1 saw it.
            let Some(default) = default else {
                return Err(StateFailure::runtime(
                    "Failed to transition out of the state. The state does not point to a next \
                     state.",
                ));
            };
            (shape::passed_through(cx, id)?, default)
        }
    };
    leave(cx, id, shaped, Some(next));
    Ok(())
}
