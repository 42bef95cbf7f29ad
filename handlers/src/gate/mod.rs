//! The gate before every ring: may this number be called, now? It runs inside the call step,
//! because a redrive may come at 3 a.m.
//!
//! A pure function: the clock and what the suppression list says come in as values. Reasons name what
//! refused, never the number.

mod calling_codes;
mod hours;
mod north_america;
mod number;

use std::{collections::BTreeSet, fmt};

use definitions::contract::{Consent, PhoneNumber};
use jiff::{Timestamp, civil::Time};

pub use self::{
    hours::CallingHours,
    number::{Country, InvalidCountry, Place, place_of},
};

/// What the deployment allows.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// The countries that may be called.
    pub countries: BTreeSet<Country>,
    /// From when to when, where the phone is.
    pub hours: CallingHours,
    /// No payload may ask for more attempts than this.
    pub most_attempts: u32,
}

/// A call that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Whom to call.
    pub phone: &'a PhoneNumber,
    /// Where they say they are.
    pub time_zone: &'a str,
    /// What they agreed to.
    pub consent: &'a Consent,
    /// Which attempt this is.
    pub attempt: u32,
    /// How often they may be called.
    pub max_attempts: u32,
}

/// Why a call may not be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The number belongs to no country that we know.
    UnknownNumber,
    /// The number belongs to a country that may not be called.
    Country(Country),
    /// It is not the time to call, there.
    Hours {
        /// Where.
        zone: String,
        /// What time it is there.
        local: Time,
    },
    /// There is no such time zone.
    UnknownTimeZone,
    /// The number is on the suppression list.
    Suppressed,
    /// They did not agree.
    NoConsent,
    /// When they agreed cannot be read.
    ConsentTime,
    /// They agreed later than now.
    ConsentInFuture,
    /// There are no attempts left.
    Attempts {
        /// This one.
        attempt: u32,
        /// The last one.
        last: u32,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownNumber => f.write_str("the number belongs to no country that is known"),
            Self::Country(country) => write!(f, "`{country}` is not a country that may be called"),
            Self::Hours { zone, local } => {
                write!(f, "it is {} in {zone}", local.strftime("%H:%M"))
            }
            Self::UnknownTimeZone => f.write_str("the callee's time zone is not known"),
            Self::Suppressed => f.write_str("the number is on the suppression list"),
            Self::NoConsent => f.write_str("there is no consent to be called"),
            Self::ConsentTime => f.write_str("the time of the consent cannot be read"),
            Self::ConsentInFuture => f.write_str("the consent is of a time yet to come"),
            Self::Attempts { attempt, last } => {
                write!(f, "attempt {attempt} is asked for, and the last is {last}")
            }
        }
    }
}

/// Every reason against the call; none, and it may be placed. Whether the number is suppressed is
/// asked apart ([`Reason::Suppressed`]), beside the other calls.
pub fn reasons_against(request: &Request<'_>, rules: &Rules, now: Timestamp) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let place = place_of(request.phone);
    match &place {
        None => reasons.push(Reason::UnknownNumber),
        Some(place) if !rules.countries.contains(&place.country) => {
            reasons.push(Reason::Country(place.country));
        }
        Some(_) => {}
    }
    let of_number = place.as_ref().map_or(&[][..], |place| place.zones);
    hours::check(request.time_zone, of_number, rules.hours, now, &mut reasons);
    check_consent(request.consent, now, &mut reasons);
    let last = request.max_attempts.min(rules.most_attempts);
    if request.attempt == 0 || request.attempt > last {
        reasons.push(Reason::Attempts { attempt: request.attempt, last });
    }
    reasons
}

fn check_consent(consent: &Consent, now: Timestamp, reasons: &mut Vec<Reason>) {
    if !consent.may_call {
        reasons.push(Reason::NoConsent);
    }
    match consent.captured_at.parse::<Timestamp>() {
        Err(_) => reasons.push(Reason::ConsentTime),
        Ok(at) if at > now => reasons.push(Reason::ConsentInFuture),
        Ok(_) => {}
    }
}

/// Reasons as one sentence for a cause.
pub fn sentence(reasons: &[Reason]) -> String {
    reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 13:00 in New York, 10:00 in Los Angeles, 18:00 in London, 02:00 in Tokyo.
    const AFTERNOON: &str = "2026-11-20T18:00:00Z";

    struct Case {
        phone: &'static str,
        zone: &'static str,
        now: &'static str,
        may_call: bool,
        captured_at: &'static str,
        attempt: u32,
    }

    const GOOD: Case = Case {
        phone: "+14155550123",
        zone: "America/Los_Angeles",
        now: AFTERNOON,
        may_call: true,
        captured_at: "2026-11-20T17:04:05Z",
        attempt: 1,
    };

    fn rules() -> Rules {
        Rules {
            countries: ["US", "GB", "JP"].map(|code| code.parse().unwrap()).into(),
            hours: CallingHours::default(),
            most_attempts: 3,
        }
    }

    fn against(case: &Case) -> String {
        against_rules(case, &rules())
    }

    fn against_rules(case: &Case, rules: &Rules) -> String {
        let consent = Consent {
            may_call: case.may_call,
            captured_at: case.captured_at.to_owned(),
            other: Default::default(),
        };
        let request = Request {
            phone: &case.phone.parse().unwrap(),
            time_zone: case.zone,
            consent: &consent,
            attempt: case.attempt,
            max_attempts: 99,
        };
        let text = sentence(&reasons_against(&request, rules, case.now.parse().unwrap()));
        assert!(!text.contains(&case.phone[1..]), "{text}");
        text
    }

    #[test]
    fn each_rule_has_its_reason_and_all_reasons_are_given() {
        let check = |case: Case, expected: &str| assert_eq!(against(&case), expected);
        check(GOOD, "");
        check(
            Case { phone: "+390612345678", zone: "Europe/Rome", ..GOOD },
            "`IT` is not a country that may be called",
        );
        check(
            Case { phone: "+99912345678", ..GOOD },
            "the number belongs to no country that is known",
        );
        check(Case { may_call: false, ..GOOD }, "there is no consent to be called");
        check(Case { captured_at: "yesterday", ..GOOD }, "the time of the consent cannot be read");
        check(
            Case { captured_at: "2026-11-20T18:00:01Z", ..GOOD },
            "the consent is of a time yet to come",
        );
        check(Case { attempt: 4, ..GOOD }, "attempt 4 is asked for, and the last is 3");
        check(Case { attempt: 0, ..GOOD }, "attempt 0 is asked for, and the last is 3");
        check(
            Case { phone: "+14165550123", zone: "Mars/Olympus", may_call: false, ..GOOD },
            "`CA` is not a country that may be called; the callee's time zone is not known; \
             there is no consent to be called",
        );
    }

    #[test]
    fn the_stricter_of_the_said_zone_and_the_numbers_own_counts() {
        let check = |phone, zone, now, expected: &str| {
            assert_eq!(against(&Case { phone, zone, now, ..GOOD }), expected);
        };
        // 15:30 UTC: 07:30 in San Francisco, though they say New York, where it is 10:30.
        let now = "2026-11-21T15:30:00Z";
        check("+14155550123", "America/New_York", now, "it is 07:30 in America/Los_Angeles");
        check("+12125550123", "America/Los_Angeles", now, "it is 07:30 in America/Los_Angeles");
        check("+12125550123", "America/New_York", now, "");
        // Los Angeles in Tokyo's night.
        check("+819012345678", "America/Los_Angeles", AFTERNOON, "it is 03:00 in Asia/Tokyo");
    }

    #[test]
    fn hours_without_an_end_last_until_midnight() {
        let hours = CallingHours { until: None, ..CallingHours::default() };
        let rules = Rules { hours, ..rules() };
        let check = |now, expected: &str| {
            let case = Case { now, captured_at: "2026-01-01T00:00:00Z", ..GOOD };
            assert_eq!(against_rules(&case, &rules), expected, "{now}");
        };
        check("2026-11-03T07:59:59.999999999Z", "");
        check("2026-11-03T08:00:00Z", "it is 00:00 in America/Los_Angeles");
    }

    #[test]
    fn calling_hours_follow_daylight_saving() {
        let check = |now, expected: &str| {
            assert_eq!(
                against(&Case { now, captured_at: "2026-01-01T00:00:00Z", ..GOOD }),
                expected,
                "{now}"
            );
        };
        // Los Angeles: UTC-7 until 1 November 2026, then UTC-8.
        check("2026-10-31T15:00:00Z", "");
        check("2026-10-31T14:59:59Z", "it is 07:59 in America/Los_Angeles");
        check("2026-11-02T15:00:00Z", "it is 07:00 in America/Los_Angeles");
        check("2026-11-02T16:00:00Z", "");
        check("2026-11-03T04:59:59Z", "");
        check("2026-11-03T05:00:00Z", "it is 21:00 in America/Los_Angeles");
        // In March the clock springs from 2:00 to 3:00.
        check("2026-03-08T15:00:00Z", "");
        check("2026-03-07T15:00:00Z", "it is 07:00 in America/Los_Angeles");
    }
}
