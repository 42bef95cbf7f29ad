//! A page of executions: those of each thing that they can be looked for by are in the order in which they
//! began, and are looked through side by side.

use std::sync::Arc;

use atlas_engine::{
    BusinessKey, PhoneHashKey, Place, QualifiedArn,
    archive::{Listed, Listing, NamePart, Of, Order, Status, Summary},
};
use redb::{Database, Range, ReadOnlyTable, ReadTransaction, ReadableDatabase as _};

use crate::{
    contents::ReadError,
    counter,
    header::Header,
    index,
    spans::Elsewhere,
    stage,
    tables::{ARNS, COUNTS, EXECUTIONS, INDEX, SPANS, STAGES},
};

/// A page of the executions of a place.
pub(crate) fn list(
    database: &Database,
    place: &Place,
    phone_hash_key: &PhoneHashKey,
    listing: &Listing<'_>,
) -> Result<Listed, ReadError> {
    let transaction = database.begin_read()?;
    let index = transaction.open_table(INDEX)?;
    let executions = transaction.open_table(EXECUTIONS)?;
    let stages = transaction.open_table(STAGES)?;
    if let Some(numbers) = named_so(&transaction, place, listing)? {
        let mut found = Vec::new();
        for number in numbers {
            if found.len() == listing.most {
                let next = found.last().map(|last: &Summary| last.number);
                return Ok(Listed { executions: found, next });
            }
            found.extend(summary(&executions, &stages, number, listing)?);
        }
        return Ok(Listed { executions: found, next: None });
    }
    let terms = terms(place, phone_hash_key, listing);
    let mut runs = Runs::new(&index, &terms, listing)?;
    let mut elsewhere = Elsewhere::new(listing, || transaction.open_table(SPANS))?;
    let mut found = Vec::new();
    let mut last = None;
    let mut seen = 0;
    while let Some(number) = runs.first() {
        if found.len() == listing.most || seen == listing.most_seen {
            return Ok(Listed { executions: found, next: last });
        }
        seen += 1;
        if let Some(end) = elsewhere.passes(number, listing)? {
            runs.go_behind(end)?;
            last = Some(end);
            continue;
        }
        runs.pass(number)?;
        last = Some(number);
        found.extend(summary(&executions, &stages, number, listing)?);
    }
    Ok(Listed { executions: found, next: None })
}

/// The executions of a place or a machine whose names begin as is asked for, in the order of the listing:
/// ARNs stand in the order of names. `None` where that is not asked for, or where there are so many that
/// those that are wanted come up soon without.
fn named_so(
    transaction: &ReadTransaction,
    place: &Place,
    listing: &Listing<'_>,
) -> Result<Option<Vec<u64>>, ReadError> {
    let Some(NamePart::Start(start)) = listing.name else { return Ok(None) };
    let machines: Vec<Arc<str>> = match listing.of {
        Of::Place => {
            let counts = transaction.open_table(COUNTS)?;
            counter::of_place(&counts, place)?.machines.into_keys().collect()
        }
        Of::Arn(arn) if is_machine(arn) => vec![arn.into()],
        Of::Arn(_) | Of::Key(_) | Of::StartedBy(_) => return Ok(None),
    };
    let arns = transaction.open_table(ARNS)?;
    let mut numbers = Vec::new();
    for machine in machines {
        let of_machine = machine.replacen(":stateMachine:", ":execution:", 1);
        let first = format!("{of_machine}:{start}");
        for entry in arns.range(first.as_str()..)? {
            let (arn, number) = entry?;
            if !arn.value().starts_with(&first) {
                break;
            }
            if numbers.len() == listing.most_seen {
                return Ok(None);
            }
            numbers.push(number.value());
        }
    }
    numbers.retain(|number| listing.is_ahead(*number));
    numbers.sort_by(|one, other| listing.order.of(*one, *other));
    Ok(Some(numbers))
}

/// Whether an ARN is that of a machine, and of no version, alias, map run or part of it.
fn is_machine(arn: &str) -> bool {
    arn.split(':').nth(5) == Some("stateMachine") && QualifiedArn::parse(arn).qualifier.is_none()
}

/// Under which those are found that may be what is asked for.
fn terms(place: &Place, phone_hash_key: &PhoneHashKey, listing: &Listing<'_>) -> Vec<String> {
    let of_statuses = |term: &dyn Fn(Status) -> String| listing.statuses.iter().map(term).collect();
    match listing.of {
        Of::Arn(arn) => of_statuses(&|status| index::of_arn(arn, status)),
        Of::Place => of_statuses(&|status| index::of_place(place, status)),
        Of::StartedBy(execution_arn) => vec![index::of_parent(execution_arn)],
        Of::Key(asked) => {
            let meant = BusinessKey::meant_by(asked, phone_hash_key);
            meant.iter().map(|key| index::of_key(place, key)).collect()
        }
    }
}

/// The execution, if it is what is asked for.
fn summary(
    executions: &ReadOnlyTable<u64, &'static str>,
    stages: &ReadOnlyTable<u64, &'static str>,
    number: u64,
    listing: &Listing<'_>,
) -> Result<Option<Summary>, ReadError> {
    let missing = || ReadError::Missing { number };
    let stage = stages.get(number)?.ok_or_else(missing)?;
    let stage = stage::read(stage.value()).map_err(|source| ReadError::Stage { number, source })?;
    if !listing.takes(&stage) {
        return Ok(None);
    }
    let header = executions.get(number)?.ok_or_else(missing)?;
    let header: Header = serde_json::from_str(header.value())
        .map_err(|source| ReadError::Header { number, source })?;
    let header = header.read();
    if !listing.takes_name(&header.identity.execution_name) {
        return Ok(None);
    }
    Ok(Some(Summary {
        number,
        identity: header.identity,
        started_by: header.started_by.map(|by| by.execution_arn),
        item_count: header.part.map(|part| part.item_count),
        stage,
    }))
}

/// The numbers under some terms, side by side.
struct Runs<'a> {
    index: &'a ReadOnlyTable<(&'static str, u64), ()>,
    order: Order,
    runs: Vec<Run<'a>>,
}

/// The numbers under one term that are left.
struct Run<'a> {
    term: &'a str,
    left: Range<'a, (&'static str, u64), ()>,
    first: Option<u64>,
}

impl<'a> Runs<'a> {
    fn new(
        index: &'a ReadOnlyTable<(&'static str, u64), ()>,
        terms: &'a [String],
        listing: &Listing<'_>,
    ) -> Result<Self, ReadError> {
        let order = listing.order;
        let mut runs = Vec::new();
        for term in terms {
            runs.push(Run::new(index, term, order, listing.after)?);
        }
        Ok(Self { index, order, runs })
    }

    /// Goes on behind a number, of which nothing is to be told before.
    fn go_behind(&mut self, number: u64) -> Result<(), ReadError> {
        for run in &mut self.runs {
            *run = Run::new(self.index, run.term, self.order, Some(number))?;
        }
        Ok(())
    }

    /// The one that comes first in any of them.
    fn first(&self) -> Option<u64> {
        let firsts = self.runs.iter().filter_map(|run| run.first);
        firsts.min_by(|one, other| self.order.of(*one, *other))
    }

    /// Goes on behind it, in each that has it.
    fn pass(&mut self, number: u64) -> Result<(), ReadError> {
        for run in self.runs.iter_mut().filter(|run| run.first == Some(number)) {
            run.go_on(self.order)?;
        }
        Ok(())
    }
}

impl<'a> Run<'a> {
    fn new(
        index: &'a ReadOnlyTable<(&'static str, u64), ()>,
        term: &'a str,
        order: Order,
        after: Option<u64>,
    ) -> Result<Self, ReadError> {
        let (from, to) = match (order, after) {
            (_, None) => (0, u64::MAX),
            (Order::NewestFirst, Some(after)) => (0, after),
            (Order::OldestFirst, Some(after)) => (after.saturating_add(1), u64::MAX),
        };
        let mut run = Self { term, left: index.range((term, from)..(term, to))?, first: None };
        run.go_on(order)?;
        Ok(run)
    }

    fn go_on(&mut self, order: Order) -> Result<(), ReadError> {
        let next = match order {
            Order::NewestFirst => self.left.next_back(),
            Order::OldestFirst => self.left.next(),
        };
        self.first = next.transpose()?.map(|(key, _)| key.value().1);
        Ok(())
    }
}
