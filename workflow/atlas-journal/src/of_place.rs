//! The journal of one place, and its archive.

use std::sync::Arc;

use atlas_asl::model::ExecutionType;
use atlas_core::{Event, Identity, TaskId, TaskToken, Timestamp};
use atlas_engine::{
    KeptMachine, PhoneHashKey, Place,
    archive::{Archive, Counts, KeptExecution, Listed, Listing, Note, Rest, Status},
    journal::{Introduction, Journal, JournalError, NewFact, Refusing, Settling, Shelf},
};
use redb::Database;

use crate::{
    contents::ReadError,
    counter,
    entry::{Begun, Entry, Noted},
    header::Header,
    index, lister, reader, record, stage,
    store::Shared,
    tables::SEPARATOR,
};

/// The journal of one place.
pub(crate) struct OfPlace {
    shared: Arc<Shared>,
    place: Place,
    number: u32,
}

impl OfPlace {
    pub(crate) fn new(shared: Arc<Shared>, place: Place, number: u32) -> Self {
        Self { shared, place, number }
    }

    /// What runs goes on and waits for room on the disk; nothing new begins without it.
    fn admit(&self, name: &str) -> Result<(), JournalError> {
        match self.shared.inbox.refusal() {
            Some(reason) => Err(failed(name, &reason)),
            None => Ok(()),
        }
    }

    /// The terms of the business keys that a fact brings.
    fn keys(&self, event: &Event) -> Vec<String> {
        let Some(document) = record::document(event) else { return Vec::new() };
        index::of_document(&self.place, document.text(), Some(&self.shared.phone_hash_key))
    }

    fn read<T>(
        &self,
        what: &str,
        read: impl FnOnce(&Database) -> Result<T, ReadError>,
    ) -> Result<T, JournalError> {
        let Some(database) = self.shared.database() else {
            return Err(failed(what, &"the disk fails"));
        };
        read(&database).map_err(|error| failed(what, &error))
    }
}

impl Journal for OfPlace {
    fn begin(&self, execution: &Introduction<'_>, event: &Event) -> Result<(), JournalError> {
        let Introduction { identity, number, machine, started_by, .. } = *execution;
        if !is_kept(identity) {
            return Ok(());
        }
        // What a running execution starts belongs to it: it waits for room, as its facts do.
        if started_by.is_none() && identity.map_run_arn.is_none() {
            self.admit(&identity.execution_arn)?;
        }
        let key = KeptMachine::key_of(machine);
        self.shared.keep_machine(key, || json(&KeptMachine::from(machine)));
        let mut keys = self.keys(event);
        keys.extend(started_by.map(|by| index::of_parent(&by.execution_arn)));
        self.shared.inbox.put([Entry::Begin(Box::new(Begun {
            number,
            place: self.number,
            arn: Arc::clone(&identity.execution_arn),
            header: json(&Header::new(&self.place, execution)),
            terms: index::terms(&self.place, identity, Status::Running),
            keys,
            started_at: event.at,
            line: record::line(event),
        }))]);
        Ok(())
    }

    fn append(&self, fact: &NewFact<'_>) -> Result<(), JournalError> {
        let NewFact { identity, number, place, event } = *fact;
        if !is_kept(identity) {
            return Ok(());
        }
        let terms = self.keys(event);
        let keys = (!terms.is_empty()).then_some(Entry::Keys { number, terms });
        let fact = Entry::Fact { number, place, line: record::line(event) };
        self.shared.inbox.put(std::iter::once(fact).chain(keys));
        Ok(())
    }

    fn keep(&self, shelf: Shelf, name: &str, document: Option<String>) -> Result<(), JournalError> {
        self.admit(name)?;
        let Place { region, account } = &self.place;
        let parts = [&**region, &**account, shelf.as_str(), name];
        let full_name = parts.join(&SEPARATOR.to_string());
        self.shared.inbox.put([Entry::Document { name: full_name, document }]);
        Ok(())
    }

    fn archive(&self) -> Option<&dyn Archive> {
        Some(self)
    }

    fn settled(&self) -> Settling {
        self.shared.inbox.settled()
    }

    fn refused(&self) -> Refusing {
        let mut progress = self.shared.inbox.progress();
        Box::pin(async move {
            let reason = match progress.wait_for(|progress| progress.failing.is_some()).await {
                Ok(progress) => progress.failing.clone(),
                Err(_gone) => None,
            };
            match reason {
                Some(reason) => failed("", &reason),
                None => std::future::pending().await,
            }
        })
    }
}

impl Archive for OfPlace {
    fn next_number(&self) -> u64 {
        self.shared.next_number()
    }

    fn forgets_before(&self) -> Timestamp {
        self.shared.forgets_before()
    }

    fn note(&self, note: &Note<'_>) {
        let Note { number, identity, before, stage } = *note;
        self.shared.inbox.put([Entry::Note(Box::new(Noted {
            number,
            place: self.number,
            old_terms: index::terms(&self.place, identity, before),
            new_terms: index::terms(&self.place, identity, stage.status),
            before,
            stage: stage.clone(),
        }))]);
    }

    fn hand_out(&self, token: &TaskToken, number: u64, task: TaskId) {
        self.shared.inbox.put([Entry::Token {
            token: token.expose().into(),
            number,
            task: task.0,
        }]);
    }

    fn know_map_run(&self, map_run_arn: &str, number: u64) {
        self.shared.inbox.put([Entry::MapRun { arn: map_run_arn.into(), number }]);
    }

    fn rest(&self, number: u64, rest: &Rest) {
        let until = rest.until.map(Timestamp::as_millis);
        let waiters = stage::write_waiters(rest);
        self.shared.inbox.put([Entry::Rest { place: self.number, number, until, waiters }]);
    }

    fn wake(&self, number: u64) {
        self.shared.inbox.put([Entry::Wake { place: self.number, number }]);
    }

    fn find(&self, execution_arn: &str) -> Result<Option<KeptExecution>, JournalError> {
        self.read(execution_arn, |database| {
            reader::execution(database, &self.shared.machines, self.number, execution_arn)
        })
    }

    fn number_of(&self, execution_arn: &str) -> Result<Option<u64>, JournalError> {
        self.read(execution_arn, |database| reader::number_of(database, execution_arn))
    }

    fn arn_of(&self, number: u64) -> Result<Option<Arc<str>>, JournalError> {
        self.read("", |database| reader::arn_of(database, number))
    }

    fn find_task(&self, token: &str) -> Result<Option<(u64, TaskId)>, JournalError> {
        self.read("", |database| reader::task_of(database, token))
    }

    fn find_map_run(&self, map_run_arn: &str) -> Result<Option<u64>, JournalError> {
        self.read(map_run_arn, |database| reader::of_map_run(database, map_run_arn))
    }

    fn list(&self, listing: &Listing<'_>) -> Result<Listed, JournalError> {
        self.read("", |database| {
            lister::list(database, &self.place, &self.shared.phone_hash_key, listing)
        })
    }

    fn phone_hash_key(&self) -> &PhoneHashKey {
        &self.shared.phone_hash_key
    }

    fn counts(&self) -> Result<Counts, JournalError> {
        self.read("", |database| counter::counts(database, &self.place))
    }
}

/// AWS keeps nothing of an EXPRESS execution either: it may run more than once.
fn is_kept(identity: &Identity) -> bool {
    identity.execution_type == ExecutionType::Standard
}

pub(crate) fn failed(execution_arn: &str, reason: &dyn std::fmt::Display) -> JournalError {
    JournalError { execution_arn: execution_arn.to_owned(), reason: reason.to_string() }
}

fn json(document: &impl serde::Serialize) -> String {
    serde_json::to_string(document).expect("what is kept has text keys only")
}
