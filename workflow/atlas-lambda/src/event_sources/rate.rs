//! `rate(5 minutes)`: how often a schedule invokes.

use std::{str::FromStr, time::Duration};

/// How often something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(Duration);

/// A text that is no rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a rate; expected `rate(1 minute)`, or a larger number of `minutes`, `hours` or `days`"
)]
pub struct InvalidRate(pub String);

impl Rate {
    /// Any time that is not zero, of which EventBridge itself takes whole minutes.
    pub fn every(period: Duration) -> Option<Self> {
        (!period.is_zero()).then_some(Self(period))
    }

    /// The time from one to the next.
    pub fn period(self) -> Duration {
        self.0
    }
}

impl FromStr for Rate {
    type Err = InvalidRate;

    fn from_str(text: &str) -> Result<Self, InvalidRate> {
        parse(text).ok_or_else(|| InvalidRate(text.to_owned()))
    }
}

/// One is of the singular, more are of the plural (EventBridge User Guide, "Rate expressions").
fn parse(text: &str) -> Option<Rate> {
    let (number, unit) = text.trim().strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let number: u64 = number.parse().ok()?;
    let minutes = match (number, unit) {
        (1, "minute") | (2.., "minutes") => 1,
        (1, "hour") | (2.., "hours") => 60,
        (1, "day") | (2.., "days") => 24 * 60,
        _ => return None,
    };
    Some(Rate(Duration::from_secs(number.checked_mul(minutes * 60)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_event_bridge_writes_them() {
        for (text, minutes) in [
            ("rate(1 minute)", Some(1)),
            ("rate(5 minutes)", Some(5)),
            ("rate(1 hour)", Some(60)),
            ("rate(7 days)", Some(7 * 24 * 60)),
            ("rate(1 minutes)", None),
            ("rate(5 minute)", None),
            ("rate(0 minutes)", None),
            ("rate(-1 minutes)", None),
            ("rate(1.5 hours)", None),
            ("rate(5 seconds)", None),
            ("rate(18446744073709551615 days)", None),
            ("cron(0 12 * * ? *)", None),
            ("5 minutes", None),
        ] {
            let period = minutes.map(|minutes| Duration::from_secs(minutes * 60));
            assert_eq!(text.parse().ok().map(Rate::period), period, "{text}");
        }
    }
}
