//! Files of exports that are somebody's: of `atlas data export` and of `atlas executions export`, a file for each
//! execution.

use std::{
    collections::BTreeSet,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use atlas_engine::{Concern, Person};

use crate::{failure::Failure, source};

/// What a file of one execution is called at its end.
const EXTENSION: &str = "json";

/// Files of somebody.
#[derive(Debug, Default)]
pub(super) struct ExportedFiles {
    pub(super) theirs: BTreeSet<PathBuf>,
    /// Files that mention them, or of which it is not known what they are.
    pub(super) mentioning: BTreeSet<PathBuf>,
}

impl ExportedFiles {
    /// Looks through folders, and learns the keys of what is theirs.
    pub(super) fn find(folders: &[PathBuf], person: &mut Person) -> Result<Self, Failure> {
        let mut found = Self::default();
        for folder in folders {
            for path in files(folder).map_err(|error| unreadable(folder, &error))? {
                let bytes = fs::read(&path).map_err(|error| unreadable(&path, &error))?;
                let text = String::from_utf8_lossy(&bytes);
                let is_one = path.extension().is_some_and(|it| it == EXTENSION);
                match person.concern(&text) {
                    Concern::None => {}
                    Concern::Theirs if is_one => {
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
            let error = shred(path).err()?;
            Some(format!("{}: cannot be removed: {error}", source::shown(path)))
        });
        faults.collect()
    }
}

fn shred(path: &Path) -> io::Result<()> {
    let length = fs::metadata(path)?.len();
    let mut file = OpenOptions::new().write(true).open(path)?;
    io::copy(&mut io::Read::take(io::repeat(0), length), &mut file)?;
    file.flush()?;
    file.sync_all()?;
    fs::remove_file(path)
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::ours(format_args!("{}: cannot be read: {error}", source::shown(path)))
}
