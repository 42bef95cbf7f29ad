//! The folder, and the lock that lets one process have it.
//!
//! What is kept is personal: a folder that is made here is its owner's alone, and no repository takes it in.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use crate::{
    erasure::{leftovers, shred_leftovers},
    open_error::OpenError,
    private::make_folder,
};

/// Says who uses the folder, while it is locked.
const LOCK: &str = "in-use-by";
/// Lets a repository that the folder is in ignore all of it.
const IGNORE: &str = ".gitignore";
/// Holds everything.
const DATABASE: &str = "journal.redb";

/// A folder that is this process's until this is dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Whether there is anything to take.
    pub(crate) fn has_journal(path: &Path) -> bool {
        path.join(DATABASE).exists()
    }

    /// Makes the folder where it is missing, and takes it.
    pub(crate) fn take(path: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Folder { folder: path.to_owned(), source };
        if !path.exists() {
            make(path).map_err(failed)?;
        }
        let mut lock = OpenOptions::new()
            .create(true)
            .read(true)
            .write(true)
            .truncate(false)
            .open(path.join(LOCK))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Who it is helps, and is no condition.
                let _unreadable = lock.read_to_string(&mut holder);
                let holder = match holder.trim() {
                    "" => "another process".to_owned(),
                    holder => holder.to_owned(),
                };
                return Err(OpenError::InUse { folder: path.to_owned(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        lock.set_len(0).map_err(failed)?;
        lock.seek(SeekFrom::Start(0)).map_err(failed)?;
        writeln!(lock, "process {}", std::process::id()).map_err(failed)?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }

    /// Journals that were replaced or half made by a process that was killed.
    pub(crate) fn leftovers(&self) -> io::Result<Vec<PathBuf>> {
        leftovers(&self.database())
    }

    /// Writes over them, and removes them. Nobody of this process may be at work on them.
    pub(crate) fn shred_leftovers(&self) -> io::Result<()> {
        shred_leftovers(&self.leftovers()?)
    }
}

fn make(path: &Path) -> io::Result<()> {
    make_folder(path)?;
    fs::write(path.join(IGNORE), "*\n")
}
