//! Listing executions, from memory or from what is kept.

use std::cmp::Reverse;

use crate::{
    archive::{Listing, Of, Summary},
    cell::Cell,
    engine::{Engine, Inner},
    error::EngineError,
    names::kind_of,
    qualified_arn::{QualifiedArn, Qualifier},
};

impl Engine {
    /// Executions, the newest first. Where they outlive the process, those are told of that do.
    pub fn list(&self, listing: &Listing<'_>) -> Result<Vec<Summary>, EngineError> {
        let inner = &self.inner;
        let Some(archive) = inner.journal.archive() else {
            return Ok(inner.list_those(listing, |_| true));
        };
        let mut found = archive.list(listing)?;
        // Nobody keeps EXPRESS children of map runs.
        found.extend(inner.list_those(listing, |cell| !cell.is_kept()));
        found.sort_by_key(|summary| Reverse(summary.number));
        found.truncate(listing.most);
        Ok(found)
    }
}

impl Inner {
    fn list_those(&self, listing: &Listing<'_>, is_one: impl Fn(&Cell) -> bool) -> Vec<Summary> {
        let Listing { of, status, redriven, before, most } = *listing;
        let mut cells = self.executions.all();
        cells.retain(|cell| {
            is_one(cell) && before.is_none_or(|before| cell.sequence < before) && is_of(cell, of)
        });
        cells.sort_by_key(|cell| Reverse(cell.sequence));
        let summaries = cells.iter().filter_map(|cell| {
            let stage = cell.lock().stage()?;
            let is_asked_for = status.is_none_or(|status| status == stage.status)
                && redriven.is_none_or(|redriven| redriven != stage.redrives.is_empty());
            is_asked_for.then(|| Summary {
                number: cell.sequence,
                identity: cell.identity.clone(),
                item_count: cell.part.as_ref().map(|part| part.item_count),
                stage,
            })
        });
        summaries.take(most).collect()
    }
}

fn is_of(cell: &Cell, of: Of<'_>) -> bool {
    let identity = &cell.identity;
    let Of::Arn(arn) = of else { return identity.map_run_arn.is_none() };
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
