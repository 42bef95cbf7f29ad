//! What happened, counted; `GET /_atlas/counters` shows it, so that a sandbox in a process of its own can
//! testify after ours was killed.

use std::{collections::BTreeMap, sync::Mutex, time::Duration};

use serde_json::{Value, json};

use crate::service::Service;

#[derive(Debug, Default)]
pub(crate) struct Counters(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    calls: BTreeMap<(Service, String), Calls>,
    tallies: BTreeMap<&'static str, BTreeMap<String, u64>>,
}

#[derive(Debug, Default)]
struct Calls {
    count: u64,
    new_connections: u64,
    answers: BTreeMap<String, u64>,
    faults: BTreeMap<String, u64>,
    total: Duration,
    shortest: Option<Duration>,
    longest: Duration,
}

/// One call, as it ended.
#[derive(Debug)]
pub(crate) struct Ended<'a> {
    pub(crate) service: Service,
    pub(crate) operation: &'a str,
    pub(crate) new_connection: bool,
    /// A status, `reset` or `hang`.
    pub(crate) answer: String,
    pub(crate) faults: Vec<String>,
    pub(crate) duration: Duration,
}

impl Counters {
    pub(crate) fn call_ended(&self, ended: Ended<'_>) {
        let mut counted = self.counted();
        let calls = counted.calls.entry((ended.service, ended.operation.to_owned())).or_default();
        calls.count += 1;
        calls.new_connections += u64::from(ended.new_connection);
        *calls.answers.entry(ended.answer).or_default() += 1;
        for fault in ended.faults {
            *calls.faults.entry(fault).or_default() += 1;
        }
        calls.total += ended.duration;
        calls.shortest = Some(calls.shortest.map_or(ended.duration, |old| old.min(ended.duration)));
        calls.longest = calls.longest.max(ended.duration);
    }

    /// Adds one to `what` of `tally`, as `+14155550100` of `ringsByNumber`.
    pub(crate) fn add(&self, tally: &'static str, what: &str) {
        self.add_many(tally, what, 1);
    }

    /// Adds so many.
    pub(crate) fn add_many(&self, tally: &'static str, what: &str, many: u64) {
        let mut counted = self.counted();
        *counted.tallies.entry(tally).or_default().entry(what.to_owned()).or_default() += many;
    }

    pub(crate) fn reset(&self) {
        *self.counted() = Counted::default();
    }

    pub(crate) fn shown(&self) -> Value {
        let counted = self.counted();
        let mut shown = json!({ "calls": {} });
        for ((service, operation), calls) in &counted.calls {
            shown["calls"][service.name()][operation] = json!({
                "count": calls.count,
                "newConnections": calls.new_connections,
                "answers": calls.answers,
                "faults": calls.faults,
                "milliseconds": {
                    "total": milliseconds(calls.total),
                    "shortest": milliseconds(calls.shortest.unwrap_or_default()),
                    "longest": milliseconds(calls.longest),
                },
            });
        }
        for (tally, counts) in &counted.tallies {
            shown[tally] = json!(counts);
        }
        shown
    }

    fn counted(&self) -> std::sync::MutexGuard<'_, Counted> {
        self.0.lock().expect("nothing panics while it holds this lock")
    }
}

fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
