//! `atlas data import`: an export into a folder again.

use std::{path::Path, process::ExitCode};

use atlas_journal::{DataFolder, Imported};

use super::progress::Progress;
use crate::failure::{Outcome, say};

pub(super) fn run(folder: &Path, from: &Path) -> Outcome {
    // Before a folder is made for nothing.
    std::fs::metadata(from).map_err(|error| {
        crate::failure::Failure::ours(format_args!("cannot read `{}`: {error}", from.display()))
    })?;
    let folder = DataFolder::open_or_make(folder)?;
    let mut progress = Progress::of("files");
    let imported = folder.import(from, &mut |done, all| progress.tell(done, all))?;
    let Imported { executions, documents, unchanged, faults } = imported;
    eprintln!(
        "new executions: {executions}; new machines, activities and tags: {documents}; there before: \
         {unchanged}; refused: {}",
        faults.len()
    );
    for fault in &faults {
        say(&format!("`{}`: {}", fault.file.display(), fault.reason));
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
