//! Files of exports that are somebody's: of `atlas data export` and of `atlas executions export`, a file for each
//! execution. Any other file may hold more than what is theirs, and a link leads to what is somewhere else: they
//! are named, and never touched.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use atlas_engine::{Concern, Person};
use atlas_journal::{EXECUTION_FORMAT, shred_file};
use serde_json::Value;

use crate::{failure::Failure, source};

/// What `atlas executions export` writes of an execution.
const EXECUTIONS_EXPORT: [&str; 3] = ["execution", "definition", "history"];

/// Files of somebody.
#[derive(Debug, Default)]
pub(super) struct ExportedFiles {
    pub(super) theirs: BTreeSet<PathBuf>,
    /// Files that mention them or hold more than what is theirs, and links that nobody followed.
    pub(super) mentioning: BTreeSet<PathBuf>,
}

impl ExportedFiles {
    /// Looks through folders, and learns the keys of what is theirs.
    pub(super) fn find(folders: &[PathBuf], person: &mut Person) -> Result<Self, Failure> {
        let mut found = Self::default();
        for folder in folders {
            for Entry { path, is_link } in
                entries(folder).map_err(|error| unreadable(folder, &error))?
            {
                if is_link && !leads_to_a_file(&path) {
                    // Nobody looks through what is somewhere else.
                    found.mentioning.insert(path);
                    continue;
                }
                let bytes = fs::read(&path).map_err(|error| unreadable(&path, &error))?;
                let text = String::from_utf8_lossy(&bytes);
                match person.concern(&text) {
                    Concern::None => {}
                    Concern::Theirs if !is_link && is_of_one_execution(&text) => {
                        person.learn_from(&text);
                        found.theirs.insert(path);
                    }
                    Concern::Theirs | Concern::Mentioned => {
                        found.mentioning.insert(path);
                    }
                }
            }
        }
        Ok(found)
    }

    /// Writes over them, and removes them; answers with what cannot be removed.
    pub(super) fn erase(&self) -> Vec<String> {
        let faults = self.theirs.iter().filter_map(|path| {
            let error = shred_file(path).err()?;
            Some(format!("{}: cannot be removed: {error}", source::shown(path)))
        });
        faults.collect()
    }
}

/// Whether a file is what an export writes of one execution, and nothing beside it.
fn is_of_one_execution(text: &str) -> bool {
    let Ok(Value::Object(members)) = serde_json::from_str::<Value>(text) else { return false };
    let of_data = members.get("format").is_some_and(|format| format == EXECUTION_FORMAT)
        && members.get("executionArn").is_some_and(Value::is_string);
    let is_alone = members.len() == EXECUTIONS_EXPORT.len()
        && EXECUTIONS_EXPORT.iter().all(|name| members.contains_key(*name));
    let of_executions = is_alone
        && members["execution"]["executionArn"].is_string()
        && members["history"].is_array();
    of_data || of_executions
}

fn leads_to_a_file(link: &Path) -> bool {
    fs::metadata(link).is_ok_and(|about| about.is_file())
}

/// A file, or a link to whatever it is.
struct Entry {
    path: PathBuf,
    is_link: bool,
}

fn entries(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() || kind.is_symlink() {
                // A pipe or a socket holds nothing, and would never end.
                found.push(Entry { path, is_link: kind.is_symlink() });
            }
        }
    }
    Ok(found)
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::ours(format_args!("{}: cannot be read: {error}", source::shown(path)))
}
