//! `atlas data stats`: how much a folder holds, and of what.

use std::{
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use atlas_core::Timestamp;
use atlas_engine::archive::Status;
use atlas_journal::{ByStatus, DataFolder, Stats};
use serde_json::{Map, Value, json};

use crate::{byte_size::human, failure::Outcome, label::clean};

pub(super) fn run(folder: &Path, as_json: bool) -> Outcome {
    let stats = DataFolder::open(folder)?.stats()?;
    let mut out = io::stdout().lock();
    if as_json {
        serde_json::to_writer_pretty(&mut out, &document(folder, &stats))
            .map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        for line in lines(folder, &stats) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn lines(folder: &Path, stats: &Stats) -> Vec<String> {
    let row = |name: &str, value: String| format!("{name:<12} {value}");
    let moment = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), |at| at.to_string());
    let mut lines = vec![
        row("folder", format!("{}, format {}", clean(&folder.display().to_string()), stats.format)),
        row(
            "journal",
            format!(
                "{}, of which {} are free and {} lost between records",
                human(stats.journal_bytes),
                human(stats.free_bytes),
                human(stats.fragmented_bytes)
            ),
        ),
        row("logs", human(stats.log_bytes)),
        row("executions", stats.executions.values().sum::<u64>().to_string()),
        row("first began", moment(stats.oldest)),
        row("last began", moment(stats.newest)),
        row("awake", stats.awake.to_string()),
        row("resting", stats.resting.to_string()),
        row("next goes on", moment(stats.next_deadline)),
        row("task tokens", stats.tokens.to_string()),
        row("revisions", stats.revisions.to_string()),
    ];
    if stats.machines.is_empty() {
        return lines;
    }
    lines.push(String::new());
    lines.push(columns(|status| status.as_str().to_owned(), "machine"));
    for (arn, executions) in &stats.machines {
        lines.push(columns(|status| count(executions, status).to_string(), &clean(arn)));
    }
    lines.push(columns(|status| count(&stats.executions, status).to_string(), "all"));
    lines
}

/// A column for each status, and what they are of.
fn columns(cell: impl Fn(Status) -> String, of: &str) -> String {
    let cells = Status::ALL.map(|status| format!("{:>10}", cell(status)));
    format!("{}  {of}", cells.concat())
}

fn count(executions: &ByStatus, status: Status) -> u64 {
    executions.get(&status).copied().unwrap_or_default()
}

fn document(folder: &Path, stats: &Stats) -> Value {
    let by_status = |executions: &ByStatus| {
        let counts =
            Status::ALL.map(|one| (one.as_str().to_owned(), count(executions, one).into()));
        Value::Object(Map::from_iter(counts))
    };
    let machines = stats.machines.iter();
    let machines = machines.map(|(arn, executions)| (arn.to_string(), by_status(executions)));
    let moment = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "folder": folder.display().to_string(),
        "format": stats.format,
        "journalBytes": stats.journal_bytes,
        "freeBytes": stats.free_bytes,
        "fragmentedBytes": stats.fragmented_bytes,
        "logBytes": stats.log_bytes,
        "executions": by_status(&stats.executions),
        "machines": Value::Object(machines.collect()),
        "revisions": stats.revisions,
        "oldest": moment(stats.oldest),
        "newest": moment(stats.newest),
        "awake": stats.awake,
        "resting": stats.resting,
        "nextDeadline": moment(stats.next_deadline),
        "taskTokens": stats.tokens,
    })
}
