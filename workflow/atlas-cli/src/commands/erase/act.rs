//! Erases what was found. The records go last, and stay where something before them fails: by them the rest is
//! found again. Whatever fails, the report is told, for it says what is left to do elsewhere.

use atlas_engine::Person;
use handlers::records::KeptInteraction;
use serde_json::Value;

use super::{
    Part, Report,
    executions::{Executions, Found},
    exported::ExportedFiles,
    records::{Queues, Records},
};
use crate::failure::Failure;

/// What was found.
pub(super) struct All<'a> {
    pub(super) found: &'a Found,
    pub(super) exported: &'a ExportedFiles,
    pub(super) records: Option<&'a Records>,
    pub(super) kept: &'a [KeptInteraction],
    pub(super) queues: &'a Queues,
}

pub(super) async fn act(
    executions: Executions,
    (person, question): (&Person, &Value),
    all: All<'_>,
    report: &mut Report,
) {
    let done = stop_and_erase(executions, person, question, all.found).await;
    if let Err(fault) = &done {
        report.failed.push(format!("executions and what they logged: {}", fault.words()));
        report.withdraw(Part::Executions);
    }
    let faults = all.exported.erase();
    if !faults.is_empty() {
        report.withdraw(Part::Files);
    }
    let is_whole = done.is_ok() && faults.is_empty();
    report.failed.extend(faults);
    match all.records {
        Some(records) if is_whole => {
            records.erase(all.kept, person, all.queues, report).await;
        }
        Some(_) => report.withdraw(Part::Records),
        None => {}
    }
}

async fn stop_and_erase(
    executions: Executions,
    person: &Person,
    question: &Value,
    found: &Found,
) -> Result<(), Failure> {
    executions.stop(found).await?;
    executions.erase(person, question, found).await
}
