//! Where the time went outside: which calls of which services took it.

use atlas_local::ExternalCall;

use crate::{
    duration::human,
    label::{column, columns},
};

/// A table of the calls by service and operation, those that took longest in all first.
pub(crate) fn time_outside(calls: &[ExternalCall], width: usize) -> String {
    let mut rows: Vec<Row> = Vec::new();
    for call in calls {
        let name = format!("{} {}", call.service, call.operation);
        let row = match rows.iter_mut().position(|row| row.name == name) {
            Some(at) => &mut rows[at],
            None => {
                rows.push(Row { name, took_ms: Vec::new(), faults: 0 });
                rows.last_mut().expect("it was pushed")
            }
        };
        row.took_ms.push(call.took_ms);
        row.faults += usize::from(call.fault);
    }
    rows.sort_by(|a, b| b.sum().total_cmp(&a.sum()));
    let names = rows.iter().map(|row| columns(&row.name)).max().unwrap_or(0).max(4);
    let names = names.min(width.saturating_sub(NUMBER_COLUMNS).max(8));
    let mut out = format!(
        "  {} {:>6} {:>10} {:>10} {:>10}  faults\n",
        column("call", names),
        "times",
        "mean",
        "longest",
        "in all"
    );
    for row in &rows {
        out.push_str(&row.line(names));
    }
    out
}

/// Everything beside the name.
const NUMBER_COLUMNS: usize = 2 + 7 + 3 * 11 + 8;

struct Row {
    name: String,
    took_ms: Vec<f64>,
    faults: usize,
}

impl Row {
    fn sum(&self) -> f64 {
        self.took_ms.iter().sum()
    }

    fn line(&self, names: usize) -> String {
        let times = self.took_ms.len();
        let longest = self.took_ms.iter().copied().fold(0.0, f64::max);
        let time = |milliseconds: f64| human(milliseconds.round() as i64);
        let faults = if self.faults == 0 { String::new() } else { self.faults.to_string() };
        let line = format!(
            "  {} {times:>6} {:>10} {:>10} {:>10}  {faults:>6}",
            column(&self.name, names),
            time(self.sum() / times as f64),
            time(longest),
            time(self.sum()),
        );
        format!("{}\n", line.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::external_call::samples::call;

    #[test]
    fn calls_are_summed_and_the_dearest_come_first() {
        let timed = |service, operation, took_ms, fault| ExternalCall {
            took_ms,
            fault,
            ..call("CreateLeadHandler", service, operation, 0.0)
        };
        let calls = [
            timed("DynamoDB", "PutItem", 100.4, false),
            timed("Connect", "StartOutboundVoiceContact", 1_801.0, false),
            timed("DynamoDB", "PutItem", 201.0, true),
        ];
        let expected = [
            "  call                               times       mean    longest     in all  faults",
            "  Connect StartOutboundVoiceContact      1     1.80 s     1.80 s     1.80 s",
            "  DynamoDB PutItem                       2     151 ms     201 ms     301 ms       1",
        ];
        assert_eq!(time_outside(&calls, 100).lines().collect::<Vec<_>>(), expected);
    }
}
