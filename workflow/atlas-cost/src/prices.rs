//! What AWS asks, out of a dated file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{DataError, Decimal, Evidence, Overflow, dated};

const WHAT: &str = "the prices";
const BUILT_IN: &str = include_str!("../data/prices-us-east-1.json");

/// Prices of one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Prices {
    /// The region that they are of.
    pub region: String,
    /// When they were looked up.
    pub as_of: String,
    /// Each, by what it is the price of.
    pub prices: BTreeMap<String, Price>,
}

/// The price of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Price {
    /// In dollars, for `per` of `unit`; what comes after the last tier where there are tiers.
    pub usd: Decimal,
    /// For how many.
    pub per: Decimal,
    /// Of what.
    pub unit: String,
    /// Other prices for the first so many in a month, from the smallest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<Tier>,
    /// Where it was read.
    pub source: String,
    /// How it is known.
    pub evidence: Evidence,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A price for the first so many in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tier {
    /// Up to this many units.
    pub up_to: Decimal,
    /// In dollars, for `per` of the unit.
    pub usd: Decimal,
}

impl Prices {
    /// Those that come with Atlas, of us-east-1.
    pub fn built_in() -> Self {
        Self::parse(BUILT_IN).expect("a test reads the built-in prices")
    }

    /// Reads a file of prices.
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let prices: Self = dated::read(WHAT, text)?;
        let known: Option<Self> = (text != BUILT_IN).then(Self::built_in);
        let known = known.as_ref().map_or(&prices.prices, |built_in| &built_in.prices);
        for (id, price) in &prices.prices {
            let place = |problem: &str| DataError::new(WHAT, format!("`{id}`: {problem}"));
            if !known.contains_key(id) {
                let all: Vec<&str> = known.keys().map(String::as_str).collect();
                return Err(place(&format!(
                    "is the price of nothing here; known: {}",
                    all.join(", ")
                )));
            }
            if price.per.is_zero() {
                return Err(place("`per` is 0; expected how many the price is for"));
            }
            let limits: Vec<Decimal> = price.tiers.iter().map(|tier| tier.up_to).collect();
            if !limits.is_sorted_by(|one, next| one < next) {
                return Err(place("`tiers` are not in order; expected the smallest `upTo` first"));
            }
        }
        match known.keys().find(|id| !prices.prices.contains_key(*id)) {
            Some(missing) => Err(DataError::new(WHAT, format!("`{missing}` is missing"))),
            None => Ok(prices),
        }
    }

    /// The price of one thing, by its name in the file.
    ///
    /// # Panics
    ///
    /// Where the built-in file has no such name.
    pub fn of(&self, id: &str) -> &Price {
        self.prices.get(id).expect("`parse` wants every price, and a test every line's")
    }
}

impl Price {
    /// What so many cost.
    pub fn amount(&self, quantity: Decimal) -> Result<Decimal, Overflow> {
        let (mut amount, mut counted) = (Decimal::ZERO, Decimal::ZERO);
        for tier in &self.tiers {
            let here = quantity.min(tier.up_to).less(counted);
            amount = amount.plus(here.over(self.per)?.times(tier.usd)?)?;
            counted = counted + here;
        }
        amount.plus(quantity.less(counted).over(self.per)?.times(self.usd)?)
    }

    /// The price that the first of them has, with what it is for.
    pub(crate) fn shown(&self) -> String {
        let usd = self.tiers.first().map_or(self.usd, |tier| tier.usd);
        let of = match self.per == Decimal::whole(1) {
            true => self.unit.trim_end_matches('s').to_owned(),
            false => format!("{} {}", self.per.shown(0), self.unit),
        };
        let more = if self.tiers.is_empty() { "" } else { ", less beyond" };
        format!("${usd} per {of}{more}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn every_price_says_where_and_when_it_was_read() {
        let prices = Prices::parse(BUILT_IN).unwrap();
        assert_eq!(prices.region, "us-east-1");
        assert!(prices.as_of.starts_with("2026-"));
        for (id, price) in &prices.prices {
            assert!(price.source.starts_with("https://"), "{id}");
            assert!(!price.usd.is_zero() && !price.unit.is_empty(), "{id}");
        }
    }

    #[test]
    fn each_part_of_a_month_has_the_price_of_its_tier() {
        let prices = Prices::built_in();
        // The example of AWS's pricing page: 17,361.11 GB-hours of Express are 60 + 120 + 202.97 dollars.
        let express = prices.of("stepFunctions.express.duration");
        assert_eq!(express.amount(decimal("62500000")).unwrap().shown(2), "382.97");
        assert_eq!(express.amount(Decimal::ZERO), Ok(Decimal::ZERO));
    }

    #[test]
    fn a_file_with_a_fault_is_refused_with_its_place() {
        let check = |change: fn(&mut serde_json::Value), expected: &str| {
            let mut document: serde_json::Value = serde_json::from_str(BUILT_IN).unwrap();
            change(&mut document);
            let error = Prices::parse(&document.to_string()).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check(|it| it["prices"]["lex.text"]["usd"] = 0.00075.into(), "expected a string");
        check(|it| it["prices"]["lex.text"]["usd"] = "-1".into(), "`-1` is no amount");
        check(|it| it["prices"]["lex.text"]["per"] = "0".into(), "`lex.text`: `per` is 0");
        check(
            |it| drop(it["prices"].as_object_mut().unwrap().remove("lex.text")),
            "`lex.text` is missing",
        );
        check(
            |it| it["prices"]["lex.smell"] = it["prices"]["lex.text"].clone(),
            "is the price of nothing",
        );
    }
}
