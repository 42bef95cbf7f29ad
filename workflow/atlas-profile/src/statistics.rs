//! What many numbers say: how many, their mean, their percentiles.

use serde::Serialize;

/// Numbers in short. Of none, all are zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// How many.
    pub count: usize,
    /// Their mean.
    pub mean: f64,
    /// Half of them are at most this.
    pub p50: f64,
    /// Nine in ten are at most this.
    pub p90: f64,
    /// Ninety-nine in a hundred are at most this.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

impl Summary {
    /// Of these numbers, in any order.
    pub fn of(numbers: impl IntoIterator<Item = f64>) -> Self {
        let numbers = sorted(numbers);
        Self {
            count: numbers.len(),
            mean: mean(&numbers),
            p50: percentile(&numbers, 0.5),
            p90: percentile(&numbers, 0.9),
            p99: percentile(&numbers, 0.99),
            max: numbers.last().copied().unwrap_or_default(),
        }
    }
}

/// The numbers from the smallest to the largest.
pub(crate) fn sorted(numbers: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut numbers: Vec<f64> = numbers.into_iter().filter(|number| number.is_finite()).collect();
    numbers.sort_by(f64::total_cmp);
    numbers
}

/// The mean; zero of none.
pub(crate) fn mean(numbers: &[f64]) -> f64 {
    if numbers.is_empty() { 0.0 } else { numbers.iter().sum::<f64>() / count(numbers.len()) }
}

/// The middle one of any numbers; `None` of none.
pub(crate) fn median(numbers: impl IntoIterator<Item = f64>) -> Option<f64> {
    let numbers = sorted(numbers);
    (!numbers.is_empty()).then(|| percentile(&numbers, 0.5))
}

/// A count, to calculate with.
#[expect(clippy::cast_precision_loss, reason = "nobody counts 2^52 of anything here")]
pub(crate) fn count(number: usize) -> f64 {
    number as f64
}

/// The smallest number that this share of them does not exceed (nearest rank).
fn percentile(sorted: &[f64], share: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank is small")]
    let rank = (share * count(sorted.len())).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_numbers_that_were_seen() {
        let check = |numbers: &[f64], expected: (usize, f64, f64, f64, f64, f64)| {
            let it = Summary::of(numbers.iter().copied());
            assert_eq!((it.count, it.mean, it.p50, it.p90, it.p99, it.max), expected);
        };
        check(&[], (0, 0.0, 0.0, 0.0, 0.0, 0.0));
        check(&[3.0], (1, 3.0, 3.0, 3.0, 3.0, 3.0));
        check(&[4.0, 1.0, 3.0, 2.0, f64::NAN], (4, 2.5, 2.0, 4.0, 4.0, 4.0));
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        check(&hundred, (100, 50.5, 50.0, 90.0, 99.0, 100.0));
        assert_eq!(median([]), None);
    }
}
