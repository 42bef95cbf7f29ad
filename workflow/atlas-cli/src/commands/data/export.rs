//! `atlas data export`: a folder as files that anybody can read.

use std::{process::ExitCode, time::SystemTime};

use atlas_core::Timestamp;
use atlas_journal::{DataFolder, Exported, Filter};

use super::progress::Progress;
use crate::{
    arguments::Export,
    failure::{Outcome, say},
};

pub(super) fn run(arguments: &Export) -> Outcome {
    let filter = Filter {
        machine: arguments.machine.clone(),
        status: arguments.status,
        began_since: arguments.since.map(ago),
    };
    let folder = DataFolder::open(&arguments.folder.data)?;
    let mut progress = Progress::of("executions");
    let mut tell = |done, all| progress.tell(done, all);
    let exported = folder.export(&arguments.to, &filter, &mut tell)?;
    let Exported { executions, documents, faults } = exported;
    eprintln!(
        "executions: {executions}; machines, activities and tags: {documents}; in `{}`, which holds \
         what executions were given and answered",
        arguments.to.display()
    );
    for fault in &faults {
        say(&format!("not exported: {fault}"));
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The moment that lies so many milliseconds back.
fn ago(length: i64) -> Timestamp {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(now.saturating_sub(length))
}
