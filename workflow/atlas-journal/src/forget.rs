//! Removing an execution from every table.

use atlas_core::Timestamp;
use atlas_engine::{PhoneHashKey, archive::Status};
use redb::{ReadableTable as _, WriteTransaction};

use crate::{
    contents::{ReadError, place_name},
    counter::Changes,
    header::Header,
    index, record, stage,
    tables::{
        ARNS, AWAKE, ENDED, EXECUTIONS, FACTS, INDEX, MAP_RUNS, NAMES, PLACES, RESTING, STAGES,
        TOKENS,
    },
};

/// Which executions may be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those that have ended.
    Ended,
    /// Any. Nobody may go on with it.
    Any,
}

/// Removes an execution; one that may not be, or that is not there, is left as it is.
pub(crate) fn forget(
    transaction: &WriteTransaction,
    number: u64,
    phone_hash_key: Option<&PhoneHashKey>,
    which: Which,
) -> Result<(), ReadError> {
    let mut stages = transaction.open_table(STAGES)?;
    let Some(stage) = stages.get(number)?.map(|stage| stage::read(stage.value())) else {
        return Ok(());
    };
    let stage = stage.map_err(|source| ReadError::Stage { number, source })?;
    if stage.status == Status::Running && which == Which::Ended {
        return Ok(());
    }
    stages.remove(number)?;
    if let Some(at) = stage.ended_at.map(Timestamp::as_millis) {
        transaction.open_table(ENDED)?.remove((at, number))?;
    }
    let mut executions = transaction.open_table(EXECUTIONS)?;
    let header = executions.remove(number)?;
    let header = header.map(|header| serde_json::from_str::<Header>(header.value())).transpose();
    let Some(header) = header.map_err(|source| ReadError::Header { number, source })? else {
        return Ok(());
    };
    let header = header.read();
    if stage.status == Status::Running {
        let place = place_name(&header.place.region, &header.place.account);
        let place = transaction.open_table(PLACES)?.get(place.as_str())?.map(|it| it.value());
        if let Some(place) = place {
            transaction.open_table(AWAKE)?.remove((place, number))?;
            transaction.open_table(RESTING)?.remove((place, number))?;
        }
    }
    let terms = index::terms(&header.place, &header.identity, stage.status);
    let mut keys = Vec::from_iter(header.started_by.map(|by| index::of_parent(&by.execution_arn)));
    let mut facts = transaction.open_table(FACTS)?;
    let records = facts.extract_from_if((number, 0)..=(number, u64::MAX), |_, _| true)?;
    for entry in records {
        let (_, record) = entry?;
        for document in record::documents(record.value())
            .map_err(|source| ReadError::Record { number, source })?
        {
            keys.extend(index::of_document(&header.place, &document, phone_hash_key));
        }
    }
    let mut index = transaction.open_table(INDEX)?;
    let mut counts = Changes::default();
    for term in &terms {
        counts.removed(term, index.remove((term.as_str(), number))?.is_some());
    }
    for key in keys {
        index.remove((key.as_str(), number))?;
    }
    counts.write(transaction)?;
    // The name may have been given anew, where this was an older one.
    let mut arns = transaction.open_table(ARNS)?;
    let arn = &*header.identity.execution_arn;
    let is_its_own = arns.get(arn)?.is_some_and(|known| known.value() == number);
    if is_its_own {
        arns.remove(arn)?;
    }
    let mut tokens = transaction.open_table(TOKENS)?;
    let mut map_runs = transaction.open_table(MAP_RUNS)?;
    let mut names = transaction.open_table(NAMES)?;
    for entry in names.extract_from_if((number, "")..(number + 1, ""), |_, ()| true)? {
        let (key, _) = entry?;
        let (_, name) = key.value();
        tokens.remove(name)?;
        map_runs.remove(name)?;
    }
    Ok(())
}
