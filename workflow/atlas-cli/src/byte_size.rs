//! A number of bytes as people write it, `20MB`, `1.5GiB`, and read it, `20.0 MB`.

/// What may stand behind the number, in any case of letters.
const UNITS: [(&str, u64); 7] = [
    ("B", 1),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KIB", 1 << 10),
    ("MIB", 1 << 20),
    ("GIB", 1 << 30),
];

/// An empty journal takes half of this.
const LEAST_LIMIT: u64 = 2_000_000;

/// The room that a journal is given.
pub(crate) fn data_limit(text: &str) -> Result<u64, String> {
    let bytes = bytes(text).ok_or("expected a number and a unit, as 20MB or 1.5GiB")?;
    match bytes {
        LEAST_LIMIT.. => Ok(bytes),
        _ => Err("expected 2MB at least: an empty journal takes half of that".to_owned()),
    }
}

/// In the largest unit of which there is one.
pub(crate) fn human(bytes: u64) -> String {
    let of =
        |unit: u64, name: &str| format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => of(1_000, "KB"),
        1_000_000..1_000_000_000 => of(1_000_000, "MB"),
        1_000_000_000.. => of(1_000_000_000, "GB"),
    }
}

fn bytes(text: &str) -> Option<u64> {
    let unit_at = text.find(|it: char| !it.is_ascii_digit() && it != '.')?;
    let (number, unit) = text.split_at(unit_at);
    let unit = unit.trim().to_ascii_uppercase();
    let (_, factor) = UNITS.into_iter().find(|(known, _)| *known == unit)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let mut bytes = whole.parse::<u64>().ok()?.checked_mul(factor)?;
    let mut place = factor;
    for digit in fraction.chars() {
        place /= 10;
        bytes = bytes.checked_add(place * u64::from(digit.to_digit(10)?))?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, expected) in [
            ("20MB", Some(20_000_000)),
            ("20 mb", Some(20_000_000)),
            ("1.5GB", Some(1_500_000_000)),
            ("16MiB", Some(16 << 20)),
            ("7b", Some(7)),
            ("20", None),
            ("MB", None),
            ("-1MB", None),
            ("1.5.2MB", None),
            ("99999999999999999999GB", None),
            ("20000000000GB", None),
            ("20 parsecs", None),
        ] {
            assert_eq!(bytes(text), expected, "{text}");
        }
    }

    #[test]
    fn sizes_are_said_in_the_largest_unit_of_which_there_is_one() {
        for (bytes, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 KB"),
            (1_999_999, "1.9 MB"),
            (20_000_000, "20.0 MB"),
            (1_500_000_000, "1.5 GB"),
            (u64::MAX, "18446744073.7 GB"),
        ] {
            assert_eq!(human(bytes), expected);
        }
    }

    #[test]
    fn a_limit_that_no_journal_keeps_is_refused() {
        assert_eq!(data_limit("2MB"), Ok(2_000_000));
        assert!(data_limit("1.9MB").unwrap_err().contains("2MB at least"));
        assert!(data_limit("much").unwrap_err().contains("20MB"));
    }
}
