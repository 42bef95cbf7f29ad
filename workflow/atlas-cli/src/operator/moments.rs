//! Moments as an operator wants to read them.

use jiff::{Timestamp, tz::TimeZone};

use crate::{arguments::operator::Moments, duration::human};

/// How moments are written, and what `ago` is counted from.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    now: i64,
    moments: Moments,
    zone: TimeZone,
}

impl Clock {
    pub(crate) fn new(moments: Moments) -> Self {
        let zone = match moments {
            Moments::Local => TimeZone::system(),
            Moments::Utc | Moments::Relative => TimeZone::UTC,
        };
        Self { now: Timestamp::now().as_millisecond(), moments, zone }
    }

    /// Now, in milliseconds since the epoch.
    pub(crate) fn now(&self) -> i64 {
        self.now
    }

    /// The same at this moment.
    pub(crate) fn again(&self) -> Self {
        Self { now: Timestamp::now().as_millisecond(), ..self.clone() }
    }

    /// A moment in milliseconds since the epoch.
    pub(crate) fn show(&self, at: i64) -> String {
        match self.moments {
            Moments::Relative if at <= self.now => format!("{} ago", human(self.now - at)),
            Moments::Relative => format!("in {}", human(at - self.now)),
            Moments::Utc => self.written(at, "%Y-%m-%d %H:%M:%S%.3fZ"),
            Moments::Local => self.written(at, "%Y-%m-%d %H:%M:%S%.3f%:z"),
        }
    }

    /// One that may not have come.
    pub(crate) fn show_or_none(&self, at: Option<i64>) -> String {
        at.map_or_else(String::new, |at| self.show(at))
    }

    fn written(&self, at: i64, format: &str) -> String {
        match Timestamp::from_millisecond(at) {
            Ok(moment) => moment.to_zoned(self.zone.clone()).strftime(format).to_string(),
            Err(_) => at.to_string(),
        }
    }
}

/// As JSON has it, whatever a person reads: ISO 8601 in UTC.
pub(crate) fn iso(at: i64) -> String {
    Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |moment| moment.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_the_zone_or_as_how_long_ago() {
        let now = 1_795_166_130_500;
        let clock = |moments, zone| Clock { now, moments, zone };
        let utc = clock(Moments::Utc, TimeZone::UTC);
        assert_eq!(utc.show(now), "2026-11-20 09:15:30.500Z");
        let zone = TimeZone::fixed(jiff::tz::offset(-6));
        assert_eq!(clock(Moments::Local, zone).show(now), "2026-11-20 03:15:30.500-06:00");
        let relative = clock(Moments::Relative, TimeZone::UTC);
        assert_eq!(relative.show(now - 7_200_000), "2 h 0 min ago");
        assert_eq!(relative.show(now + 60_000), "in 1 min 0 s");
        assert_eq!(relative.show_or_none(None), "");
        assert_eq!(iso(now), "2026-11-20T09:15:30.5Z");
    }
}
