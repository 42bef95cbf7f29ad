//! The journals of one folder.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    thread::JoinHandle,
};

use atlas_core::Timestamp;
use atlas_engine::{
    Person, PersonalRecords, PhoneHashKey, Place,
    archive::KeptPlace,
    journal::{Journal, JournalError, Journals},
};
use redb::Database;

use crate::{
    contents::{Known, place_name, read, stamp},
    disk::Disk,
    entry::Entry,
    erasure::{Replaced, replace, rewrite, rewriting},
    folder::Folder,
    logs::LogFiles,
    of_place::OfPlace,
    open_error::OpenError,
    open_file::{CurrentFile, Left, OpenFile},
    phone_terms,
    reader::Machines,
    tables::FORMAT,
    upgrade::{BEFORE, upgrade},
    writer::{self, Inbox},
};

/// How a folder is opened.
#[derive(Debug, Clone, Default)]
pub struct StoreOptions {
    /// The disk that it is on.
    pub disk: Disk,
    /// Under which phone numbers are hashed that executions are found by; where absent, a key of the
    /// folder's own. Those of a folder that were hashed under another key are hashed anew.
    pub phone_hash_key: Option<PhoneHashKey>,
}

/// The journals of one folder. When it is dropped, what was taken in is committed first.
#[derive(Debug)]
pub struct Store {
    shared: Arc<Shared>,
    kept: Mutex<Vec<(Place, KeptPlace)>>,
    executions_found: u64,
    writer: Option<JoinHandle<()>>,
    log_files: OnceLock<Arc<LogFiles>>,
    pub(crate) folder: Folder,
}

/// What the journals of all places share with the writer.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) inbox: Inbox,
    pub(crate) machines: Machines,
    pub(crate) phone_hash_key: PhoneHashKey,
    next_number: AtomicU64,
    /// What ended before this moment is forgotten, or about to be, in milliseconds.
    forgets_before: AtomicI64,
    known: Mutex<Known>,
    file: CurrentFile,
}

impl Store {
    /// Takes a folder, which is made where it is missing, and reads what has to be known at once.
    ///
    /// # Errors
    /// Where another process has it, it is in a format that is not known, or it cannot be read.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Self::open_with(path, StoreOptions::default())
    }

    /// The same on a disk that may be smaller, or worse, than it is, or with a key of somebody else's.
    ///
    /// # Errors
    /// As `open`, and where the disk has failed.
    pub fn open_with(path: &Path, options: StoreOptions) -> Result<Self, OpenError> {
        let StoreOptions { disk, phone_hash_key } = options;
        let folder = Folder::take(path)?;
        folder
            .shred_leftovers()
            .map_err(|source| OpenError::Folder { folder: path.to_owned(), source })?;
        let file = folder.database();
        let database = disk.create(&file).map_err(|error| unreadable(&folder, &error))?;
        prepare(&database, &folder)?;
        let (kept, known) = read(&database).map_err(|error| unreadable(&folder, &error))?;
        let executions_found = known.executions;
        let phone_hash_key = phone_terms::settle(&database, phone_hash_key)
            .map_err(|error| unreadable(&folder, &error))?;
        let shared = Arc::new(Shared::new(database, known, phone_hash_key));
        let writing = Arc::clone(&shared);
        let writer = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || {
                writer::write(&writing, || disk.open(&file), |open| anew(open, &disk, &file));
            })
            .map_err(|source| OpenError::Folder { folder: path.to_owned(), source })?;
        let kept = Mutex::new(kept.into_values().collect());
        Ok(Self {
            shared,
            kept,
            executions_found,
            writer: Some(writer),
            log_files: OnceLock::new(),
            folder,
        })
    }

    /// How many executions it held when it was opened.
    pub fn executions_found(&self) -> u64 {
        self.executions_found
    }

    /// How often it has written to the disk and waited for it.
    pub fn commits(&self) -> u64 {
        self.shared.inbox.progress().borrow().commits
    }

    /// The records that machines log into the same folder: whoever is erased is erased there as well.
    pub fn keeps_logs(&self, log_files: Arc<LogFiles>) {
        // They are those of the folder, whoever says so first.
        let _known = self.log_files.set(log_files);
    }

    pub(crate) fn log_files(&self) -> Option<&LogFiles> {
        self.log_files.get().map(|files| &**files)
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }
}

/// A file of the same rows in the place of another, and the other.
fn anew(open: &Database, disk: &Disk, file: &Path) -> Result<(Database, Replaced), String> {
    let beside = rewriting(file);
    let fresh = disk.make_anew(&beside).map_err(|error| error.to_string())?;
    rewrite(open, &fresh).map_err(|error| error.to_string())?;
    let replaced = replace(file, &beside).map_err(|error| error.to_string())?;
    Ok((fresh, replaced))
}

impl Drop for Store {
    fn drop(&mut self) {
        self.shared.inbox.close();
        if let Some(writer) = self.writer.take() {
            // One that panicked has nothing left to commit.
            let _ended = writer.join();
        }
        // Also where somebody still has a journal of it: the next process may open the file.
        self.shared.close_database();
    }
}

impl Journals for Store {
    fn of(&self, place: &Place) -> Arc<dyn Journal> {
        let number = self.shared.number_of(place);
        Arc::new(OfPlace::new(Arc::clone(&self.shared), place.clone(), number))
    }

    fn kept(&self) -> Result<Vec<(Place, KeptPlace)>, JournalError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(std::mem::take(&mut *kept))
    }

    fn find_person(&self, person: &mut Person) -> Result<PersonalRecords, JournalError> {
        self.find_person_in_folder(person)
    }

    fn erase_person(&self, person: &Person, found: &PersonalRecords) -> Result<(), JournalError> {
        self.erase_person_from_folder(person, found)
    }
}

impl Shared {
    pub(crate) fn new(database: Database, known: Known, phone_hash_key: PhoneHashKey) -> Self {
        Self {
            inbox: Inbox::default(),
            machines: Machines::default(),
            phone_hash_key,
            next_number: AtomicU64::new(known.next_number),
            forgets_before: AtomicI64::new(i64::MIN),
            known: Mutex::new(known),
            file: CurrentFile::new(database),
        }
    }

    /// The number of a place, which is given one where it is new.
    fn number_of(&self, place: &Place) -> u32 {
        let name = place_name(&place.region, &place.account);
        let mut known = self.known();
        let next = u32::try_from(known.places.len()).unwrap_or(u32::MAX);
        let number = *known.places.entry(name.clone()).or_insert(next);
        if number == next {
            self.inbox.put([Entry::Place { name, number }]);
        }
        number
    }

    /// Has a machine's revision written where it is new to the file. Nobody refers to it before it has its
    /// place in the order.
    pub(crate) fn keep_machine(&self, key: String, document: impl FnOnce() -> String) {
        let mut known = self.known();
        if !known.machines.contains(&key) {
            known.machines.insert(key.clone());
            self.inbox.put([Entry::Machine { key, document: document() }]);
        }
    }

    /// The place of the next execution among all.
    pub(crate) fn next_number(&self) -> u64 {
        self.next_number.fetch_add(1, Ordering::Relaxed)
    }

    /// From now on, what ended before this moment is forgotten.
    pub(crate) fn forget_before(&self, moment: Timestamp) {
        self.forgets_before.fetch_max(moment.as_millis(), Ordering::AcqRel);
    }

    pub(crate) fn forgets_before(&self) -> Timestamp {
        Timestamp::from_millis(self.forgets_before.load(Ordering::Acquire))
    }

    /// The file, where it can be used now.
    pub(crate) fn database(&self) -> Option<Arc<OpenFile>> {
        self.file.get()
    }

    pub(crate) fn close_database(&self) {
        self.file.close();
    }

    /// From now on this is the file; answers when the one before is no longer read.
    pub(crate) fn use_database(&self, database: Database) -> Option<Left> {
        self.file.replace(database)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unreadable(folder: &Folder, reason: &dyn std::fmt::Display) -> OpenError {
    OpenError::Unreadable { folder: folder.path().to_owned(), reason: reason.to_string() }
}

/// Writes the format into a new file, brings one of the format before up to date, and refuses others.
pub(crate) fn prepare(database: &Database, folder: &Folder) -> Result<(), OpenError> {
    let found = stamp(database).map_err(|error| unreadable(folder, &error))?;
    match found {
        FORMAT => return Ok(()),
        BEFORE => return upgrade(database).map_err(|error| unreadable(folder, &error)),
        _ => {}
    }
    Err(OpenError::Format { folder: folder.path().to_owned(), found, expected: FORMAT })
}
