//! The journals of one folder.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
};

use atlas_asl::model::ExecutionType;
use atlas_core::{Event, Identity};
use atlas_engine::{
    KeptMachine, Place,
    journal::{
        Introduction, Journal, JournalError, Journals, KeptPlace, Refusing, Settling, Shelf,
    },
};
use redb::Database;

use crate::{
    contents::{ByPlace, Known, SEPARATOR, read, stamp},
    folder::Folder,
    header::Header,
    open_error::OpenError,
    record,
    tables::FORMAT,
    writer::{self, Entry, Inbox},
};

/// The journals of one folder. When it is dropped, what was taken in is committed first.
#[derive(Debug)]
pub struct Store {
    shared: Arc<Shared>,
    kept: Mutex<ByPlace>,
    writer: Option<JoinHandle<()>>,
    _folder: Folder,
}

#[derive(Debug)]
struct Shared {
    inbox: Inbox,
    known: Mutex<Known>,
}

impl Store {
    /// Takes a folder, which is made where it is missing, and reads what it holds.
    ///
    /// # Errors
    /// Where another process has it, it is in a format that is not known, or it cannot be read.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let folder = Folder::take(path)?;
        let file = folder.database();
        let database = Database::create(&file).map_err(|error| unreadable(&folder, &error))?;
        prepare(&database, &folder)?;
        let (kept, known) = read(&database).map_err(|error| unreadable(&folder, &error))?;
        let shared = Arc::new(Shared { inbox: Inbox::default(), known: Mutex::new(known) });
        let writing = Arc::clone(&shared);
        let writer = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || writer::write(&writing.inbox, database, || Database::open(&file)))
            .map_err(|source| OpenError::Folder { folder: path.to_owned(), source })?;
        Ok(Self { shared, kept: Mutex::new(kept), writer: Some(writer), _folder: folder })
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.shared.inbox.close();
        if let Some(writer) = self.writer.take() {
            // One that panicked has nothing left to commit.
            let _ended = writer.join();
        }
    }
}

impl Journals for Store {
    fn of(&self, place: &Place) -> Arc<dyn Journal> {
        Arc::new(OfPlace { shared: Arc::clone(&self.shared), place: place.clone() })
    }

    fn kept(&self) -> Result<Vec<(Place, KeptPlace)>, JournalError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = std::mem::take(&mut *kept).into_iter();
        Ok(kept.map(|((region, account), kept)| (Place { region, account }, kept)).collect())
    }
}

/// The journal of one place.
struct OfPlace {
    shared: Arc<Shared>,
    place: Place,
}

impl OfPlace {
    /// What runs goes on and waits for room on the disk; nothing new begins without it.
    fn admit(&self, name: &str) -> Result<(), JournalError> {
        match self.shared.inbox.refusal() {
            Some(reason) => Err(failed(name, &reason)),
            None => Ok(()),
        }
    }
}

impl Journal for OfPlace {
    fn introduce(&self, execution: &Introduction<'_>) -> Result<(), JournalError> {
        if !is_kept(execution.identity) {
            return Ok(());
        }
        let arn = &execution.identity.execution_arn;
        self.admit(arn)?;
        let header = Header::new(&self.place, execution);
        let mut entries = Vec::new();
        // Nobody refers to a machine before it has its place.
        let mut known = self.shared.known();
        if known.machines.insert(header.machine.clone()) {
            let document = json(&KeptMachine::from(execution.machine));
            entries.push(Entry::Machine { key: header.machine.clone(), document });
        }
        let number = known.next_number;
        known.next_number += 1;
        known.executions.insert(Arc::clone(arn), (number, 0));
        entries.push(Entry::Execution { number, header: json(&header) });
        self.shared.inbox.put(entries);
        Ok(())
    }

    fn append(&self, identity: &Identity, event: &Event) -> Result<(), JournalError> {
        if !is_kept(identity) {
            return Ok(());
        }
        let line = record::line(event);
        let arn = &identity.execution_arn;
        let (number, place) = {
            let mut known = self.shared.known();
            let Some((number, facts)) = known.executions.get_mut(arn) else {
                return Err(failed(arn, "it was not introduced"));
            };
            let place = *facts;
            *facts += 1;
            (*number, place)
        };
        self.shared.inbox.put([Entry::Fact { number, place, line }]);
        Ok(())
    }

    fn keep(&self, shelf: Shelf, name: &str, document: Option<String>) -> Result<(), JournalError> {
        self.admit(name)?;
        let Place { region, account } = &self.place;
        let parts = [&**region, &**account, shelf.as_str(), name];
        let full_name = parts.join(&SEPARATOR.to_string());
        self.shared.inbox.put([Entry::Document { name: full_name, document }]);
        Ok(())
    }

    fn is_durable(&self) -> bool {
        true
    }

    fn settled(&self) -> Settling {
        let wanted = self.shared.inbox.taken_in();
        let mut progress = self.shared.inbox.progress();
        Box::pin(async move {
            // A store that is gone commits nothing more: whoever waits for it waits for ever.
            if progress.wait_for(|progress| progress.committed >= wanted).await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }

    fn refused(&self) -> Refusing {
        let mut progress = self.shared.inbox.progress();
        Box::pin(async move {
            let reason = match progress.wait_for(|progress| progress.failing.is_some()).await {
                Ok(progress) => progress.failing.clone(),
                Err(_gone) => None,
            };
            match reason {
                Some(reason) => failed("", &reason),
                None => std::future::pending().await,
            }
        })
    }
}

impl Shared {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// AWS keeps nothing of an EXPRESS execution either: it may run more than once.
fn is_kept(identity: &Identity) -> bool {
    identity.execution_type == ExecutionType::Standard
}

fn failed(execution_arn: &str, reason: &str) -> JournalError {
    JournalError { execution_arn: execution_arn.to_owned(), reason: reason.to_owned() }
}

fn json(document: &impl serde::Serialize) -> String {
    serde_json::to_string(document).expect("what is kept has text keys only")
}

fn unreadable(folder: &Folder, reason: &dyn std::fmt::Display) -> OpenError {
    OpenError::Unreadable { folder: folder.path().to_owned(), reason: reason.to_string() }
}

/// Writes the format into a new file, and refuses one of another format.
fn prepare(database: &Database, folder: &Folder) -> Result<(), OpenError> {
    let found = stamp(database).map_err(|error| unreadable(folder, &error))?;
    if found == FORMAT {
        return Ok(());
    }
    Err(OpenError::Format { folder: folder.path().to_owned(), found, expected: FORMAT })
}
