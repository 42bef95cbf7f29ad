//! How far this machine's clock is from those of others, as their answers tell it.

use std::sync::{Mutex, PoisonError};

use jiff::{Timestamp, fmt::rfc2822};
use reqwest::header::{DATE, HeaderMap};

/// The nearest difference that was seen, in seconds: what an answer takes on its way only adds to it.
#[derive(Debug, Default)]
pub(crate) struct Skew(Mutex<Option<i64>>);

impl Skew {
    /// Takes the date of an answer.
    pub(crate) fn note(&self, headers: &HeaderMap, now: Timestamp) {
        let date = headers.get(DATE).and_then(|date| date.to_str().ok());
        let Some(date) = date.and_then(|date| rfc2822::parse(date).ok()) else { return };
        let ahead = now.as_second() - date.timestamp().as_second();
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.is_none_or(|seen| ahead.abs() < seen.abs()) {
            *seen = Some(ahead);
        }
    }

    /// By how many seconds this clock is ahead; behind where it is negative.
    pub(crate) fn seconds_ahead(&self) -> Option<i64> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
