//! `Pass`: hands on what it is given, or what it says.

use super::{Shaped, leave};
use crate::{Payload, branch::BranchId, failure::StateFailure, shape, step::Cx};

pub(super) fn enter(
    cx: &mut Cx<'_>,
    id: BranchId,
    result: Option<&Payload>,
) -> Result<(), StateFailure> {
    let next = cx.state(id).next;
    let shaped: Shaped = match result {
        Some(result) => shape::result(cx, id, result.clone())?,
        None => {
            let effective = shape::arguments(cx, id, None)?;
            shape::result(cx, id, effective)?
        }
    };
    leave(cx, id, shaped, next);
    Ok(())
}
