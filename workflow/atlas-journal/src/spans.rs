//! Within which time the executions of each block of numbers began: a listing of a day passes over the
//! blocks of other days. Numbers mostly grow with time, but not where executions were imported or skip
//! their waits.

use std::collections::BTreeMap;

use atlas_core::Timestamp;
use atlas_engine::archive::{Listing, Order};
use redb::{ReadOnlyTable, ReadableTable as _, WriteTransaction};

use crate::{contents::ReadError, tables::SPANS};

/// So many numbers are a block.
const BLOCK: u64 = 1_024;

/// The first and the last moment at which executions of blocks began.
#[derive(Debug, Default)]
pub(crate) struct Spans(BTreeMap<u64, (i64, i64)>);

impl Spans {
    /// An execution begins.
    pub(crate) fn add(&mut self, number: u64, at: Timestamp) {
        let at = at.as_millis();
        let span = self.0.entry(number / BLOCK).or_insert((at, at));
        *span = (span.0.min(at), span.1.max(at));
    }

    /// Makes the spans that are written as wide as these, too.
    pub(crate) fn write(self, transaction: &WriteTransaction) -> Result<(), ReadError> {
        let mut table = transaction.open_table(SPANS)?;
        for (block, span) in self.0 {
            let known = table.get(block)?.map(|known| known.value());
            let (from, to) = known.unwrap_or(span);
            let wider = (from.min(span.0), to.max(span.1));
            if known != Some(wider) {
                table.insert(block, wider)?;
            }
        }
        Ok(())
    }
}

/// What a listing of a span of time need not look at.
pub(crate) struct Elsewhere {
    /// Absent where the listing is of any time.
    spans: Option<ReadOnlyTable<u64, (i64, i64)>>,
    /// The last block that was looked up has something of that time.
    within: Option<u64>,
}

impl Elsewhere {
    pub(crate) fn new(
        listing: &Listing<'_>,
        open: impl FnOnce() -> Result<ReadOnlyTable<u64, (i64, i64)>, redb::TableError>,
    ) -> Result<Self, ReadError> {
        let is_of_a_time = listing.began_from.is_some() || listing.began_before.is_some();
        let spans = if is_of_a_time { Some(open()?) } else { None };
        Ok(Self { spans, within: None })
    }

    /// The last number of the block of this one, in the order of the listing, if nothing in the block began
    /// in its time.
    pub(crate) fn passes(
        &mut self,
        number: u64,
        listing: &Listing<'_>,
    ) -> Result<Option<u64>, ReadError> {
        let block = number / BLOCK;
        let Some(spans) = self.spans.as_ref().filter(|_| self.within != Some(block)) else {
            return Ok(None);
        };
        let Some((from, to)) = spans.get(block)?.map(|span| span.value()) else { return Ok(None) };
        let is_before = listing.began_from.is_some_and(|it| to < it.as_millis());
        let is_after = listing.began_before.is_some_and(|it| from >= it.as_millis());
        if !is_before && !is_after {
            self.within = Some(block);
            return Ok(None);
        }
        Ok(Some(match listing.order {
            Order::NewestFirst => block * BLOCK,
            Order::OldestFirst => block * BLOCK + (BLOCK - 1),
        }))
    }
}
