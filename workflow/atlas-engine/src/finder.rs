//! Finds executions in memory by what their documents name, and by the execution that started them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use atlas_core::Fact;

use crate::{
    archive::Of, business_key::BusinessKey, cell::Cell, engine::Inner, phone_hash::PhoneHashKey,
};

/// Executions that no archive finds, by what they are looked for by.
#[derive(Debug)]
pub(crate) struct Finder {
    phone_hash_key: PhoneHashKey,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    cells: HashMap<Term, Vec<Weak<Cell>>>,
    count: usize,
    /// At this size, forgotten executions are swept out.
    sweep_at: usize,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum Term {
    Key(BusinessKey),
    StartedBy(Arc<str>),
}

impl Finder {
    pub(crate) fn new(phone_hash_key: PhoneHashKey) -> Self {
        Self { phone_hash_key, known: Mutex::default() }
    }

    /// Those that this may mean, each once, or `None` where it says nothing about how to find them.
    pub(crate) fn find(&self, of: Of<'_>) -> Option<Vec<Arc<Cell>>> {
        let terms = match of {
            Of::Arn(_) | Of::Place => return None,
            Of::StartedBy(arn) => vec![Term::StartedBy(arn.into())],
            Of::Key(asked) => BusinessKey::meant_by(asked, &self.phone_hash_key)
                .into_iter()
                .map(Term::Key)
                .collect(),
        };
        let known = self.known();
        let cells = terms.iter().filter_map(|term| known.cells.get(term)).flatten();
        let mut found: Vec<Arc<Cell>> = cells.filter_map(Weak::upgrade).collect();
        found.sort_by_key(|cell| cell.sequence);
        found.dedup_by_key(|cell| cell.sequence);
        Some(found)
    }

    fn add(&self, cell: &Arc<Cell>, terms: impl Iterator<Item = Term>) {
        let mut known = self.known();
        for term in terms {
            known.add(term, cell);
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn add(&mut self, term: Term, cell: &Arc<Cell>) {
        if self.count >= self.sweep_at.max(128) {
            self.cells.retain(|_, cells| {
                cells.retain(|cell| cell.strong_count() > 0);
                !cells.is_empty()
            });
            self.count = self.cells.values().map(Vec::len).sum();
            self.sweep_at = self.count * 2;
        }
        let cells = self.cells.entry(term).or_default();
        // One execution names the same lead again and again.
        if cells.last().is_none_or(|last| last.as_ptr() != Arc::as_ptr(cell)) {
            cells.push(Arc::downgrade(cell));
            self.count += 1;
        }
    }
}

impl Inner {
    /// Lets an execution be found by what a fact of it brings, where no archive does that.
    pub(crate) fn find_by(&self, cell: &Arc<Cell>, fact: &Fact) {
        if self.is_archived(cell) {
            return;
        }
        let (document, started_by) = match fact {
            Fact::Started { input, .. } => (input, cell.started_by.as_ref()),
            Fact::TaskSucceeded { output, .. } => (output, None),
            _ => return,
        };
        let keys = BusinessKey::all_in(document.text(), Some(&self.finder.phone_hash_key));
        let started_by = started_by.map(|by| Term::StartedBy(Arc::clone(&by.execution_arn)));
        let mut terms = keys.into_iter().map(Term::Key).chain(started_by).peekable();
        if terms.peek().is_some() {
            self.finder.add(cell, terms);
        }
    }

    /// Whether an archive keeps an execution, and tells of it.
    pub(crate) fn is_archived(&self, cell: &Cell) -> bool {
        cell.is_kept() && self.journal.archive().is_some()
    }
}
