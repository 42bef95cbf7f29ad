//! What a file holds.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use atlas_engine::{
    KeptMachine,
    journal::{KeptExecution, KeptPlace, Shelf},
};
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableError};

use crate::{
    header::Header,
    record,
    tables::{DOCUMENTS, EXECUTIONS, FACTS, FORMAT, FORMAT_KEY, MACHINES, META},
};

/// Between the parts of a document's name. No ARN has it.
pub(crate) const SEPARATOR: char = '\u{1f}';

/// What was given a place in the file.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Executions: their number, and how many facts they have.
    pub(crate) executions: HashMap<Arc<str>, (u64, u64)>,
    pub(crate) next_number: u64,
    pub(crate) machines: HashSet<String>,
}

/// The format of a file. Only a new one is written to.
pub(crate) fn stamp(database: &Database) -> Result<u64, redb::Error> {
    match database.begin_read()?.open_table(META) {
        Ok(meta) => {
            // A file that holds anything was stamped in the same transaction.
            let found = meta.get(FORMAT_KEY)?.map(|found| found.value());
            return Ok(found.unwrap_or_default());
        }
        Err(TableError::TableDoesNotExist(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let transaction = database.begin_write()?;
    transaction.open_table(META)?.insert(FORMAT_KEY, FORMAT)?;
    transaction.open_table(DOCUMENTS)?;
    transaction.open_table(MACHINES)?;
    transaction.open_table(EXECUTIONS)?;
    transaction.open_table(FACTS)?;
    transaction.commit()?;
    Ok(FORMAT)
}

/// Why the contents of a file make no sense.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error(transparent)]
    Database(Box<redb::Error>),
    #[error("execution {number}: {source}")]
    Record { number: u64, source: record::RecordError },
    #[error("execution {number}: {source}")]
    Header { number: u64, source: serde_json::Error },
    #[error("the machine `{key}`: {source}")]
    Machine { key: String, source: serde_json::Error },
    #[error("execution {number} began with the machine `{key}`, which is not there")]
    NoMachine { number: u64, key: String },
    #[error("execution {number} lacks the facts before its fact {place}")]
    Gap { number: u64, place: u64 },
    #[error("the document `{0}` belongs to nothing")]
    Document(String),
}

impl<E: Into<redb::Error>> From<E> for ReadError {
    fn from(error: E) -> Self {
        Self::Database(Box::new(error.into()))
    }
}

/// What was kept, by place, and what has its place in the file.
pub(crate) type Contents = (ByPlace, Known);

/// What was kept, by region and account.
pub(crate) type ByPlace = BTreeMap<(Arc<str>, Arc<str>), KeptPlace>;

/// All that a file holds.
pub(crate) fn read(database: &Database) -> Result<Contents, ReadError> {
    let transaction = database.begin_read()?;
    let mut kept = ByPlace::new();
    let mut known = Known::default();
    for entry in transaction.open_table(DOCUMENTS)?.iter()? {
        let (name, document) = entry?;
        let parts: Vec<&str> = name.value().split(SEPARATOR).collect();
        let unknown = || ReadError::Document(name.value().to_owned());
        let [region, account, shelf, name] = parts[..] else { return Err(unknown()) };
        let shelf = Shelf::ALL.into_iter().find(|known| known.as_str() == shelf);
        let shelf = shelf.ok_or_else(unknown)?;
        let place = kept.entry((region.into(), account.into())).or_default();
        place.documents.push((shelf, name.to_owned(), document.value().to_owned()));
    }
    let mut machines = HashMap::new();
    for entry in transaction.open_table(MACHINES)?.iter()? {
        let (key, document) = entry?;
        let key = key.value().to_owned();
        let machine: KeptMachine = serde_json::from_str(document.value())
            .map_err(|source| ReadError::Machine { key: key.clone(), source })?;
        known.machines.insert(key.clone());
        machines.insert(key, Arc::new(machine));
    }
    let facts = transaction.open_table(FACTS)?;
    let mut facts = facts.iter()?.peekable();
    for entry in transaction.open_table(EXECUTIONS)?.iter()? {
        let (number, header) = entry?;
        let number = number.value();
        known.next_number = known.next_number.max(number + 1);
        let header: Header = serde_json::from_str(header.value())
            .map_err(|source| ReadError::Header { number, source })?;
        let place = header.place();
        let key = header.machine.clone();
        let Some(machine) = machines.get(&key) else {
            return Err(ReadError::NoMachine { number, key });
        };
        let mut execution: KeptExecution = header.execution(Arc::clone(machine));
        while let Some(entry) =
            facts.next_if(|entry| entry.as_ref().map_or(true, |(key, _)| key.value().0 <= number))
        {
            let (key, record) = entry?;
            let (of, at) = key.value();
            if of != number || at != execution.events.len() as u64 {
                return Err(ReadError::Gap { number: of, place: at });
            }
            let events = record::events(record.value())
                .map_err(|source| ReadError::Record { number, source })?;
            execution.events.extend(events);
        }
        let count = execution.events.len() as u64;
        let arn = Arc::clone(&execution.identity.execution_arn);
        known.executions.insert(arn, (number, count));
        // One that was introduced and then refused has no fact.
        if count > 0 {
            let place = kept.entry((place.region, place.account)).or_default();
            place.executions.push(execution);
        }
    }
    Ok((kept, known))
}
