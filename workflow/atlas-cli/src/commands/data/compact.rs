//! `atlas data compact`: a file as small as what it holds.

use std::{path::Path, process::ExitCode};

use atlas_journal::{Compaction, DataFolder};

use crate::{byte_size::human, failure::Outcome};

pub(super) fn run(folder: &Path) -> Outcome {
    let Compaction { bytes_before, bytes_after, revisions } =
        DataFolder::open(folder)?.compact()?;
    eprintln!("{} before, {} now", human(bytes_before), human(bytes_after));
    eprintln!("revisions of machines that no execution refers to, and that are gone: {revisions}");
    Ok(ExitCode::SUCCESS)
}
