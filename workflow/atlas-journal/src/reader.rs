//! Reading an execution.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use atlas_core::TaskId;
use atlas_engine::{
    KeptMachine,
    archive::{KeptExecution, Stage},
};
use redb::{Database, ReadTransaction, ReadableDatabase as _};

use crate::{
    contents::ReadError,
    header::{self, Header},
    record, stage,
    tables::{ARNS, EXECUTIONS, FACTS, MACHINES, MAP_RUNS, RESTING, STAGES, TOKENS},
};

/// So many machines are known without being read again.
const MOST_MACHINES: usize = 256;

/// The machines that were read, by revision.
#[derive(Debug, Default)]
pub(crate) struct Machines(Mutex<HashMap<String, Arc<KeptMachine>>>);

/// The number of the execution of this ARN.
pub(crate) fn number_of(database: &Database, arn: &str) -> Result<Option<u64>, ReadError> {
    let arns = database.begin_read()?.open_table(ARNS)?;
    Ok(arns.get(arn)?.map(|number| number.value()))
}

/// The ARN of the execution of this number.
pub(crate) fn arn_of(database: &Database, number: u64) -> Result<Option<Arc<str>>, ReadError> {
    let header = header_of(&database.begin_read()?, number)?;
    Ok(header.map(|header| Arc::clone(&header.identity.execution_arn)))
}

/// The execution and the task of a token.
pub(crate) fn task_of(
    database: &Database,
    token: &str,
) -> Result<Option<(u64, TaskId)>, ReadError> {
    let tokens = database.begin_read()?.open_table(TOKENS)?;
    Ok(tokens.get(token)?.map(|found| {
        let (number, task) = found.value();
        (number, TaskId(task))
    }))
}

/// The execution of a map run.
pub(crate) fn of_map_run(database: &Database, arn: &str) -> Result<Option<u64>, ReadError> {
    let map_runs = database.begin_read()?.open_table(MAP_RUNS)?;
    Ok(map_runs.get(arn)?.map(|number| number.value()))
}

/// The execution of this ARN, with all its facts.
pub(crate) fn execution(
    database: &Database,
    machines: &Machines,
    place_number: u32,
    arn: &str,
) -> Result<Option<KeptExecution>, ReadError> {
    let transaction = database.begin_read()?;
    let Some(number) = transaction.open_table(ARNS)?.get(arn)?.map(|number| number.value()) else {
        return Ok(None);
    };
    kept(&transaction, machines, place_number, number).map(Some)
}

/// The execution of this number, with all its facts.
pub(crate) fn kept(
    transaction: &ReadTransaction,
    machines: &Machines,
    place_number: u32,
    number: u64,
) -> Result<KeptExecution, ReadError> {
    let missing = || ReadError::Missing { number };
    let header = header_of(transaction, number)?.ok_or_else(missing)?;
    let stage = stage_of(transaction, number)?.ok_or_else(missing)?;
    let machine = machines.of(transaction, number, &header.machine)?;
    let rest = transaction.open_table(RESTING)?.get((place_number, number))?;
    let rest = rest.map(|rest| {
        let (until, waiters) = rest.value();
        stage::read_rest(until, waiters)
    });
    let rest = rest.transpose().map_err(|source| ReadError::Stage { number, source })?;
    let mut events = Vec::new();
    for entry in transaction.open_table(FACTS)?.range((number, 0)..=(number, u64::MAX))? {
        let (key, record) = entry?;
        let (_, place) = key.value();
        if place != events.len() as u64 {
            return Err(ReadError::Gap { number, place });
        }
        let read = record::events(record.value());
        events.extend(read.map_err(|source| ReadError::Record { number, source })?);
    }
    let header::Read { identity, case, time, started_by, part, .. } = header;
    Ok(KeptExecution {
        number,
        identity,
        machine,
        case,
        time,
        started_by,
        part,
        stage,
        rest,
        events,
    })
}

pub(crate) fn header_of(
    transaction: &ReadTransaction,
    number: u64,
) -> Result<Option<header::Read>, ReadError> {
    let table = transaction.open_table(EXECUTIONS)?;
    let Some(header) = table.get(number)? else { return Ok(None) };
    let header: Header = serde_json::from_str(header.value())
        .map_err(|source| ReadError::Header { number, source })?;
    Ok(Some(header.read()))
}

fn stage_of(transaction: &ReadTransaction, number: u64) -> Result<Option<Stage>, ReadError> {
    let table = transaction.open_table(STAGES)?;
    let stage = table.get(number)?.map(|stage| stage::read(stage.value())).transpose();
    stage.map_err(|source| ReadError::Stage { number, source })
}

impl Machines {
    /// A machine as it was when an execution began.
    fn of(
        &self,
        transaction: &ReadTransaction,
        number: u64,
        key: &str,
    ) -> Result<Arc<KeptMachine>, ReadError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(machine) = known.get(key) {
            return Ok(Arc::clone(machine));
        }
        let table = transaction.open_table(MACHINES)?;
        let Some(document) = table.get(key)? else {
            return Err(ReadError::NoMachine { number, key: key.to_owned() });
        };
        let machine: KeptMachine = serde_json::from_str(document.value())
            .map_err(|source| ReadError::Machine { key: key.to_owned(), source })?;
        if known.len() >= MOST_MACHINES {
            known.clear();
        }
        let machine = Arc::new(machine);
        known.insert(key.to_owned(), Arc::clone(&machine));
        Ok(machine)
    }
}
