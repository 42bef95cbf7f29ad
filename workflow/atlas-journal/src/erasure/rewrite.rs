//! The journal's file written anew, with what it holds and nothing of what it held: the pages that were
//! freed keep their bytes for as long as nothing else needs them.

use redb::{
    Database, Durability, Key, ReadTransaction, ReadableDatabase as _, ReadableTable as _,
    TableDefinition, Value, WriteTransaction,
};

use crate::{
    contents::{ReadError, make_tables},
    tables::{
        ARNS, AWAKE, COUNTS, DOCUMENTS, ENDED, EXECUTIONS, FACTS, INDEX, MACHINES, MAP_RUNS, META,
        NAMES, PLACES, RESTING, SETTINGS, SPANS, STAGES, TOKENS,
    },
};

/// Stands in the settings from when something was erased until the file has been written anew.
const UNFINISHED: &str = "erasure-unfinished";
/// So many rows are written in one transaction.
const AT_ONCE: usize = 20_000;

/// Notes that the file has to be written anew, in the transaction that erases.
pub(crate) fn mark_unfinished(transaction: &WriteTransaction) -> Result<(), ReadError> {
    transaction.open_table(SETTINGS)?.insert(UNFINISHED, "")?;
    Ok(())
}

/// Whether something was erased, and the file not written anew since.
pub(crate) fn is_unfinished(transaction: &ReadTransaction) -> Result<bool, ReadError> {
    Ok(transaction.open_table(SETTINGS)?.get(UNFINISHED)?.is_some())
}

/// Copies all rows into a new file.
pub(crate) fn rewrite(from: &Database, to: &Database) -> Result<(), ReadError> {
    let source = from.begin_read()?;
    let made = begin(to)?;
    made.open_table(META)?;
    make_tables(&made)?;
    made.commit()?;
    copy(&source, to, PLACES)?;
    copy(&source, to, DOCUMENTS)?;
    copy(&source, to, MACHINES)?;
    copy(&source, to, EXECUTIONS)?;
    copy(&source, to, STAGES)?;
    copy(&source, to, FACTS)?;
    copy(&source, to, ARNS)?;
    copy(&source, to, AWAKE)?;
    copy(&source, to, RESTING)?;
    copy(&source, to, INDEX)?;
    copy(&source, to, COUNTS)?;
    copy(&source, to, SPANS)?;
    copy(&source, to, SETTINGS)?;
    copy(&source, to, ENDED)?;
    copy(&source, to, TOKENS)?;
    copy(&source, to, MAP_RUNS)?;
    copy(&source, to, NAMES)?;
    let done = begin(to)?;
    done.open_table(SETTINGS)?.remove(UNFINISHED)?;
    done.commit()?;
    // The format last: a file without it is none.
    copy(&source, to, META)
}

fn begin(to: &Database) -> Result<WriteTransaction, ReadError> {
    let mut transaction = to.begin_write()?;
    transaction.set_durability(Durability::Immediate)?;
    transaction.set_quick_repair(true);
    Ok(transaction)
}

fn copy<K: Key + 'static, V: Value + 'static>(
    source: &ReadTransaction,
    to: &Database,
    table: TableDefinition<'_, K, V>,
) -> Result<(), ReadError> {
    let rows = source.open_table(table)?;
    let mut rows = rows.iter()?.peekable();
    while rows.peek().is_some() {
        let transaction = begin(to)?;
        {
            let mut copied = transaction.open_table(table)?;
            for row in rows.by_ref().take(AT_ONCE) {
                let (key, value) = row?;
                copied.insert(key.value(), value.value())?;
            }
        }
        transaction.commit()?;
    }
    Ok(())
}
