//! Taking an export into a folder again.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    ops::Add as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use atlas_core::Event;
use atlas_engine::{
    KeptMachine, PhoneHashKey,
    archive::{Stage, Status},
    check_kept,
    journal::Shelf,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    batch,
    contents::{self, Known, place_name},
    data_folder::{DataError, DataFolder},
    entry::{Begun, Entry, Noted},
    export::{DOCUMENT_FORMAT, DocumentFile, EXECUTION_FORMAT, JournalPart, VERSION},
    header::{self, Header},
    index, phone_terms,
    reader::{self, Machines},
    record,
    replay::{Programs, replay},
    stage,
    tables::{ARNS, DOCUMENTS, MACHINES, MAP_RUNS, ROWS_FORMAT, SEPARATOR, TOKENS},
};

/// About so many bytes are committed together.
const AT_ONCE: usize = 16 << 20;

/// What became of the files.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Executions that are new.
    pub executions: u64,
    /// Machines, activities and sets of tags that are new.
    pub documents: u64,
    /// Files of what was there before, and is the same.
    pub unchanged: u64,
    /// Files that were not taken.
    pub faults: Vec<Fault>,
}

/// A file that was not taken: nothing of it was.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

impl DataFolder {
    /// Takes all files of an export, or one. What is there already and differs stays as it is. `progress`
    /// is told how many files were looked at, and of how many.
    ///
    /// # Errors
    /// Where there is no such folder, or the journal cannot be read or written.
    pub fn import(
        &self,
        from: &Path,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Imported, DataError> {
        let files = files(from)?;
        let contents = contents::read(&self.database);
        let (_, known) = contents.map_err(|error| self.journal_error(&error))?;
        let own_key = phone_terms::own_key(&self.database);
        let phone_hash_key = own_key.map_err(|error| self.journal_error(&error))?;
        if phone_hash_key.is_none() {
            self.unsettle_phones().map_err(|error| self.journal_error(&error))?;
        }
        let mut import = Import {
            folder: self,
            known,
            phone_hash_key,
            entries: Vec::new(),
            counted: (0, 0),
            waiting: HashSet::new(),
            machines: Machines::default(),
            revisions: HashMap::new(),
            programs: Programs::default(),
            imported: Imported::default(),
        };
        let count = u64::try_from(files.len()).unwrap_or(u64::MAX);
        for (at, file) in (0..).zip(files) {
            progress(at, count);
            match import.take(&file) {
                Ok(()) => {}
                Err(Refused::Journal(error)) => return Err(error),
                Err(Refused::File(reason)) => import.imported.faults.push(Fault { file, reason }),
            }
        }
        import.commit()?;
        progress(count, count);
        Ok(import.imported)
    }
}

impl DataFolder {
    /// Before anything is imported whose numbers are not hashed.
    fn unsettle_phones(&self) -> Result<(), contents::ReadError> {
        let transaction = self.database.begin_write()?;
        phone_terms::unsettle(&transaction)?;
        transaction.commit()?;
        Ok(())
    }
}

/// The files below a folder: those of executions come last, in the order in which these began.
fn files(from: &Path) -> Result<Vec<PathBuf>, DataError> {
    let mut found = Vec::new();
    let mut unseen = vec![from.to_owned()];
    while let Some(path) = unseen.pop() {
        let listed = || -> io::Result<Option<Vec<PathBuf>>> {
            // A link may lead back to where it is.
            let about =
                if path == from { fs::metadata(&path) } else { fs::symlink_metadata(&path) };
            if !about?.is_dir() {
                return Ok(None);
            }
            let entries = fs::read_dir(&path)?.map(|entry| Ok(entry?.path()));
            entries.collect::<io::Result<_>>().map(Some)
        };
        match listed() {
            Ok(Some(entries)) => unseen.extend(entries),
            Ok(None) if path == from || path.extension().is_some_and(|it| it == "json") => {
                found.push(path);
            }
            // What explains the others.
            Ok(None) => {}
            Err(source) => return Err(DataError::File { path, source }),
        }
    }
    found.sort_by_cached_key(|path| {
        let is_execution = path.components().any(|part| part.as_os_str() == "executions");
        (is_execution, path.file_name().map(ToOwned::to_owned), path.clone())
    });
    Ok(found)
}

/// What is told of a file before anything else.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u64,
}

/// What is read of the file of an execution.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExecutionToRead {
    execution_arn: String,
    journal: JournalPart,
}

/// Why a file is not taken.
enum Refused {
    Journal(DataError),
    File(String),
}

impl From<DataError> for Refused {
    fn from(error: DataError) -> Self {
        Self::Journal(error)
    }
}

fn refused(reason: impl Into<String>) -> Refused {
    Refused::File(reason.into())
}

fn read<T: DeserializeOwned>(place: &str, value: &Value) -> Result<T, Refused> {
    T::deserialize(value).map_err(|error| refused(format!("`{place}`: {error}")))
}

struct Import<'a> {
    folder: &'a DataFolder,
    known: Known,
    /// The folder's own key; where it has none, phone numbers are hashed once it is opened with one.
    phone_hash_key: Option<PhoneHashKey>,
    /// What is to be committed.
    entries: Vec<Entry>,
    /// How many of them were counted, and their bytes.
    counted: (usize, usize),
    /// The ARNs that are in it.
    waiting: HashSet<String>,
    machines: Machines,
    /// Those of the files, by revision.
    revisions: HashMap<String, Value>,
    programs: Programs,
    imported: Imported,
}

/// An execution of a file, which makes sense.
struct Sound {
    header: header::Read,
    machine: KeptMachine,
    stage: Stage,
    events: Vec<Event>,
}

impl Import<'_> {
    fn take(&mut self, file: &Path) -> Result<(), Refused> {
        let text = fs::read_to_string(file).map_err(|error| refused(error.to_string()))?;
        let head: Head = serde_json::from_str(&text).map_err(|error| {
            refused(format!("it is no export of Atlas: {error}; expected `format` and `version`"))
        })?;
        if head.version != VERSION {
            return Err(refused(format!(
                "it is in version {} and this program reads version {VERSION}",
                head.version
            )));
        }
        let whole = |error: serde_json::Error| refused(error.to_string());
        match &*head.format {
            EXECUTION_FORMAT => self.take_execution(serde_json::from_str(&text).map_err(whole)?),
            DOCUMENT_FORMAT => self.take_document(serde_json::from_str(&text).map_err(whole)?),
            other => Err(refused(format!(
                "its format is `{other}`; expected `{EXECUTION_FORMAT}` or `{DOCUMENT_FORMAT}`"
            ))),
        }
    }

    fn take_document(&mut self, file: DocumentFile) -> Result<(), Refused> {
        let DocumentFile { shelf: shelf_name, region, account, arn, document, .. } = file;
        let shelf = Shelf::ALL.into_iter().find(|shelf| shelf.as_str() == shelf_name);
        let shelf = shelf.ok_or_else(|| {
            refused(format!("`shelf` is `{shelf_name}`; expected machines, activities or tags"))
        })?;
        check_names(&[&region, &account, &arn])?;
        let text = document.to_string();
        check_kept(shelf, &arn, &text)
            .map_err(|reason| refused(format!("`document`: {reason}")))?;
        let name = [&*region, &*account, shelf.as_str(), &*arn].join(&SEPARATOR.to_string());
        self.commit_before(&name)?;
        let known = self.folder.read(|transaction| {
            let documents = transaction.open_table(DOCUMENTS)?;
            Ok(documents.get(&*name)?.map(|document| document.value().to_owned()))
        })?;
        match known {
            Some(known) if serde_json::from_str::<Value>(&known).ok() == Some(document) => {
                self.imported.unchanged += 1;
            }
            Some(_) => return Err(refused(format!("`{arn}` is there already, and differs"))),
            None => {
                self.place(&region, &account);
                self.waiting.insert(name.clone());
                self.entries.push(Entry::Document { name, document: Some(text) });
                self.imported.documents += 1;
            }
        }
        self.commit_where_full()
    }

    fn take_execution(&mut self, file: ExecutionToRead) -> Result<(), Refused> {
        let ExecutionToRead { execution_arn, journal } = file;
        let sound = self.check(&execution_arn, &journal)?;
        self.commit_before(&execution_arn)?;
        match self.known_part(&execution_arn)? {
            Some(known) if known == journal => self.imported.unchanged += 1,
            Some(_) => {
                return Err(refused(format!("`{execution_arn}` is there already, and differs")));
            }
            None => {
                self.check_revision(&sound.machine.key(), &journal.machine)?;
                self.check_unused(&journal)?;
                self.waiting.insert(execution_arn);
                self.add(sound, journal);
                self.imported.executions += 1;
            }
        }
        self.commit_where_full()
    }

    /// The execution of a file, where all parts of it fit together.
    fn check(&self, execution_arn: &str, journal: &JournalPart) -> Result<Sound, Refused> {
        if journal.folder_format != ROWS_FORMAT {
            return Err(refused(format!(
                "`journal.folderFormat` is {}; expected {ROWS_FORMAT}",
                journal.folder_format
            )));
        }
        let header: Header = read("journal.header", &journal.header)?;
        let revision = header.revision().to_owned();
        let header = header.read();
        let identity = &header.identity;
        if *identity.execution_arn != *execution_arn {
            return Err(refused(format!(
                "`executionArn` is `{execution_arn}`, and `journal.header` is of `{}`",
                identity.execution_arn
            )));
        }
        check_names(&[
            execution_arn,
            &identity.state_machine_arn,
            &header.place.region,
            &header.place.account,
        ])?;
        let machine: KeptMachine = read("journal.machine", &journal.machine)?;
        if machine.key() != revision {
            return Err(refused(format!(
                "`journal.machine` is `{}`, and the execution began with `{revision}`",
                machine.key()
            )));
        }
        let in_stage = |error: &dyn std::fmt::Display| refused(format!("`journal.stage`: {error}"));
        let stage = stage::read(&journal.stage.to_string()).map_err(|error| in_stage(&error))?;
        let mut events = Vec::new();
        for (place, fact) in journal.facts.iter().enumerate() {
            let read = record::events(&fact.to_string());
            events.extend(
                read.map_err(|error| refused(format!("`journal.facts[{place}]`: {error}")))?,
            );
        }
        let execution = replay(&self.programs, &machine, identity, &events)
            .map_err(|error| refused(format!("`journal`: {error}")))?;
        let status = Status::after(execution.outcome());
        if status != stage.status || execution.started_at() != Some(stage.started_at) {
            return Err(in_stage(&format_args!(
                "it is {}, and the facts make it {status}",
                stage.status
            )));
        }
        if let Some(rest) = &journal.rest {
            if status != Status::Running {
                return Err(refused("`journal.rest`: it has ended, and waits for nothing"));
            }
            stage::read_rest(rest.until, &rest.waiters.to_string())
                .map_err(|error| refused(format!("`journal.rest`: {error}")))?;
        }
        Ok(Sound { header, machine, stage, events })
    }

    /// What the folder holds of the execution.
    fn known_part(&self, execution_arn: &str) -> Result<Option<JournalPart>, DataError> {
        self.folder.read(|transaction| {
            let number = transaction.open_table(ARNS)?.get(execution_arn)?;
            let Some(number) = number.map(|number| number.value()) else { return Ok(None) };
            let header = reader::header_of(transaction, number)?;
            let header = header.ok_or(contents::ReadError::Missing { number })?;
            let place = place_name(&header.place.region, &header.place.account);
            let Some(place) = self.known.places.get(&place) else { return Ok(None) };
            let kept = reader::kept(transaction, &self.machines, *place, number)?;
            JournalPart::of(transaction, &kept).map(Some)
        })
    }

    /// A machine has one content at a revision, of which there may be more executions.
    fn check_revision(&mut self, key: &str, machine: &Value) -> Result<(), Refused> {
        if !self.revisions.contains_key(key) {
            let known = self.folder.read(|transaction| {
                let machines = transaction.open_table(MACHINES)?;
                Ok(machines.get(key)?.map(|known| known.value().to_owned()))
            })?;
            // What was kept was JSON.
            let known = known.and_then(|known| serde_json::from_str(&known).ok());
            self.revisions.insert(key.to_owned(), known.unwrap_or_else(|| machine.clone()));
        }
        if self.revisions.get(key) == Some(machine) {
            return Ok(());
        }
        Err(refused(format!("`journal.machine`: another content of `{key}` is there already")))
    }

    /// A token ends one task.
    fn check_unused(&self, journal: &JournalPart) -> Result<(), Refused> {
        let is_used = self.folder.read(|transaction| {
            let tokens = transaction.open_table(TOKENS)?;
            let map_runs = transaction.open_table(MAP_RUNS)?;
            for kept in &journal.task_tokens {
                if tokens.get(&*kept.token)?.is_some() {
                    return Ok(Some("taskTokens"));
                }
            }
            for arn in &journal.map_runs {
                if map_runs.get(&**arn)?.is_some() {
                    return Ok(Some("mapRuns"));
                }
            }
            Ok(None)
        })?;
        match is_used {
            Some(part) => {
                Err(refused(format!("`journal.{part}`: one of them is another execution's")))
            }
            None => Ok(()),
        }
    }

    fn add(&mut self, sound: Sound, journal: JournalPart) {
        let Sound { header, machine, stage, events } = sound;
        let number = self.known.next_number;
        self.known.next_number += 1;
        let place = self.place(&header.place.region, &header.place.account);
        let key = machine.key();
        if self.known.machines.insert(key.clone()) {
            self.entries.push(Entry::Machine { key, document: journal.machine.to_string() });
        }
        let identity = &header.identity;
        let keys = events.iter().filter_map(record::document);
        let keys = keys.flat_map(|document| {
            index::of_document(&header.place, document.text(), self.phone_hash_key.as_ref())
        });
        let parent = header.started_by.as_ref().map(|by| index::of_parent(&by.execution_arn));
        let keys = keys.chain(parent).collect();
        let mut lines = events.iter().map(record::line);
        self.entries.push(Entry::Begin(Box::new(Begun {
            number,
            place,
            arn: Arc::clone(&identity.execution_arn),
            header: journal.header.to_string(),
            terms: index::terms(&header.place, identity, Status::Running),
            keys,
            started_at: stage.started_at,
            line: lines.next().expect("it was replayed from its first fact"),
        })));
        for (at, line) in (1..).zip(lines) {
            self.entries.push(Entry::Fact { number, place: at, line });
        }
        self.entries.push(Entry::Note(Box::new(Noted {
            number,
            place,
            old_terms: index::terms(&header.place, identity, Status::Running),
            new_terms: index::terms(&header.place, identity, stage.status),
            before: Status::Running,
            stage,
        })));
        for kept in journal.task_tokens {
            let token = kept.token.into_boxed_str();
            self.entries.push(Entry::Token { token, number, task: kept.task });
        }
        for arn in journal.map_runs {
            self.entries.push(Entry::MapRun { arn: arn.into_boxed_str(), number });
        }
        if let Some(rest) = journal.rest {
            let waiters = match &rest.waiters {
                Value::Object(waiters) if waiters.is_empty() => String::new(),
                waiters => waiters.to_string(),
            };
            self.entries.push(Entry::Rest { place, number, until: rest.until, waiters });
        }
    }

    /// The number of a place, which is given one where it is new.
    fn place(&mut self, region: &str, account: &str) -> u32 {
        let name = place_name(region, account);
        let next = u32::try_from(self.known.places.len()).unwrap_or(u32::MAX);
        let number = *self.known.places.entry(name.clone()).or_insert(next);
        if number == next {
            self.entries.push(Entry::Place { name, number });
        }
        number
    }

    /// What has this name in what waits is in the folder then.
    fn commit_before(&mut self, name: &str) -> Result<(), DataError> {
        if self.waiting.contains(name) { self.commit() } else { Ok(()) }
    }

    fn commit_where_full(&mut self) -> Result<(), Refused> {
        let (count, bytes) = self.counted;
        let bytes = self.entries[count..].iter().map(Entry::bytes).fold(bytes, usize::add);
        self.counted = (self.entries.len(), bytes);
        if bytes >= AT_ONCE { Ok(self.commit()?) } else { Ok(()) }
    }

    fn commit(&mut self) -> Result<(), DataError> {
        let committed = batch::commit(&self.folder.database, &self.entries, None);
        committed.map_err(|error| self.folder.journal_error(&error))?;
        self.entries.clear();
        self.counted = (0, 0);
        self.waiting.clear();
        Ok(())
    }
}

/// What separates names in the journal is in none.
fn check_names(names: &[&str]) -> Result<(), Refused> {
    match names.iter().find(|name| name.is_empty() || name.contains(char::is_control)) {
        Some(name) => Err(refused(format!("`{}` is no name", name.escape_debug()))),
        None => Ok(()),
    }
}
