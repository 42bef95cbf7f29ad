//! Calling hours at the callee. Where the payload's zone and the number's own differ, both must allow
//! the call: whoever moved or lied is not woken.
//!
//! The time zones are our own copy, so that every machine refuses the same.

use std::sync::LazyLock;

use jiff::{
    Timestamp,
    civil::{Time, time},
    tz::TimeZoneDatabase,
};

use super::Reason;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// From when to when somebody may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallingHours {
    /// The first moment.
    pub from: Time,
    /// The first moment that is too late; `None` is the end of the day.
    pub until: Option<Time>,
}

impl Default for CallingHours {
    /// 8 a.m. to 9 p.m.
    fn default() -> Self {
        Self { from: time(8, 0, 0, 0), until: Some(time(21, 0, 0, 0)) }
    }
}

pub(super) fn check(
    said: &str,
    of_number: &[&str],
    hours: CallingHours,
    now: Timestamp,
    reasons: &mut Vec<Reason>,
) {
    if ZONES.get(said).is_err() {
        reasons.push(Reason::UnknownTimeZone);
    }
    let others = of_number.iter().copied().filter(|zone| *zone != said);
    for name in std::iter::once(said).chain(others) {
        let Ok(zone) = ZONES.get(name) else { continue };
        let local = now.to_zoned(zone).time();
        if local < hours.from || hours.until.is_some_and(|until| local >= until) {
            reasons.push(Reason::Hours { zone: name.to_owned(), local });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::{calling_codes::CALLING_CODES, north_america::AREA_CODES};

    #[test]
    fn every_zone_of_our_tables_is_one() {
        let zones = CALLING_CODES.iter().flat_map(|(_, _, zones)| zones.iter());
        let areas = AREA_CODES.iter().flat_map(|(_, zones, _)| zones.iter());
        for zone in zones.chain(areas) {
            assert!(ZONES.get(zone).is_ok(), "{zone}");
        }
    }
}
