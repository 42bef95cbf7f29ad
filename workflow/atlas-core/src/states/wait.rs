//! `Wait`: one timer, then straight on.

use super::leave;
use crate::{
    Timestamp,
    branch::{BranchId, Phase},
    execution::Timer,
    failure::{self, StateFailure},
    program::{CompiledWait, Number, Words},
    shape,
    step::Cx,
};

/// AWS refuses longer waits: recorded, test_timestamp_too_far_in_future_boundary (24,855 days pass,
/// 24,856 do not).
const LONGEST_SECONDS: i64 = i32::MAX as i64;

pub(super) fn enter(
    cx: &mut Cx<'_>,
    id: BranchId,
    wait: &CompiledWait,
) -> Result<(), StateFailure> {
    let until = until(cx, id, wait)?;
    let timer = cx.start_timer(Timer::Wait(id), until);
    cx.branch_mut(id).phase = Phase::Waiting(timer);
    Ok(())
}

/// When the wait is over.
pub(crate) fn until(
    cx: &Cx<'_>,
    id: BranchId,
    wait: &CompiledWait,
) -> Result<Timestamp, StateFailure> {
    let until = match wait {
        CompiledWait::Seconds(number) => cx.after_seconds(seconds(cx, id, number)?),
        CompiledWait::Timestamp(words) => timestamp(cx, id, words)?,
    };
    if until.millis_since(cx.now) / 1000 > LONGEST_SECONDS {
        return Err(StateFailure::runtime("Wait state delay is too long."));
    }
    Ok(until)
}

/// The timer has fired.
pub(crate) fn over(cx: &mut Cx<'_>, id: BranchId) {
    let next = cx.state(id).next;
    match shape::passed_through(cx, id) {
        Ok(shaped) => leave(cx, id, shaped, next),
        Err(failed) => failure::state_failed(cx, id, failed),
    }
}

fn seconds(cx: &Cx<'_>, id: BranchId, number: &Number) -> Result<u64, StateFailure> {
    shape::number(cx, id, number, "Seconds")
}

fn timestamp(cx: &Cx<'_>, id: BranchId, words: &Words) -> Result<Timestamp, StateFailure> {
    let text = shape::words(cx, id, words, "Timestamp")?;
    match atlas_asl::timestamp_text::parse_timestamp(&text) {
        Some(moment) => Ok(Timestamp::from_millis(moment.as_millisecond())),
        None => Err(match words {
            Words::JsonPath(path) => StateFailure::runtime(format!(
                "The TimestampPath parameter does not reference a valid ISO-8601 extended offset \
                 date-time format string: {} == {text}",
                path.source()
            )),
            Words::Literal(_) | Words::Jsonata(_) => StateFailure::evaluation(
                Some("Timestamp".to_owned()),
                format!(
                    "The Timestamp field cannot be parsed as an ISO-8601 extended offset \
                         date-time format string: {text}"
                ),
            ),
        }),
    }
}
