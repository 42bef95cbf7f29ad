//! `clock`: how far this machine's clock is from those that answered.

use crate::{finding::Kind, notes::Notes};

pub(crate) static OFF: Kind = Kind::error(
    "clock.off",
    "Salesforce takes an assertion for three minutes, AWS a signature for five: this clock is too far off",
    "set this machine's clock by the network (`timedatectl set-ntp true`)",
);
pub(crate) static DRIFTING: Kind = Kind::warning(
    "clock.drifting",
    "this machine's clock is off, and requests will be refused once it is off further",
    "set this machine's clock by the network (`timedatectl set-ntp true`)",
);

/// Half of the time for which an assertion is good, and so little that no answer's way explains it.
const REFUSED_SOON: i64 = 90;
const NOTICED: i64 = 30;

pub(crate) fn look(notes: &mut Notes, seconds_ahead: i64) -> Option<()> {
    let side = if seconds_ahead < 0 { "behind" } else { "ahead" };
    let seen = format!("{} s {side}", seconds_ahead.abs());
    match seconds_ahead.abs() {
        REFUSED_SOON.. => notes.find(&OFF, seen),
        NOTICED.. => notes.find(&DRIFTING, seen),
        _ => {}
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_right_drifting_or_off() {
        let check = |ahead: i64, expected: Option<(&str, &str)>| {
            let mut notes = Notes::default();
            look(&mut notes, ahead);
            let found = notes.findings.first().map(|it| (it.kind.code, it.seen.as_str()));
            assert_eq!(found, expected);
        };
        check(1, None);
        check(-29, None);
        check(45, Some(("clock.drifting", "45 s ahead")));
        check(-400, Some(("clock.off", "400 s behind")));
    }
}
