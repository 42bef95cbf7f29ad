//! `Retry` and `Catch`; and recovery of our own: what type a state of no known type looks like.

use super::{faults::Reading, fields::Fields, machine::MOST_SECONDS, shapes};
use crate::{
    model::{Catcher, JitterStrategy, Retrier, StateType},
    suggest::suggest,
};

const MOST_ATTEMPTS: u64 = 99_999_999;
/// A leap year.
const MOST_DELAY_SECONDS: u64 = 31_622_400;

/// `Retry`. An element that cannot be read stays as an empty one, so that the others keep their index.
pub(super) fn retry(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Vec<Retrier> {
    let Some((member, elements)) = fields.elements("Retry", reading) else { return Vec::new() };
    let trail = fields.trail.field(&member.name, member.offset);
    let mut retriers = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let trail = trail.element(index, element.offset);
        let inner = Fields::open(element, &trail, &shapes::RETRIER, fields.language, reading);
        retriers.push(inner.map_or_else(Retrier::default, |inner| retrier(&inner, reading)));
    }
    retriers
}

fn retrier(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Retrier {
    let jitter = [("NONE", JitterStrategy::None), ("FULL", JitterStrategy::Full)];
    Retrier {
        comment: fields.text("Comment", reading),
        error_equals: error_equals(fields, reading),
        // AWS takes 0 here, though its guide asks for a positive number.
        interval_seconds: fields.whole("IntervalSeconds", 0..=MOST_SECONDS, reading),
        max_attempts: fields.whole("MaxAttempts", 0..=MOST_ATTEMPTS, reading),
        backoff_rate: fields.number("BackoffRate", 1.0..=f64::MAX, reading),
        max_delay_seconds: fields.whole("MaxDelaySeconds", 1..=MOST_DELAY_SECONDS, reading),
        jitter_strategy: fields.word("JitterStrategy", &jitter, reading),
    }
}

/// `Catch`. An element that cannot be read stays as an empty one, so that the others keep their index.
pub(super) fn catch(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Vec<Catcher> {
    let Some((member, elements)) = fields.elements("Catch", reading) else { return Vec::new() };
    let trail = fields.trail.field(&member.name, member.offset);
    let mut catchers = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let trail = trail.element(index, element.offset);
        let inner = Fields::open(element, &trail, &shapes::CATCHER, fields.language, reading);
        catchers.push(inner.map_or_else(Catcher::default, |inner| catcher(&inner, reading)));
    }
    catchers
}

fn catcher(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Catcher {
    fields.require(&["Next"], reading);
    Catcher {
        comment: fields.text("Comment", reading),
        error_equals: error_equals(fields, reading),
        next: fields.state_name("Next", reading),
        result_path: fields.path_or_null("ResultPath", reading),
        assign: fields.object("Assign", reading),
        output: fields.value("Output", reading),
    }
}

fn error_equals(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Vec<String> {
    fields.require(&["ErrorEquals"], reading);
    if let Some(member) = fields.get("ErrorEquals")
        && member.value.is_empty_array()
    {
        reading.fault(
            &fields.trail.field(&member.name, member.offset),
            "Value cannot be empty",
            "name an error, or `States.ALL`".to_owned(),
        );
    }
    fields.texts("ErrorEquals", reading).unwrap_or_default()
}

/// The type that a state was probably meant to have, by what is written or by its other fields.
pub(super) fn likely_type(fields: &Fields<'_, '_>, written: &str) -> Option<StateType> {
    let names = StateType::ALL.map(StateType::as_str);
    if let Some(name) = suggest(written, names) {
        return StateType::ALL.into_iter().find(|state_type| state_type.as_str() == name);
    }
    SIGNS.iter().find(|(field, _)| fields.raw(field).is_some()).map(|(_, state_type)| *state_type)
}

/// Fields that only one type has.
const SIGNS: [(&str, StateType); 12] = [
    ("Resource", StateType::Task),
    ("Choices", StateType::Choice),
    ("Branches", StateType::Parallel),
    ("ItemProcessor", StateType::Map),
    ("Iterator", StateType::Map),
    ("Seconds", StateType::Wait),
    ("SecondsPath", StateType::Wait),
    ("Timestamp", StateType::Wait),
    ("TimestampPath", StateType::Wait),
    ("Error", StateType::Fail),
    ("Cause", StateType::Fail),
    ("Result", StateType::Pass),
];
