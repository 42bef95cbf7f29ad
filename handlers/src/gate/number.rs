//! Where a number belongs: its country, and its time zones where the number tells them.

use std::{fmt, str::FromStr};

use definitions::contract::PhoneNumber;

use super::{calling_codes::CALLING_CODES, north_america::AREA_CODES};

/// A country by its ISO 3166 code of two letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// The text is no country's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the code of a country; expected two capital letters, like `US`")]
pub struct InvalidCountry;

impl FromStr for Country {
    type Err = InvalidCountry;

    fn from_str(text: &str) -> Result<Self, InvalidCountry> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(Self([*a, *b])),
            _ => Err(InvalidCountry),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", char::from(self.0[0]), char::from(self.0[1]))
    }
}

/// Where a number belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its country.
    pub country: Country,
    /// All the zones that it may be in; none where the country has several and the number does not
    /// tell which.
    pub zones: &'static [&'static str],
}

/// The place of a number; `None` where no plan that we know has it.
pub fn place_of(phone: &PhoneNumber) -> Option<Place> {
    let digits = phone.reveal().strip_prefix('+')?;
    match digits.strip_prefix('1') {
        Some(national) => north_american(national),
        None => elsewhere(digits),
    }
}

/// `NXX NXX XXXX`, where no area and no exchange begins with 0 or 1.
fn north_american(national: &str) -> Option<Place> {
    let (area, exchange) = (national.get(..3)?, national.get(3..4)?);
    if national.len() != 10 || matches!(exchange, "0" | "1") {
        return None;
    }
    let of_area =
        |(_, _, codes): &&(&str, &[&str], &str)| codes.split(' ').any(|code| code == area);
    let (country, zones, _) = AREA_CODES.iter().find(of_area)?;
    Some(Place { country: country.parse().ok()?, zones })
}

/// The longest calling code that the number begins with.
fn elsewhere(digits: &str) -> Option<Place> {
    let of_number = |(code, _, _): &&(&str, &str, &[&str])| digits.starts_with(code);
    let longest = CALLING_CODES.iter().filter(of_number).max_by_key(|(code, _, _)| code.len());
    let (_, country, zones) = longest?;
    Some(Place { country: country.parse().ok()?, zones })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_number_is_of_the_country_with_its_longest_code() {
        let check = |phone: &str, country: &str| {
            let place = place_of(&phone.parse().unwrap());
            let found = place.map(|place| place.country.to_string()).unwrap_or_default();
            assert_eq!(found, country, "{phone}");
        };
        check("+14155550123", "US");
        check("+14165550123", "CA");
        check("+18765550123", "JM");
        check("+17875550123", "PR");
        check("+447700900123", "GB");
        check("+447781123456", "GG");
        check("+74951234567", "RU");
        check("+77011234567", "KZ");
        check("+393331234567", "IT");
        check("+390669812345", "VA");
        check("+4915112345678", "DE");
        check("+5215512345678", "MX");
        check("+358181234567", "AX");
        // Toll-free, premium, an area that is none, too short, an exchange that is none.
        check("+18005550123", "");
        check("+19005550123", "");
        check("+19995550123", "");
        check("+1415555012", "");
        check("+14150550123", "");
        check("+88312345678", "");
    }

    #[test]
    fn no_code_stands_twice() {
        let mut codes = BTreeSet::new();
        for (code, country, _) in CALLING_CODES {
            assert!(codes.insert(*code), "{code}");
            assert!(country.parse::<Country>().is_ok(), "{country}");
        }
        let mut areas = BTreeSet::new();
        for (_, _, list) in AREA_CODES {
            for area in list.split(' ') {
                assert!(areas.insert(area), "{area}");
                assert!(area.len() == 3 && area.bytes().all(|b| b.is_ascii_digit()), "{area}");
            }
        }
    }
}
