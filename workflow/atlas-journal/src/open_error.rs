//! Why a folder cannot be used.

use std::{io, path::PathBuf};

/// Why a folder cannot be used as a journal.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made, or its lock not be taken.
    #[error("cannot use `{}` to keep executions: {source}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// Nothing was ever kept in it.
    #[error("`{}` keeps no executions; `atlas dev` makes such a folder", folder.display())]
    Absent {
        /// The folder.
        folder: PathBuf,
    },
    /// Another process uses it.
    #[error("`{}` is in use by {holder}, which has to stop first", folder.display())]
    InUse {
        /// The folder.
        folder: PathBuf,
        /// Who holds it.
        holder: String,
    },
    /// It was written in a format that this program does not know.
    #[error(
        "`{}` is in format {found} and this program reads format {expected}; use the program that wrote \
         it, or a newer one",
        folder.display()
    )]
    Format {
        /// The folder.
        folder: PathBuf,
        /// Its format.
        found: u64,
        /// The format of this program.
        expected: u64,
    },
    /// What it holds cannot be read.
    #[error("the journal in `{}` cannot be read: {reason}", folder.display())]
    Unreadable {
        /// The folder.
        folder: PathBuf,
        /// Why.
        reason: String,
    },
}
