//! What executions cost, by AWS's list: us-east-1, read in November 2026.
//!
//! Steps alone: what functions and services cost is the same either way.

use crate::trial::Timed;

/// STANDARD: 0.025 USD for 1,000 transitions.
const TRANSITION: f64 = 0.000_025;
/// EXPRESS: 1.00 USD for a million requests.
const REQUEST: f64 = 0.000_001;
/// EXPRESS, the first 1,000 GB-hours of a month, which cost most.
const GIGABYTE_SECOND: f64 = 0.000_016_67;
/// Memory is billed in steps of 64 MB; a small machine takes one.
const GIGABYTES: f64 = 64.0 / 1_024.0;

const MILLION: f64 = 1_000_000.0;

/// USD of a million executions.
pub(crate) struct Saved {
    pub(crate) standard: f64,
    pub(crate) express: f64,
}

/// What a million executions cost as either.
pub(crate) fn saved(timed: &Timed) -> Saved {
    // Duration is billed in steps of 100 ms.
    let steps = timed.original_millis.max(1).unsigned_abs().div_ceil(100);
    let seconds = steps as f64 / 10.0;
    Saved {
        standard: transitions(timed.original_entered),
        express: MILLION * (REQUEST + seconds * GIGABYTES * GIGABYTE_SECOND),
    }
}

/// What so many transitions cost in a million executions.
pub(crate) fn transitions(count: usize) -> f64 {
    count as f64 * TRANSITION * MILLION
}
