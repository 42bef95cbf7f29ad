//! Timestamps as AWS reads them: ISO-8601 extended, with a `T` and an offset.

use jiff::Timestamp;

/// The moment that a text names; `None` where AWS would refuse the text.
///
/// Recorded (v2-scenarios, v2-base, Wait states): any number of decimals up to nanoseconds is taken; a
/// blank for the `T`, a missing `Z` or offset, a day first, or a month 13 are refused.
pub fn parse_timestamp(text: &str) -> Option<Timestamp> {
    if !has_the_shape(text.as_bytes()) {
        return None;
    }
    text.parse().ok()
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
            ("2016-03-14T01:59:00Z", Some("2016-03-14T01:59:00Z")),
            ("2016-03-05T21:29:29.243167252Z", Some("2016-03-05T21:29:29.243167252Z")),
            ("2026-11-20T23:45:32.00Z", Some("2026-11-20T23:45:32Z")),
            ("2016-03-14T01:59:00+02:00", Some("2016-03-13T23:59:00Z")),
            ("2016-03-14T01:59:00-00:30", Some("2016-03-14T02:29:00Z")),
            ("2026-11-20T23:45:38.000000", None),
            ("2016-12-05 21:29:29Z", None),
            ("2016-12-05T21:29:29", None),
            ("2016-12-05t21:29:29z", None),
            ("05-12-2016T21:29:29Z", None),
            ("2016-13-05T21:29:29Z", None),
            ("2016-12-05T25:29:29Z", None),
            ("2016-12-05T21:29:29Z[UTC]", None),
            ("2016-12-05T21:29Z", None),
            ("2016-12-05T21:29:29.Z", None),
            ("2012-10-09", None),
            ("é2016-12-05T21:29:29", None),
            ("", None),
        ] {
            let found = parse_timestamp(text).map(|moment| moment.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
