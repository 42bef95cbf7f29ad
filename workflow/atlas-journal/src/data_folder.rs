//! A folder that no server has, for whoever looks after what is kept in it.

use std::{
    io,
    path::{Path, PathBuf},
};

use redb::{Database, ReadableDatabase as _};

use crate::{
    contents::ReadError, disk::Disk, folder::Folder, open_error::OpenError, store::prepare,
};

/// A folder that is this process's until this is dropped.
#[derive(Debug)]
pub struct DataFolder {
    pub(crate) folder: Folder,
    pub(crate) database: Database,
}

/// Why a folder cannot be looked after.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// What it holds cannot be read, or not be written.
    #[error("the journal in `{}`: {reason}", folder.display())]
    Journal {
        /// The folder.
        folder: PathBuf,
        /// Why.
        reason: String,
    },
    /// A file beside it cannot be read or written.
    #[error("`{}`: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// An export would be mixed with what is there.
    #[error("`{}` is not empty; expected an empty folder, or one that is not there", .0.display())]
    NotEmpty(PathBuf),
}

impl DataFolder {
    /// Takes a folder that has a journal.
    ///
    /// # Errors
    /// Where it has none, another process has it, it is in a format that is not known, or it cannot be
    /// read.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        if !Folder::has_journal(path) {
            return Err(OpenError::Absent { folder: path.to_owned() });
        }
        Self::open_or_make(path)
    }

    /// Takes a folder, which is made where it is missing.
    ///
    /// # Errors
    /// As `open`, but for one that has no journal.
    pub fn open_or_make(path: &Path) -> Result<Self, OpenError> {
        let folder = Folder::take(path)?;
        let database = Disk::default().create(&folder.database()).map_err(|error| {
            OpenError::Unreadable { folder: path.to_owned(), reason: error.to_string() }
        })?;
        prepare(&database, &folder)?;
        Ok(Self { folder, database })
    }

    pub(crate) fn journal_error(&self, reason: &dyn std::fmt::Display) -> DataError {
        DataError::Journal { folder: self.folder.path().to_owned(), reason: reason.to_string() }
    }

    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&redb::ReadTransaction) -> Result<T, ReadError>,
    ) -> Result<T, DataError> {
        let transaction = self.database.begin_read().map_err(|error| self.journal_error(&error))?;
        read(&transaction).map_err(|error| self.journal_error(&error))
    }

    pub(crate) fn journal_bytes(&self) -> Result<u64, DataError> {
        let path = self.folder.database();
        let about = std::fs::metadata(&path);
        about.map(|about| about.len()).map_err(|source| DataError::File { path, source })
    }
}
