//! Listing executions, from memory or from what is kept.

use std::sync::Arc;

use crate::{
    archive::{Listed, Listing, Of, Summary},
    cell::Cell,
    engine::{Engine, Inner},
    error::EngineError,
    names::kind_of,
    qualified_arn::{QualifiedArn, Qualifier},
};

impl Engine {
    /// A page of executions. Where they outlive the process, those are told of that do.
    ///
    /// # Errors
    /// Where what is kept cannot be read.
    pub fn list(&self, listing: &Listing<'_>) -> Result<Listed, EngineError> {
        let inner = &self.inner;
        let in_memory = inner.list_in(listing, |cell| !inner.is_archived(cell));
        Ok(match inner.journal.archive() {
            // Nobody keeps EXPRESS executions.
            Some(archive) => merged(listing, archive.list(listing)?, in_memory),
            None => in_memory,
        })
    }
}

impl Inner {
    fn list_in(&self, listing: &Listing<'_>, is_one: impl Fn(&Cell) -> bool) -> Listed {
        let Listing { of, order, most, most_seen, .. } = *listing;
        let found = self.finder.find(of);
        let is_found = found.is_some();
        let mut cells = found.unwrap_or_else(|| self.executions.all());
        cells.retain(|cell| {
            is_one(cell)
                && listing.is_ahead(cell.sequence)
                && is_of(cell, of)
                && listing.takes_name(&cell.identity.execution_name)
                && (!is_found || self.is_known(cell))
        });
        cells.sort_by(|one, other| order.of(one.sequence, other.sequence));
        let mut executions = Vec::new();
        let mut seen = 0;
        for cell in &cells {
            if executions.len() == most || seen == most_seen {
                break;
            }
            seen += 1;
            executions.extend(summary(cell).filter(|summary| listing.takes(&summary.stage)));
        }
        let next = cells.get(seen).and_then(|_| cells.get(seen.checked_sub(1)?));
        Listed { executions, next: next.map(|last| last.sequence) }
    }

    /// Whether it is the execution that is known by its ARN, and not one that was forgotten.
    fn is_known(&self, cell: &Arc<Cell>) -> bool {
        let known = self.executions.find(&cell.identity.execution_arn);
        known.is_some_and(|known| Arc::ptr_eq(&known, cell))
    }
}

/// Both pages in one: it ends where the one does that ends first.
fn merged(listing: &Listing<'_>, one: Listed, other: Listed) -> Listed {
    let order = listing.order;
    let ends = [one.next, other.next].into_iter().flatten();
    let mut next = ends.min_by(|one, other| order.of(*one, *other));
    let mut executions = one.executions;
    executions.extend(other.executions);
    if let Some(next) = next {
        executions.retain(|summary| order.of(summary.number, next).is_le());
    }
    executions.sort_by(|one, other| order.of(one.number, other.number));
    if executions.len() > listing.most {
        executions.truncate(listing.most);
        next = executions.last().map(|last| last.number);
    }
    Listed { executions, next }
}

fn summary(cell: &Cell) -> Option<Summary> {
    Some(Summary {
        number: cell.sequence,
        identity: Arc::clone(&cell.identity),
        started_by: cell.started_by.as_ref().map(|by| Arc::clone(&by.execution_arn)),
        item_count: cell.part.as_ref().map(|part| part.item_count),
        stage: cell.lock().stage()?,
    })
}

fn is_of(cell: &Cell, of: Of<'_>) -> bool {
    let identity = &cell.identity;
    let arn = match of {
        Of::Place => return identity.map_run_arn.is_none(),
        // Those were found by it.
        Of::Key(_) | Of::StartedBy(_) => return true,
        Of::Arn(arn) => arn,
    };
    let own = if kind_of(arn) == Some("mapRun") {
        identity.map_run_arn.as_ref()
    } else {
        match QualifiedArn::parse(arn).qualifier {
            None | Some(Qualifier::Label(_)) => Some(&identity.state_machine_arn),
            Some(Qualifier::Version(_)) => identity.version_arn.as_ref(),
            Some(Qualifier::Alias(_)) => identity.alias_arn.as_ref(),
        }
    };
    own.is_some_and(|own| **own == *arn)
}
