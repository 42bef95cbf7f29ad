//! Bringing a folder of the format before up to date: the same rows, and what is found by them beside it.
//!
//! Format 2 has no counts, no spans of time, no executions by who started them, and no phone numbers.

use redb::{Database, ReadableTable as _, WriteTransaction};

use crate::{
    contents::{ReadError, make_tables},
    counter::Changes,
    header::Header,
    index,
    spans::Spans,
    stage,
    tables::{EXECUTIONS, FORMAT, FORMAT_KEY, INDEX, META, STAGES},
};

/// The format that can be brought up to date.
pub(crate) const BEFORE: u64 = 2;

/// Brings a folder up to date, or leaves it as it was.
pub(crate) fn upgrade(database: &Database) -> Result<(), ReadError> {
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    make_tables(&transaction)?;
    let mut spans = Spans::default();
    {
        let mut index = transaction.open_table(INDEX)?;
        let stages = transaction.open_table(STAGES)?;
        for entry in transaction.open_table(EXECUTIONS)?.iter()? {
            let (number, header) = entry?;
            let number = number.value();
            let header: Header = serde_json::from_str(header.value())
                .map_err(|source| ReadError::Header { number, source })?;
            if let Some(by) = header.read().started_by {
                index.insert((index::of_parent(&by.execution_arn).as_str(), number), ())?;
            }
            let stage = stages.get(number)?.ok_or(ReadError::Missing { number })?;
            let stage =
                stage::read(stage.value()).map_err(|source| ReadError::Stage { number, source })?;
            spans.add(number, stage.started_at);
        }
    }
    spans.write(&transaction)?;
    count(&transaction)?;
    transaction.open_table(META)?.insert(FORMAT_KEY, FORMAT)?;
    transaction.commit()?;
    Ok(())
}

fn count(transaction: &WriteTransaction) -> Result<(), ReadError> {
    let index = transaction.open_table(INDEX)?;
    // They stand in the order of their terms.
    let (mut term, mut count) = (String::new(), 0);
    for entry in index.iter()? {
        let (key, _) = entry?;
        let (next, _) = key.value();
        if next != term {
            write_count(transaction, &term, count)?;
            (term, count) = (next.to_owned(), 0);
        }
        count += 1;
    }
    write_count(transaction, &term, count)
}

fn write_count(transaction: &WriteTransaction, term: &str, count: i64) -> Result<(), ReadError> {
    if count == 0 || !index::has_status(term) {
        return Ok(());
    }
    let mut changes = Changes::default();
    changes.add(term, count);
    changes.write(transaction)
}
