//! Something over time: what is older than the window is let go as time goes on.

use std::collections::VecDeque;

/// The width of a bucket.
pub(super) const BUCKET_MILLIS: i64 = 10_000;
/// So many buckets are kept: an hour.
pub(super) const BUCKETS: i64 = 360;

/// Buckets by number, the oldest first; those in which nothing happened are not there.
#[derive(Debug, Clone)]
pub(super) struct Series<T>(VecDeque<(i64, T)>);

impl<T> Default for Series<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T: Default> Series<T> {
    /// The bucket of a moment. A clock that goes back finds the last one.
    pub(super) fn at(&mut self, now: i64) -> &mut T {
        let number = bucket_of(now);
        if self.0.back().is_none_or(|(last, _)| *last < number) {
            self.0.push_back((number, T::default()));
            while self.0.front().is_some_and(|(first, _)| *first <= number - BUCKETS) {
                self.0.pop_front();
            }
        }
        &mut self.0.back_mut().expect("there is the one of now at least").1
    }

    /// The buckets from one on, each with the moment at which it begins.
    pub(super) fn from(&self, first: i64) -> impl Iterator<Item = (i64, &T)> {
        let kept = self.0.iter().filter(move |(number, _)| *number >= first);
        kept.map(|(number, content)| (number * BUCKET_MILLIS, content))
    }

    /// Whether it has nothing from one on.
    pub(super) fn is_over(&self, first: i64) -> bool {
        self.0.back().is_none_or(|(last, _)| *last < first)
    }
}

pub(super) const fn bucket_of(moment: i64) -> i64 {
    moment.div_euclid(BUCKET_MILLIS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_kept_and_no_more() {
        let mut series = Series::<u32>::default();
        for now in (0..3 * 3_600_000).step_by(1_000) {
            *series.at(now) += 1;
        }
        let kept: Vec<(i64, u32)> = series.from(0).map(|(at, count)| (at, *count)).collect();
        assert_eq!((kept.len(), kept[0], kept[359].0), (360, (7_200_000, 10), 10_790_000));
        // The clock was put back.
        *series.at(0) += 1;
        assert_eq!(series.from(bucket_of(10_790_000)).map(|it| *it.1).collect::<Vec<_>>(), [11]);
        assert!(series.is_over(1_080) && !series.is_over(1_079));
    }
}
