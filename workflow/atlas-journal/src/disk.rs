//! The disk that a journal is on: as it is, or smaller and worse than it is, so that it can be tried what
//! a full disk, a failing one, or the loss of power does to executions.

mod held_back;

mod limited;

mod unreliable;

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::Path,
    sync::Arc,
};

use redb::{Database, DatabaseError, StorageBackend, backends::FileBackend};

use self::limited::Limited;

pub(crate) use self::unreliable::{Chance, Unreliable};

/// Added to the name of a file that is not whole yet.
const UNFINISHED: &str = "new";
/// Of what was read or written last, so much stays in memory.
const CACHED_BYTES: usize = 32 << 20;

/// The disk that a journal is on.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    most_bytes: Option<u64>,
    chance: Option<Arc<Chance>>,
}

/// How a disk fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskFault {
    /// At one of its operations the power fails: of what was not synced, some is on the disk and some is
    /// not, the last of it in part. The process is aborted.
    PowerLoss,
    /// A sync fails now and then: some of what was not synced is on the disk, and nothing can be done
    /// with the file before it is opened anew.
    FailingSync,
}

impl Disk {
    /// The same disk with room for this many bytes of a journal.
    #[must_use]
    pub fn with_room_for(self, bytes: u64) -> Self {
        Self { most_bytes: Some(bytes), ..self }
    }

    /// The same disk with these faults. The seed decides when and how they come.
    #[must_use]
    pub fn with_faults(self, faults: &[DiskFault], seed: u64) -> Self {
        let chance = Chance::new(faults, seed);
        Self { chance: (!faults.is_empty()).then(|| Arc::new(chance)), ..self }
    }

    /// Opens a file, which is made where it is missing.
    pub(crate) fn create(&self, file: &Path) -> Result<Database, DatabaseError> {
        if !file.exists() {
            self.make(file)?;
        }
        self.open(file)
    }

    /// Opens a file that is there.
    pub(crate) fn open(&self, file: &Path) -> Result<Database, DatabaseError> {
        self.database(file, OpenOptions::new().read(true).write(true))
    }

    /// A new file in the place of whatever is there.
    pub(crate) fn make_anew(&self, file: &Path) -> Result<Database, DatabaseError> {
        self.database(file, OpenOptions::new().read(true).write(true).create(true).truncate(true))
    }

    /// Makes a file under another name until it is whole: redb opens none that a crash left half made.
    fn make(&self, file: &Path) -> Result<(), DatabaseError> {
        let unfinished = file.with_added_extension(UNFINISHED);
        let mut options = OpenOptions::new();
        drop(
            self.database(&unfinished, options.read(true).write(true).create(true).truncate(true))?,
        );
        fs::rename(&unfinished, file)?;
        sync_folder_of(file)?;
        Ok(())
    }

    fn database(&self, path: &Path, how: &OpenOptions) -> Result<Database, DatabaseError> {
        let file = how.open(path)?;
        read_from_the_disk(&file)?;
        let file = FileBackend::new(file)?;
        match &self.chance {
            None => self.on(file),
            Some(chance) => self.on(Unreliable::new(file, Arc::clone(chance))?),
        }
    }

    fn on(&self, disk: impl StorageBackend) -> Result<Database, DatabaseError> {
        let mut builder = Database::builder();
        builder.set_cache_size(CACHED_BYTES);
        match self.most_bytes {
            None => builder.create_with_backend(disk),
            Some(most) => builder.create_with_backend(Limited::to(most, disk)),
        }
    }
}

/// After a sync that failed Linux shows pages that never reached the disk, and takes them for written: they
/// are read again from there.
#[cfg(target_os = "linux")]
fn read_from_the_disk(file: &File) -> io::Result<()> {
    rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed)?;
    Ok(())
}

/// Elsewhere nobody can be asked for that.
#[cfg(not(target_os = "linux"))]
fn read_from_the_disk(_file: &File) -> io::Result<()> {
    Ok(())
}

/// A file that was made or renamed is there after a loss of power only once its folder was synced.
#[cfg(unix)]
fn sync_folder_of(file: &Path) -> io::Result<()> {
    let folder = file.parent().expect("it is in the folder of the journal");
    File::open(folder)?.sync_all()
}

/// A folder cannot be synced here.
#[cfg(not(unix))]
fn sync_folder_of(_file: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
