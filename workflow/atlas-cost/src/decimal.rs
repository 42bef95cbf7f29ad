//! Decimal numbers with twelve places: prices, quantities and amounts.
//!
//! Twelve places hold every published price (the smallest has ten). A product is rounded once, half up, at the
//! last of them, which is a millionth of a millionth of a dollar; what does not fit is refused, never wrapped.

use std::{fmt, iter::Sum, ops::Add, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

const PLACES: usize = 12;
const ONE: i128 = 1_000_000_000_000;

/// A decimal number that is not negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(i128);

/// A text that is no such number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no amount; expected digits and at most twelve after a point, as `0.0000133334`")]
pub struct InvalidDecimal(String);

/// A number that is too large to be counted exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a figure is too large to be counted exactly; expected fewer leads, smaller sizes or prices"
)]
pub struct Overflow;

impl Decimal {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A whole number.
    pub const fn whole(number: u64) -> Self {
        // A `u64` times 10^12 is below 2^127.
        Self(number as i128 * ONE)
    }

    /// `numerator` divided by `denominator`, rounded at the last place.
    pub fn ratio(numerator: u64, denominator: u64) -> Self {
        Self(rounded(i128::from(numerator) * ONE, i128::from(denominator.max(1))))
    }

    /// The product.
    pub fn times(self, other: Self) -> Result<Self, Overflow> {
        // Where the exact product does not fit, whole units and the rest are multiplied apart.
        let (units, rest) = (self.0 / ONE, self.0 % ONE);
        let of_units = units.checked_mul(other.0).ok_or(Overflow)?;
        let of_rest = rest.checked_mul(other.0).ok_or(Overflow)?;
        Ok(Self(of_units.checked_add(rounded(of_rest, ONE)).ok_or(Overflow)?))
    }

    /// The quotient by a number that is not zero.
    pub fn over(self, other: Self) -> Result<Self, Overflow> {
        if other.0 == 0 {
            return Err(Overflow);
        }
        let (units, rest) = (self.0 / other.0, self.0 % other.0);
        let units = units.checked_mul(ONE).ok_or(Overflow)?;
        let rest = rest.checked_mul(ONE).ok_or(Overflow)?;
        Ok(Self(units.checked_add(rounded(rest, other.0)).ok_or(Overflow)?))
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_add(other.0).map(Self).ok_or(Overflow)
    }

    /// The difference, or nothing where it would be negative.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self((self.0 - other.0).max(0))
    }

    /// The next whole number, or this one.
    #[must_use]
    pub fn ceil(self) -> Self {
        Self(
            self.0
                .div_euclid(ONE)
                .saturating_add(i128::from(self.0 % ONE != 0))
                .saturating_mul(ONE),
        )
    }

    /// The next multiple of `step`, or this one.
    pub fn up_to_multiple(self, step: u64) -> Result<Self, Overflow> {
        self.over(Self::whole(step))?.ceil().times(Self::whole(step))
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// A measured number, rounded at the last place; none where it is negative, or no number.
    pub fn of_measurement(number: f64) -> Option<Self> {
        (number.is_finite() && (0.0..1e15).contains(&number)).then(|| {
            // Six places are more than a clock tells.
            format!("{number:.6}").parse().expect("such a number is written as digits and a point")
        })
    }

    /// The nearest float, for whoever compares it with one. Money never becomes one.
    pub fn approximate(self) -> f64 {
        self.to_string().parse().expect("a decimal is written as digits and a point")
    }

    /// With so many places, rounded half up, and thousands apart: `1,234.50`.
    pub fn shown(self, places: usize) -> String {
        let places = places.min(PLACES);
        let step = 10_i128.pow(u32::try_from(PLACES - places).expect("at most twelve"));
        let rounded = rounded(self.0, step);
        let unit = 10_i128.pow(u32::try_from(places).expect("at most twelve"));
        let (whole, rest) = (rounded / unit, rounded % unit);
        let digits = whole.to_string();
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        if places > 0 {
            text.push_str(&format!(".{rest:0places$}"));
        }
        text
    }
}

fn rounded(number: i128, divisor: i128) -> i128 {
    let (quotient, rest) = (number / divisor, number % divisor);
    quotient + i128::from(rest >= divisor - rest)
}

impl Add for Decimal {
    type Output = Self;

    /// For sums that cannot come near the limit: of what was counted before.
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Decimal {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        numbers.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / ONE, self.0 % ONE);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        let rest = format!("{rest:0PLACES$}");
        write!(f, "{whole}.{}", rest.trim_end_matches('0'))
    }
}

impl FromStr for Decimal {
    type Err = InvalidDecimal;

    fn from_str(text: &str) -> Result<Self, InvalidDecimal> {
        let invalid = || InvalidDecimal(text.chars().take(40).collect());
        let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
        if !is_number(whole) || !is_number(rest) || rest.len() > PLACES {
            return Err(invalid());
        }
        let whole: u64 = whole.parse().map_err(|_| invalid())?;
        let rest: i128 = format!("{rest:0<PLACES$}").parse().map_err(|_| invalid())?;
        Ok(Self(Self::whole(whole).0 + rest))
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From a text: a JSON number would have been a float.
impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_price_times_a_quantity_is_exact() {
        let check = |one: &str, other: &str, product: &str| {
            assert_eq!(decimal(one).times(decimal(other)).unwrap().to_string(), product);
            assert_eq!(decimal(other).times(decimal(one)).unwrap().to_string(), product);
        };
        check("0.0000133334", "750000", "10.00005");
        check("0.1", "0.2", "0.02");
        check("0.000000000001", "0.5", "0.000000000001");
        check("0.000000000001", "0.4", "0");
        check("30000000000000", "0.025", "750000000000");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let large = Decimal::whole(u64::MAX);
        assert_eq!(large.times(large), Err(Overflow));
        assert_eq!(Decimal::whole(1).over(Decimal::ZERO), Err(Overflow));
        assert_eq!(large.times(Decimal::whole(1)), Ok(large));
    }

    #[test]
    fn a_quotient_is_rounded_at_the_last_place() {
        assert_eq!(Decimal::ratio(1, 3).to_string(), "0.333333333333");
        assert_eq!(Decimal::ratio(2, 3).to_string(), "0.666666666667");
        assert_eq!(decimal("10").over(decimal("4")).unwrap().to_string(), "2.5");
        assert_eq!(decimal("201").up_to_multiple(100), Ok(decimal("300")));
        assert_eq!(decimal("200").up_to_multiple(100), Ok(decimal("200")));
    }

    #[test]
    fn only_digits_and_a_point_are_a_number() {
        for text in ["", ".", "1.", ".5", "-1", "1e9", "1,000", "0.0000000000001", "NaN", " 1"] {
            assert_eq!(text.parse::<Decimal>(), Err(InvalidDecimal(text.to_owned())));
        }
        assert!("99999999999999999999999".parse::<Decimal>().is_err());
        assert_eq!(decimal("007.50").to_string(), "7.5");
    }

    #[test]
    fn money_is_shown_with_its_thousands_apart() {
        let check =
            |text: &str, places, shown: &str| assert_eq!(decimal(text).shown(places), shown);
        check("1234567.895", 2, "1,234,567.90");
        check("999.999", 2, "1,000.00");
        check("0.5", 0, "1");
        check("123456", 0, "123,456");
    }

    #[test]
    fn a_measurement_that_is_none_is_refused() {
        for number in [-1.0, f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(Decimal::of_measurement(number), None);
        }
        assert_eq!(Decimal::of_measurement(205.25), Some(decimal("205.25")));
    }
}
