//! What only a whole system shows, in one binary.
//!
//! The modules are marked as tests so that the lints take their helpers for what they are.

#[cfg(test)]
mod conformance;

#[cfg(test)]
mod engine_conformance;

#[cfg(test)]
mod every_prefix;

#[cfg(test)]
mod crash_points;

#[cfg(test)]
mod recorded_services;

#[cfg(test)]
mod samples;

#[cfg(test)]
mod recovery;

#[cfg(test)]
mod virtual_time;

#[cfg(test)]
mod many_executions;

#[cfg(test)]
mod paced_calls;

#[cfg(test)]
mod throttled_calls;

#[cfg(test)]
mod documents;

#[cfg(test)]
mod buckets;
