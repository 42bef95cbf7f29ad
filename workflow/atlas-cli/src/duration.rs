//! A length of time as people say it, `340 ms`, `1.20 s`, `2 h 0 min`, `30 d`, and as they ask for it,
//! `90d`.

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The two units that matter at this size.
pub(crate) fn human(milliseconds: i64) -> String {
    let length = milliseconds.max(0);
    if length < SECOND {
        format!("{length} ms")
    } else if length < MINUTE {
        format!("{}.{:02} s", length / SECOND, length % SECOND / 10)
    } else if length < HOUR {
        format!("{} min {} s", length / MINUTE, length % MINUTE / SECOND)
    } else if length < DAY {
        format!("{} h {} min", length / HOUR, length % HOUR / MINUTE)
    } else if length % DAY < HOUR {
        format!("{} d", length / DAY)
    } else {
        format!("{} d {} h", length / DAY, length % DAY / HOUR)
    }
}

/// As short as an axis needs it: `0`, `500 ms`, `1.5 s`, `2 h`, `1 h 30 min`.
pub(crate) fn tick(milliseconds: i64) -> String {
    let length = milliseconds.max(0);
    if length == 0 {
        "0".to_owned()
    } else if length < SECOND {
        format!("{length} ms")
    } else if length < MINUTE {
        let text = format!("{}.{:02}", length / SECOND, length % SECOND / 10);
        format!("{} s", text.trim_end_matches('0').trim_end_matches('.'))
    } else if length < HOUR && length % MINUTE < SECOND {
        format!("{} min", length / MINUTE)
    } else if (HOUR..DAY).contains(&length) && length % HOUR < MINUTE {
        format!("{} h", length / HOUR)
    } else {
        human(length)
    }
}

/// The milliseconds of a length that stands on the command line: `90d`, `12 h`, `30min`, `45s`.
pub(crate) fn length(text: &str) -> Result<i64, String> {
    let unit_at = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let unit = match unit.trim() {
        "s" => Some(SECOND),
        "min" => Some(MINUTE),
        "h" => Some(HOUR),
        "d" => Some(DAY),
        _ => None,
    };
    let length = number.parse::<i64>().ok().zip(unit);
    let length = length.and_then(|(number, unit)| number.checked_mul(unit));
    length.ok_or_else(|| "expected a whole number and d, h, min or s, as 90d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_read_as_people_ask_for_it() {
        for (text, expected) in [
            ("90d", Some(90 * DAY)),
            ("12 h", Some(12 * HOUR)),
            ("30min", Some(30 * MINUTE)),
            ("0s", Some(0)),
            ("90", None),
            ("d", None),
            ("", None),
            ("-1d", None),
            ("1.5d", None),
            ("1 year", None),
            ("106751991168d", None),
            ("99999999999999999999d", None),
        ] {
            assert_eq!(length(text).ok(), expected, "{text}");
        }
        assert!(length("90").unwrap_err().contains("as 90d"));
    }

    #[test]
    fn durations_read_as_people_say_them() {
        for (length, expected, short) in [
            (-5, "0 ms", "0"),
            (0, "0 ms", "0"),
            (340, "340 ms", "340 ms"),
            (999, "999 ms", "999 ms"),
            (1_200, "1.20 s", "1.2 s"),
            (10_000, "10.00 s", "10 s"),
            (59_999, "59.99 s", "59.99 s"),
            (60_000, "1 min 0 s", "1 min"),
            (125_000, "2 min 5 s", "2 min 5 s"),
            (7_200_000, "2 h 0 min", "2 h"),
            (5_400_000, "1 h 30 min", "1 h 30 min"),
            (30 * DAY, "30 d", "30 d"),
            (30 * DAY + 4 * HOUR, "30 d 4 h", "30 d 4 h"),
            (i64::MAX, "106751991167 d 7 h", "106751991167 d 7 h"),
        ] {
            assert_eq!(human(length), expected);
            assert_eq!(tick(length), short);
        }
    }
}
