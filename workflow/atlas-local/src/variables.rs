//! What the handlers are deployed with here, beside what names the services.

/// Nobody's phone rings, so the hour does not matter.
const ALL_DAY: [(&str, &str); 2] = [("CALLING_FROM", "00:00"), ("CALLING_UNTIL", "24:00")];
/// The sweeper comes every few seconds here, so that a lost event is not waited for.
const OVERDUE_AFTER: (&str, &str) = ("OVERDUE_AFTER_SECONDS", "10");

/// The variables of the handlers, where what is given goes before what the services say, and that
/// before what suits one machine.
pub(crate) fn of_handlers(
    given: &[(String, String)],
    of_services: Vec<(String, String)>,
) -> Vec<(String, String)> {
    let own = ALL_DAY.into_iter().chain([OVERDUE_AFTER]);
    let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut all = given.to_vec();
    for (name, value) in of_services.into_iter().chain(own) {
        if !all.iter().any(|(known, _)| *known == name) {
            all.push((name, value));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_goes_first() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let given = [pair("CALLING_FROM", "08:00"), pair("CALLS_TABLE", "Mine")];
        let services = vec![pair("CALLS_TABLE", "Theirs"), pair("AWS_REGION", "us-east-1")];
        let all = of_handlers(&given, services);
        let value = |name: &str| {
            all.iter()
                .filter(|(known, _)| known == name)
                .map(|(_, v)| v.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(value("CALLING_FROM"), ["08:00"]);
        assert_eq!(value("CALLING_UNTIL"), ["24:00"]);
        assert_eq!(value("CALLS_TABLE"), ["Mine"]);
        assert_eq!(value("AWS_REGION"), ["us-east-1"]);
    }
}
