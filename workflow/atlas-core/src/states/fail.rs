//! `Fail`: the branch fails, with the error and cause that the state gives.

use crate::{
    Failure,
    branch::BranchId,
    failure::{self, StateFailure},
    program::Words,
    shape,
    step::Cx,
};

pub(super) fn enter(
    cx: &mut Cx<'_>,
    id: BranchId,
    error: Option<&Words>,
    cause: Option<&Words>,
) -> Result<(), StateFailure> {
    let failure = raised(cx, id, error, cause)?;
    failure::branch_failed(cx, id, failure);
    Ok(())
}

/// The failure that the state raises.
pub(crate) fn raised(
    cx: &Cx<'_>,
    id: BranchId,
    error: Option<&Words>,
    cause: Option<&Words>,
) -> Result<Failure, StateFailure> {
    let words = |words: Option<&Words>, field| {
        words.map(|words| shape::words(cx, id, words, field)).transpose()
    };
    let failure = Failure { error: words(error, "Error")?, cause: words(cause, "Cause")? };
    Ok(failure.within_limits())
}
