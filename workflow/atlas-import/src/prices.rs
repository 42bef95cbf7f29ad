//! What a million executions cost, by the dated prices of `atlas-cost`.
//!
//! Steps alone: what functions and services cost is the same either way.

use atlas_cost::{Decimal, Overflow, Prices};

use crate::trial::Timed;

const MILLION: u64 = 1_000_000;
/// Duration is billed in steps of this.
const STEP_MILLIS: u64 = 100;
/// Memory is billed in steps of 64 MB; a small machine takes one.
const GIGABYTES: (u64, u64) = (64, 1_024);

/// Dollars of a million executions.
pub(crate) struct Saved {
    pub(crate) standard: Decimal,
    pub(crate) express: Decimal,
}

/// What a million executions cost as either.
pub(crate) fn saved(timed: &Timed) -> Saved {
    let steps = timed.original_millis.max(1).unsigned_abs().div_ceil(STEP_MILLIS);
    Saved {
        standard: transitions(timed.original_entered),
        express: express(steps).expect("an EXPRESS execution is at most 3,000 steps of time"),
    }
}

/// What so many transitions cost in a million executions.
pub(crate) fn transitions(count: usize) -> Decimal {
    let price = Prices::built_in();
    let price = price.of("stepFunctions.standard.transition");
    let count = Decimal::whole(count as u64).times(Decimal::whole(MILLION));
    count
        .and_then(|count| price.amount(count))
        .expect("a trial enters at most some thousand states")
}

fn express(steps: u64) -> Result<Decimal, Overflow> {
    let prices = Prices::built_in();
    let seconds = Decimal::ratio(steps * STEP_MILLIS, 1_000).times(Decimal::whole(MILLION))?;
    let (memory, of_gigabyte) = GIGABYTES;
    let duration = seconds.times(Decimal::ratio(memory, of_gigabyte))?;
    let requests = prices.of("stepFunctions.express.request").amount(Decimal::whole(MILLION))?;
    requests.plus(prices.of("stepFunctions.express.duration").amount(duration)?)
}
