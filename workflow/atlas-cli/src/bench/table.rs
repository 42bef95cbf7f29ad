//! The figures as a table, and as a document.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    contender::{Measured, Row},
    statistics::Figures,
};

/// A table of one server, whose figures those of a first one are set beside.
pub(crate) struct Table<'a> {
    first: Option<&'a Measured>,
}

impl<'a> Table<'a> {
    /// The first server's, or that of one that is compared with it.
    pub(crate) fn beside(first: Option<&'a Measured>) -> Self {
        Self { first }
    }

    /// The line above the rows.
    pub(crate) fn heading(&self, name: &str) -> String {
        let ratio = self.first.map_or(String::new(), |first| format!("  {} is better", first.name));
        format!(
            "\n{name:<38} {:>12} {:>13} {:>10} {:>10} {:>10}{ratio}",
            "connections", "executions/s", "CPU each", "p50", "p99",
        )
    }

    pub(crate) fn row(&self, row: &Row) -> String {
        let Row { workload, connections, outcome } = row;
        let begin = format!("{workload:<38} {connections:>12}");
        match outcome {
            Err(wrong) => format!("{begin}  not counted: {wrong}"),
            Ok(Figures { per_second, cpu, p50, p99, .. }) => format!(
                "{begin} {:>13} {:>10} {:>10} {:>10}{}",
                rate(*per_second),
                cpu.map_or_else(|| "unknown".to_owned(), millis),
                millis(*p50),
                millis(*p99),
                self.ratio(row).map_or(String::new(), |ratio| format!("  {}", times(ratio))),
            ),
        }
    }

    /// The lines below the rows.
    pub(crate) fn end(&self, measured: &Measured) -> String {
        let Measured { start, resident, .. } = measured;
        let beside =
            |ratio: Option<f64>| ratio.map_or(String::new(), |ratio| format!("  {}", times(ratio)));
        let of = self.first.map(|first| start.as_secs_f64() / first.start.as_secs_f64());
        let started =
            format!("{:<38} {:>12}{}", "process start to first answer", millis(*start), beside(of));
        let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
        let of = self.first.and_then(|it| it.resident).zip(*resident);
        let of = of.map(|(first, resident)| resident as f64 / first as f64);
        let resident = resident.map_or_else(|| "unknown".to_owned(), megabytes);
        let resident = format!("{:<38} {resident:>12}{}", "resident memory, idle", beside(of));
        format!("{started}\n{resident}")
    }

    /// How many times as many executions the first server ends in the same time.
    fn ratio(&self, row: &Row) -> Option<f64> {
        let is_same =
            |one: &&Row| (one.workload, one.connections) == (row.workload, row.connections);
        let first = self.first?.rows.iter().find(is_same)?;
        Some(first.outcome.as_ref().ok()?.per_second / row.outcome.as_ref().ok()?.per_second)
    }
}

/// All of it: a server each, the first one being ours.
pub(crate) fn document(measured: &[Measured]) -> Value {
    let servers = measured.iter().enumerate().map(|(index, one)| {
        let table = Table::beside(measured.first().filter(|_| index > 0));
        let rows: Vec<Value> = one.rows.iter().map(|row| row_document(&table, row)).collect();
        json!({
            "server": one.name,
            "startToFirstAnswerMilliseconds": in_millis(one.start),
            "idleResidentBytes": one.resident,
            "workloads": rows,
        })
    });
    servers.collect()
}

fn row_document(table: &Table<'_>, row: &Row) -> Value {
    let Row { workload, connections, outcome } = row;
    let mut document = json!({ "workload": workload, "connections": connections });
    match outcome {
        Err(wrong) => document["wrong"] = wrong.to_string().into(),
        Ok(Figures { executions, per_second, cpu, p50, p99 }) => {
            document["executions"] = json!(executions);
            document["executionsPerSecond"] = json!(per_second);
            document["cpuMillisecondsEach"] = json!(cpu.map(in_millis));
            document["p50Milliseconds"] = json!(in_millis(*p50));
            document["p99Milliseconds"] = json!(in_millis(*p99));
            if let Some(ratio) = table.ratio(row) {
                document["timesAsManyByTheFirst"] = json!(ratio);
            }
        }
    }
    document
}

fn in_millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn millis(duration: Duration) -> String {
    let millis = in_millis(duration);
    let decimals = if millis < 1.0 {
        3
    } else if millis < 100.0 {
        2
    } else {
        0
    };
    format!("{millis:.decimals$} ms")
}

/// With as many digits as say something.
fn rate(per_second: f64) -> String {
    if per_second < 100.0 { format!("{per_second:.1}") } else { format!("{per_second:.0}") }
}

fn times(ratio: f64) -> String {
    format!("× {}", rate(ratio))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::bench::verdict::Wrong;

    fn measured(name: &'static str, per_second: f64, second: Option<Wrong>) -> Measured {
        let figures = Figures {
            executions: 10,
            per_second,
            cpu: Some(Duration::from_micros(190)),
            p50: Duration::from_micros(2_500),
            p99: Duration::from_millis(130),
        };
        let row = |connections, outcome| Row { workload: "Map", connections, outcome };
        Measured {
            name,
            start: Duration::from_millis(if second.is_some() { 1_500 } else { 15 }),
            resident: Some(20_000_000),
            rows: vec![row(1, Ok(figures)), row(32, second.map_or(Ok(figures), Err))],
        }
    }

    #[test]
    fn a_peer_stands_beside_the_first_and_counts_only_where_it_is_right() {
        let wrong = Wrong::History("ends with PassStateExited".to_owned());
        let servers = [measured("atlas", 5_000.0, None), measured("peer", 20.0, Some(wrong))];
        let mut lines = Vec::new();
        for (index, one) in servers.iter().enumerate() {
            let table = Table::beside(servers.first().filter(|_| index > 0));
            lines.push(table.heading(one.name));
            lines.extend(one.rows.iter().map(|row| table.row(row)));
            lines.push(table.end(one));
        }
        expect![[r#"

            atlas                                   connections  executions/s   CPU each        p50        p99
            Map                                               1          5000   0.190 ms    2.50 ms     130 ms
            Map                                              32          5000   0.190 ms    2.50 ms     130 ms
            process start to first answer              15.00 ms
            resident memory, idle                       20.0 MB

            peer                                    connections  executions/s   CPU each        p50        p99  atlas is better
            Map                                               1          20.0   0.190 ms    2.50 ms     130 ms  × 250
            Map                                              32  not counted: the history ends with PassStateExited
            process start to first answer               1500 ms  × 100
            resident memory, idle                       20.0 MB  × 1.0"#]].assert_eq(&lines.join("\n"));
        let rows = &document(&servers)[1]["workloads"];
        assert_eq!(rows[0]["timesAsManyByTheFirst"], 250.0);
        assert_eq!(rows[1]["wrong"], "the history ends with PassStateExited");
        assert!(rows[1].get("executionsPerSecond").is_none(), "{rows}");
    }
}
