//! What could be otherwise: a rule each, which looks at all runs and says where, why and how much it would gain.
//!
//! No rule knows a state, a function or a table by name. What only names of AWS's own APIs can tell, such as
//! that a secret does not change between two reads, stands in `reading.rs`.

mod finding;

mod evidence;

mod reading;

mod repeated_calls;

mod cold_connections;

mod sequential_states;

mod sequential_calls;

mod cold_starts;

mod retries;

mod waits;

mod memory;

pub(crate) use evidence::{Evidence, durations, words};
pub use finding::{Certainty, Finding, Gain, Kind};

/// What gains less than this share of a run is not worth a change.
const WORTH: f64 = 0.03;

/// All rules, the largest gain first.
pub(crate) fn all(evidence: &Evidence<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    repeated_calls::look(evidence, &mut found);
    cold_connections::look(evidence, &mut found);
    sequential_states::look(evidence, &mut found);
    sequential_calls::look(evidence, &mut found);
    cold_starts::look(evidence, &mut found);
    retries::look(evidence, &mut found);
    waits::look(evidence, &mut found);
    memory::look(evidence, &mut found);
    let gain = |finding: &Finding| finding.gain.as_ref().map_or(0.0, |gain| gain.mean_ms);
    found.sort_by(|one, other| {
        let proven = |finding: &Finding| finding.certainty == Certainty::Possible;
        proven(one).cmp(&proven(other)).then(gain(other).total_cmp(&gain(one)))
    });
    found
}
