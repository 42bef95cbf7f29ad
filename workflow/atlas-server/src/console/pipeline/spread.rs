//! How many things took how long, in little memory: durations that differ by less than a tenth are one.

/// So many steps lie between a duration and its double.
const STEPS: u64 = 8;

/// Durations, without their order.
#[derive(Debug, Clone, Default)]
pub(super) struct Spread {
    pub(super) count: u64,
    pub(super) failed: u64,
    pub(super) total_micros: u64,
    pub(super) most_micros: u64,
    /// How many lie in each step, by step. Most things take about as long as each other, so it is short.
    steps: Vec<(u16, u32)>,
}

impl Spread {
    pub(super) fn add(&mut self, micros: u64, is_failed: bool) {
        self.count += 1;
        self.failed += u64::from(is_failed);
        self.total_micros = self.total_micros.saturating_add(micros);
        self.most_micros = self.most_micros.max(micros);
        self.add_step(step(micros), 1);
    }

    /// Takes in all of another.
    pub(super) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.failed += other.failed;
        self.total_micros = self.total_micros.saturating_add(other.total_micros);
        self.most_micros = self.most_micros.max(other.most_micros);
        for (step, count) in &other.steps {
            self.add_step(*step, *count);
        }
    }

    fn add_step(&mut self, step: u16, count: u32) {
        match self.steps.binary_search_by_key(&step, |known| known.0) {
            Ok(place) => self.steps[place].1 = self.steps[place].1.saturating_add(count),
            Err(place) => self.steps.insert(place, (step, count)),
        }
    }

    /// The milliseconds within which so many of a hundred were done, to a tenth of it.
    pub(super) fn percentile(&self, of_hundred: u64) -> f64 {
        let rank = (self.count * of_hundred).div_ceil(100);
        let mut seen = 0;
        let found = self.steps.iter().find(|(_, count)| {
            seen += u64::from(*count);
            seen >= rank
        });
        let micros = found.map_or(0, |(step, _)| last_of(*step));
        milliseconds(micros.min(self.most_micros))
    }
}

pub(super) fn milliseconds(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}

/// The step of a duration: eight small ones each, then eight for each doubling.
fn step(micros: u64) -> u16 {
    let small = micros.min(1 << 50);
    if small < STEPS {
        return small as u16;
    }
    let doublings = u64::from(small.ilog2()) - STEPS.ilog2() as u64;
    let within = (small >> doublings) - STEPS;
    (STEPS * (doublings + 1) + within) as u16
}

/// The longest duration of a step.
fn last_of(step: u16) -> u64 {
    let step = u64::from(step);
    if step < STEPS {
        return step;
    }
    let (doublings, within) = (step / STEPS - 1, step % STEPS);
    ((STEPS + within + 1) << doublings) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_holds_durations_that_differ_by_less_than_an_eighth() {
        for micros in (0..5_000).chain([65_535, 65_536, 1_000_000, 3_600_000_000]) {
            let last = last_of(step(micros));
            assert!(micros <= last && last - micros <= micros / 8, "{micros}: {last}");
            assert!(micros == 0 || step(micros) >= step(micros - 1), "{micros}");
        }
    }

    #[test]
    fn percentiles_are_those_of_the_durations_to_an_eighth() {
        let (mut one, mut other) = (Spread::default(), Spread::default());
        for millis in 1..=1_000 {
            let of = if millis % 3 == 0 { &mut one } else { &mut other };
            of.add(millis * 1_000, millis % 10 == 0);
        }
        one.merge(&other);
        assert_eq!((one.count, one.failed), (1_000, 100));
        for of_hundred in [1, 50, 90, 99, 100] {
            let (found, exact) = (one.percentile(of_hundred), of_hundred as f64 * 10.0);
            assert!(found >= exact && found <= exact * 1.125, "{of_hundred}: {found}");
        }
        assert_eq!(Spread::default().percentile(50), 0.0);
    }
}
