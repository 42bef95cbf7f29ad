//! What a file holds that has to be known before anything else.

use std::collections::{BTreeMap, HashMap, HashSet};

use atlas_engine::{Place, archive::KeptPlace, journal::Shelf};
use redb::{
    Database, ReadableDatabase as _, ReadableTable as _, ReadableTableMetadata as _, TableError,
    WriteTransaction,
};

use crate::{
    record,
    stage::{self, StageError},
    tables::{
        ARNS, AWAKE, COUNTS, DOCUMENTS, ENDED, EXECUTIONS, FACTS, FORMAT, FORMAT_KEY, INDEX,
        MACHINES, MAP_RUNS, META, NAMES, PLACES, RESTING, SEPARATOR, SETTINGS, SPANS, STAGES,
        TOKENS,
    },
};

/// What is known of a file without looking.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The number of the next execution.
    pub(crate) next_number: u64,
    /// How many executions it holds.
    pub(crate) executions: u64,
    /// The numbers of places, by name.
    pub(crate) places: HashMap<String, u32>,
    /// The machines that it holds, by revision.
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
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    transaction.open_table(META)?.insert(FORMAT_KEY, FORMAT)?;
    make_tables(&transaction)?;
    transaction.commit()?;
    Ok(FORMAT)
}

pub(crate) fn make_tables(transaction: &WriteTransaction) -> Result<(), TableError> {
    transaction.open_table(PLACES)?;
    transaction.open_table(DOCUMENTS)?;
    transaction.open_table(MACHINES)?;
    transaction.open_table(EXECUTIONS)?;
    transaction.open_table(STAGES)?;
    transaction.open_table(FACTS)?;
    transaction.open_table(ARNS)?;
    transaction.open_table(AWAKE)?;
    transaction.open_table(RESTING)?;
    transaction.open_table(INDEX)?;
    transaction.open_table(ENDED)?;
    transaction.open_table(TOKENS)?;
    transaction.open_table(NAMES)?;
    transaction.open_table(MAP_RUNS)?;
    transaction.open_table(COUNTS)?;
    transaction.open_table(SPANS)?;
    transaction.open_table(SETTINGS)?;
    Ok(())
}

/// Why the contents of a file make no sense, or cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error(transparent)]
    Database(Box<redb::Error>),
    #[error("execution {number}: {source}")]
    Record { number: u64, source: record::RecordError },
    #[error("execution {number}: {source}")]
    Header { number: u64, source: serde_json::Error },
    #[error("execution {number}: {source}")]
    Stage { number: u64, source: StageError },
    #[error("the machine `{key}`: {source}")]
    Machine { key: String, source: serde_json::Error },
    #[error("execution {number} began with the machine `{key}`, which is not there")]
    NoMachine { number: u64, key: String },
    #[error("execution {number} is named, and is not there")]
    Missing { number: u64 },
    #[error("execution {number} lacks the facts before its fact {place}")]
    Gap { number: u64, place: u64 },
    #[error("the document `{0}` belongs to nothing")]
    Document(String),
    #[error("the place `{0}` is none")]
    Place(String),
    #[error("execution {number} is of the place {place}, which is not there")]
    NoPlace { number: u64, place: u32 },
}

impl<E: Into<redb::Error>> From<E> for ReadError {
    fn from(error: E) -> Self {
        Self::Database(Box::new(error.into()))
    }
}

/// What is found first, by place.
pub(crate) type Contents = (BTreeMap<u32, (Place, KeptPlace)>, Known);

/// What has to be known of a file before anybody is served.
pub(crate) fn read(database: &Database) -> Result<Contents, ReadError> {
    let transaction = database.begin_read()?;
    let mut known = Known::default();
    let mut kept = BTreeMap::new();
    for entry in transaction.open_table(PLACES)?.iter()? {
        let (name, number) = entry?;
        let name = name.value();
        let (region, account) =
            name.split_once(SEPARATOR).ok_or_else(|| ReadError::Place(name.to_owned()))?;
        let place = Place { region: region.into(), account: account.into() };
        known.places.insert(name.to_owned(), number.value());
        kept.insert(number.value(), (place, KeptPlace::default()));
    }
    for entry in transaction.open_table(DOCUMENTS)?.iter()? {
        let (name, document) = entry?;
        let parts: Vec<&str> = name.value().splitn(4, SEPARATOR).collect();
        let unknown = || ReadError::Document(name.value().to_owned());
        let [region, account, shelf, name] = parts[..] else { return Err(unknown()) };
        let shelf = Shelf::ALL.into_iter().find(|known| known.as_str() == shelf);
        let shelf = shelf.ok_or_else(unknown)?;
        let place = known.places.get(&place_name(region, account)).ok_or_else(unknown)?;
        let (_, place) = kept.get_mut(place).ok_or_else(unknown)?;
        place.documents.push((shelf, name.to_owned(), document.value().to_owned()));
    }
    for entry in transaction.open_table(MACHINES)?.iter()? {
        known.machines.insert(entry?.0.value().to_owned());
    }
    let executions = transaction.open_table(EXECUTIONS)?;
    known.executions = executions.len()?;
    if let Some((last, _)) = executions.last()? {
        known.next_number = last.value() + 1;
    }
    for entry in transaction.open_table(AWAKE)?.iter()? {
        let (place, number) = entry?.0.value();
        let found = kept.get_mut(&place).ok_or(ReadError::NoPlace { number, place })?;
        found.1.awake.push(number);
    }
    for entry in transaction.open_table(RESTING)?.iter()? {
        let (key, rest) = entry?;
        let (place, number) = key.value();
        let found = kept.get_mut(&place).ok_or(ReadError::NoPlace { number, place })?;
        let (until, waiters) = rest.value();
        let rest = stage::read_rest(until, waiters);
        let rest = rest.map_err(|source| ReadError::Stage { number, source })?;
        let offers = rest.offers.into_iter();
        found.1.offers.extend(offers.map(|(activity_arn, task)| (activity_arn, number, task)));
        found.1.resting.push((rest.until, number));
    }
    Ok((kept, known))
}

/// What a place is called.
pub(crate) fn place_name(region: &str, account: &str) -> String {
    format!("{region}{SEPARATOR}{account}")
}
