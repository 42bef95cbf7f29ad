//! The table that is printed.

use std::time::Duration;

use crate::Measured;

/// Prints a row as soon as it is known.
pub(crate) struct Table;

impl Table {
    pub(crate) fn new() -> Self {
        println!(
            "{:<34} {:>10} {:>8} {:>12} {:>10} {:>10} {:>11}",
            "workload", "executions", "events", "per second", "p50", "p99", "per event"
        );
        Self
    }

    pub(crate) fn row(&mut self, measured: &Measured) {
        let mut sorted = measured.latencies.clone();
        sorted.sort_unstable();
        let at = |percent: usize| sorted[(sorted.len() - 1) * percent / 100];
        let per_second = measured.executions as f64 / measured.elapsed.as_secs_f64();
        let events = (measured.events * measured.executions).max(1);
        let per_event = measured.elapsed.as_nanos() / events as u128;
        println!(
            "{:<34} {:>10} {:>8} {:>12.0} {:>10} {:>10} {:>8} ns",
            measured.name,
            measured.executions,
            measured.events,
            per_second,
            shown(at(50)),
            shown(at(99)),
            per_event
        );
    }

    pub(crate) fn waiting(&mut self, count: usize, bytes: usize) {
        println!("{:<34} {count:>10} {bytes:>17} bytes each", "waiting, a lead in its hands");
    }
}

fn shown(duration: Duration) -> String {
    let micros = duration.as_nanos() as f64 / 1000.0;
    if micros < 1000.0 { format!("{micros:.1} us") } else { format!("{:.2} ms", micros / 1000.0) }
}
