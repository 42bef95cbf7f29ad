//! Which invocations an entry answers: `0`, or `1-3`, both ends included.

use super::MockFaultKind;

/// The invocations of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) first: u32,
    pub(super) last: u32,
}

impl Numbers {
    pub(super) fn parse(text: &str) -> Result<Self, MockFaultKind> {
        let bad = || MockFaultKind::BadNumber(text.to_owned());
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let numbers =
            Self { first: number(first).ok_or_else(bad)?, last: number(last).ok_or_else(bad)? };
        if numbers.last < numbers.first {
            return Err(MockFaultKind::BackwardRange(text.to_owned()));
        }
        Ok(numbers)
    }
}

/// `str::parse` would take a `+` as well.
fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Says where numbers that are sorted by their first one leave a gap or answer twice.
pub(super) fn check_consecutive(sorted: &[(Numbers, &str)]) -> Vec<MockFaultKind> {
    let mut faults = Vec::new();
    let mut next: Option<u32> = Some(0);
    let mut before = "";
    for (numbers, text) in sorted {
        match next {
            Some(next) if numbers.first > next => {
                faults.push(MockFaultKind::Gap { missing: next, found: (*text).to_owned() });
            }
            Some(next) if numbers.first == next => {}
            Some(_) | None => faults.push(MockFaultKind::Overlap {
                first: before.to_owned(),
                second: (*text).to_owned(),
                number: numbers.first,
            }),
        }
        next = numbers.last.checked_add(1).and_then(|after| next.map(|next| next.max(after)));
        before = text;
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_number_or_a_range_of_numbers() {
        for (text, expected) in [
            ("0", Some((0, 0))),
            ("12", Some((12, 12))),
            ("1-3", Some((1, 3))),
            ("2-2", Some((2, 2))),
            ("3-1", None),
            ("", None),
            ("-1", None),
            ("1-", None),
            ("+1", None),
            ("1.0", None),
            ("1 - 2", None),
            ("one", None),
            ("1-2-3", None),
            ("4294967296", None),
        ] {
            let parsed = Numbers::parse(text).ok().map(|numbers| (numbers.first, numbers.last));
            assert_eq!(parsed, expected, "{text}");
        }
    }
}
