//! A file in the place of another, whose bytes are written over before its room is free.
//!
//! A disk that writes elsewhere than it is told to (flash, a file system that copies on write, a snapshot) keeps
//! older bytes for a while all the same; only its encryption helps there.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

/// Added to the name of a file that is being written anew.
const REWRITING: &str = "new";
/// Written over at once.
const PIECE: usize = 1 << 20;

/// What a file is called while it is being written anew.
pub(crate) fn rewriting(file: &Path) -> PathBuf {
    file.with_added_extension(REWRITING)
}

/// Puts a whole file in the place of another, and answers with the other.
pub(crate) fn replace(file: &Path, by: &Path) -> io::Result<Replaced> {
    let old = OpenOptions::new().write(true).open(file)?;
    fs::rename(by, file)?;
    #[cfg(unix)]
    if let Some(folder) = file.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(Replaced(old))
}

/// A file that has no name any more.
pub(crate) struct Replaced(File);

impl Replaced {
    /// Writes over all of it. Nobody may read it any more.
    pub(crate) fn shred(mut self) -> io::Result<()> {
        let length = self.0.metadata()?.len();
        self.0.seek(SeekFrom::Start(0))?;
        let nothing = vec![0; PIECE];
        let mut left = length;
        while left > 0 {
            let piece = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
            self.0.write_all(&nothing[..piece])?;
            left -= piece as u64;
        }
        self.0.sync_all()
    }
}
