//! Files that a command writes and that are kept: written where they differ, or only looked at.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use crate::{
    failure::{Failure, Outcome, say},
    source::shown,
};

/// What is to stand in a folder.
pub(crate) struct Kept<'a> {
    pub(crate) folder: &'a PathBuf,
    pub(crate) files: Vec<(String, String)>,
    /// Write nothing, and fail where a file is missing or differs.
    pub(crate) check: bool,
    /// The command that writes them.
    pub(crate) command: &'a str,
}

pub(crate) fn keep(kept: &Kept<'_>) -> Outcome {
    let Kept { folder, files, check, command } = kept;
    let mut stale = Vec::new();
    if !check {
        fs::create_dir_all(folder).map_err(|error| {
            Failure::ours(format_args!("{}: {error}; expected a folder", shown(folder)))
        })?;
    }
    for (name, text) in files {
        let path = folder.join(name);
        if is_current(&path, text) {
            continue;
        }
        if *check {
            stale.push(shown(&path));
            continue;
        }
        fs::write(&path, text).map_err(|error| {
            Failure::ours(format_args!("{}: cannot be written: {error}", shown(&path)))
        })?;
        say(&format!("wrote {}", shown(&path)));
    }
    if stale.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::theirs(format_args!(
        "missing or stale: {}; `{command} --out {}` writes them",
        stale.join(", "),
        shown(folder)
    )))
}

fn is_current(path: &Path, text: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|held| held == text)
}
