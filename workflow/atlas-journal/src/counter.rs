//! How many executions there are: the rows of the index under each term, counted as they are written.

use std::{collections::BTreeMap, sync::Arc};

use atlas_engine::{
    Place, QualifiedArn,
    archive::{Counts, Status},
};
use redb::{Database, ReadOnlyTable, ReadableDatabase as _, ReadableTable as _, WriteTransaction};

use crate::{
    contents::ReadError,
    tables::{COUNTS, SEPARATOR},
};

/// By how many the rows under terms have become more, or fewer.
#[derive(Debug, Default)]
pub(crate) struct Changes<'a>(BTreeMap<&'a str, i64>);

impl<'a> Changes<'a> {
    /// There are so many more.
    pub(crate) fn add(&mut self, term: &'a str, count: i64) {
        *self.0.entry(term).or_default() += count;
    }

    /// A row is written that may have been there before.
    pub(crate) fn written(&mut self, term: &'a str, was_there: bool) {
        if !was_there {
            self.add(term, 1);
        }
    }

    /// A row is removed that may not have been there.
    pub(crate) fn removed(&mut self, term: &'a str, was_there: bool) {
        if was_there {
            self.add(term, -1);
        }
    }

    /// Writes the new counts, in the transaction of the rows.
    pub(crate) fn write(self, transaction: &WriteTransaction) -> Result<(), ReadError> {
        let mut counts = transaction.open_table(COUNTS)?;
        for (term, change) in self.0 {
            let before = counts.get(term)?.map_or(0, |count| count.value());
            match before.saturating_add_signed(change) {
                0 => drop(counts.remove(term)?),
                after => drop(counts.insert(term, after)?),
            }
        }
        Ok(())
    }
}

/// How many executions of a place there are, by machine.
pub(crate) fn counts(database: &Database, place: &Place) -> Result<Counts, ReadError> {
    of_place(&database.begin_read()?.open_table(COUNTS)?, place)
}

/// The same of the table.
pub(crate) fn of_place(
    table: &ReadOnlyTable<&'static str, u64>,
    place: &Place,
) -> Result<Counts, ReadError> {
    let first = place.state_machine_arn("");
    let mut counts = Counts::default();
    for entry in table.range(first.as_str()..)? {
        let (term, count) = entry?;
        let term = term.value();
        if !term.starts_with(&first) {
            break;
        }
        let Some((arn, status)) = term.split_once(SEPARATOR) else { continue };
        let is_machine = QualifiedArn::parse(arn).qualifier.is_none();
        if let (true, Some(status)) = (is_machine, Status::of_str(status)) {
            counts.machines.entry(Arc::from(arn)).or_default().add(status, count.value());
        }
    }
    Ok(counts)
}
