//! What is said of many durations.

use std::time::Duration;

/// The figures of one workload at one number of connections.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figures {
    pub(crate) executions: usize,
    pub(crate) per_second: f64,
    /// The server's, for each execution; absent where the system does not tell.
    pub(crate) cpu: Option<Duration>,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

impl Figures {
    /// Of executions that took so long each, so long together, and so much of the server's time.
    pub(crate) fn of(mut took: Vec<Duration>, elapsed: Duration, cpu: Option<Duration>) -> Self {
        took.sort_unstable();
        let executions = took.len();
        let count = u32::try_from(executions).unwrap_or(u32::MAX).max(1);
        Self {
            executions,
            per_second: executions as f64 / elapsed.as_secs_f64().max(f64::EPSILON),
            cpu: cpu.map(|cpu| cpu / count),
            p50: percentile(&took, 50),
            p99: percentile(&took, 99),
        }
    }
}

/// The smallest duration that so many of a hundred do not exceed, of durations in order.
pub(crate) fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_smallest_that_so_many_do_not_exceed() {
        let millis = |count: u64| (1..=count).map(Duration::from_millis).collect::<Vec<_>>();
        for (count, percent, expected) in [
            (1, 50, 1),
            (1, 99, 1),
            (2, 50, 1),
            (3, 50, 2),
            (100, 99, 99),
            (101, 99, 100),
            (0, 50, 0),
        ] {
            let found = percentile(&millis(count), percent);
            assert_eq!(found, Duration::from_millis(expected), "{percent} % of {count}");
        }
    }

    #[test]
    fn figures_are_of_all_executions_in_whatever_order_they_ended() {
        let took = [30, 10, 20, 40].map(Duration::from_millis).to_vec();
        let cpu = Some(Duration::from_millis(8));
        let figures = Figures::of(took, Duration::from_secs(2), cpu);
        assert_eq!((figures.executions, figures.per_second), (4, 2.0));
        assert_eq!(figures.cpu, Some(Duration::from_millis(2)));
        assert_eq!(
            (figures.p50, figures.p99),
            (Duration::from_millis(20), Duration::from_millis(40))
        );
    }
}
