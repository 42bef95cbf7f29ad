//! Timestamps as AWS reads them: ISO-8601 extended, with a `T` and an offset.

use jiff::{SignedDuration, civil::DateTime, fmt::temporal::Pieces};

/// A moment, to the nanosecond, in any year from 0000 to 9999.
///
/// `jiff::Timestamp` ends a day before the year 9999 does, and `9999-12-31T23:59:59Z` is what people
/// write for never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(SignedDuration);

impl Moment {
    /// Milliseconds since the epoch, UTC; what is below a millisecond counts as the one that it is in.
    pub fn as_millisecond(self) -> i64 {
        i64::try_from(self.0.as_nanos().div_euclid(1_000_000))
            .expect("ten thousand years have fewer milliseconds than an i64 counts")
    }
}

/// The moment that a text names; `None` where AWS would refuse the text.
///
/// Recorded (v2-scenarios, v2-base, Wait states): any number of decimals up to nanoseconds is taken; a
/// blank for the `T`, a missing `Z` or offset, a day first, or a month 13 are refused.
pub fn parse_timestamp(text: &str) -> Option<Moment> {
    const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    if !has_the_shape(text.as_bytes()) {
        return None;
    }
    let pieces = Pieces::parse(text).ok()?;
    let local = pieces.date().to_datetime(pieces.time()?).duration_since(EPOCH);
    let offset = i64::from(pieces.to_numeric_offset()?.seconds());
    local.checked_sub(SignedDuration::from_secs(offset)).map(Moment)
}

/// `YYYY-MM-DDTHH:MM:SS`, a fraction of up to nine digits or none, `Z` or `±HH:MM`.
fn has_the_shape(text: &[u8]) -> bool {
    let matches = |text: &[u8], shape: &[u8]| {
        text.len() == shape.len()
            && text.iter().zip(shape).all(|(byte, shape)| match shape {
                b'0' => byte.is_ascii_digit(),
                shape => byte == shape,
            })
    };
    let Some((date_and_time, rest)) = text.split_at_checked(19) else { return false };
    let rest = match rest {
        [b'.', rest @ ..] => {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if !(1..=9).contains(&digits) {
                return false;
            }
            &rest[digits..]
        }
        rest => rest,
    };
    matches(date_and_time, b"0000-00-00T00:00:00")
        && (rest == b"Z" || matches(rest, b"+00:00") || matches(rest, b"-00:00"))
}

#[cfg(test)]
mod tests {
    use super::parse_timestamp;

    #[test]
    fn timestamps_are_read_as_aws_reads_them() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("1969-12-31T23:59:59.9995Z", Some(-1)),
            ("2016-03-14T01:59:00Z", Some(1_457_920_740_000)),
            ("2016-03-05T21:29:29.243167252Z", Some(1_457_213_369_243)),
            ("2026-11-20T23:45:32.00Z", Some(1_795_218_332_000)),
            ("2016-03-14T01:59:00+02:00", Some(1_457_913_540_000)),
            ("2016-03-14T01:59:00-00:30", Some(1_457_922_540_000)),
            ("0000-01-01T00:00:00Z", Some(-62_167_219_200_000)),
            ("9999-12-31T23:59:59Z", Some(253_402_300_799_000)),
            ("9999-12-31T23:59:59.999999999-12:00", Some(253_402_343_999_999)),
            ("2026-11-20T23:45:38.000000", None),
            ("2016-12-05 21:29:29Z", None),
            ("2016-12-05T21:29:29", None),
            ("2016-12-05t21:29:29z", None),
            ("05-12-2016T21:29:29Z", None),
            ("2016-13-05T21:29:29Z", None),
            ("2015-02-29T21:29:29Z", None),
            ("2016-12-05T25:29:29Z", None),
            ("2016-12-05T21:29:29+99:00", None),
            ("2016-12-05T21:29:29Z[UTC]", None),
            ("2016-12-05T21:29Z", None),
            ("2016-12-05T21:29:29.Z", None),
            ("2012-10-09", None),
            ("é2016-12-05T21:29:29", None),
            ("", None),
        ] {
            let found = parse_timestamp(text).map(|moment| moment.as_millisecond());
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn moments_of_one_millisecond_have_an_order() {
        let moment = |text| parse_timestamp(text).expect("it is a timestamp");
        assert!(moment("2026-11-20T00:00:00.0001Z") < moment("2026-11-20T00:00:00.0002Z"));
        assert_eq!(moment("2026-11-20T01:00:00+01:00"), moment("2026-11-20T00:00:00Z"));
    }
}
