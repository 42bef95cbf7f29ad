//! `atlas render`: the lead-to-call definitions as files that SAM, CDK and Terraform take.

use std::{fs, path::Path, process::ExitCode};

use crate::{
    arguments::Render,
    failure::{Failure, Outcome, say},
    source::shown,
};

pub(crate) fn run(arguments: &Render) -> Outcome {
    let folder = &arguments.out;
    let mut stale = Vec::new();
    if !arguments.check {
        fs::create_dir_all(folder).map_err(|error| {
            Failure::ours(format_args!("{}: {error}; expected a folder", shown(folder)))
        })?;
    }
    for (name, text) in definitions::rendered() {
        let path = folder.join(name);
        if is_current(&path, &text) {
            continue;
        }
        if arguments.check {
            stale.push(shown(&path));
            continue;
        }
        fs::write(&path, &text).map_err(|error| {
            Failure::ours(format_args!("{}: cannot be written: {error}", shown(&path)))
        })?;
        say(&format!("wrote {}", shown(&path)));
    }
    if stale.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::theirs(format_args!(
        "missing or stale: {}; `atlas render --out {}` writes them",
        stale.join(", "),
        shown(folder)
    )))
}

fn is_current(path: &Path, text: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|held| held == text)
}
