//! How many executions there are.

use std::sync::Arc;

use atlas_engine::{
    Place, QualifiedArn,
    archive::{Counts, Status},
};
use redb::{Database, ReadableDatabase as _};

use crate::{
    contents::ReadError,
    tables::{INDEX, SEPARATOR},
};

/// How many executions of a place there are, by machine.
pub(crate) fn counts(database: &Database, place: &Place) -> Result<Counts, ReadError> {
    let index = database.begin_read()?.open_table(INDEX)?;
    let first = place.state_machine_arn("");
    let mut counts = Counts::default();
    for entry in index.range((first.as_str(), 0)..)? {
        let (key, ()) = entry.map(|(key, value)| (key, value.value()))?;
        let (term, _) = key.value();
        if !term.starts_with(&first) {
            break;
        }
        let Some((arn, status)) = term.split_once(SEPARATOR) else { continue };
        let is_machine = QualifiedArn::parse(arn).qualifier.is_none();
        if let (true, Some(status)) = (is_machine, Status::of_str(status)) {
            counts.machines.entry(Arc::from(arn)).or_default().add(status, 1);
        }
    }
    Ok(counts)
}
