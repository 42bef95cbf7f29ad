//! What is kept of somebody where it outlives the process.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    archive::Status,
    cell::Cell,
    engine::Engine,
    person::{Concern, Person},
};

/// An execution that is somebody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundExecution {
    /// Its ARN.
    pub execution_arn: Arc<str>,
    /// How it stands.
    pub status: Status,
    /// Its place among all.
    pub number: u64,
}

/// All that is theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonalRecords {
    /// Executions, in the order in which they began.
    pub executions: Vec<FoundExecution>,
    /// Records of executions, theirs or those of EXPRESS executions that were.
    pub log_records: u64,
    /// The executions of those records.
    pub logged: BTreeSet<String>,
    /// Executions of others in which they are only mentioned: those stay.
    pub mentioned_in: BTreeSet<String>,
    /// Bytes about them stand where nothing is any more, or may: an erasure was interrupted.
    pub has_leftovers: bool,
}

impl PersonalRecords {
    /// Whether there is nothing to erase.
    pub fn is_empty(&self) -> bool {
        self.executions.is_empty() && self.log_records == 0 && !self.has_leftovers
    }

    /// Whether records of this execution are theirs.
    pub fn owns(&self, execution_arn: &str) -> bool {
        self.logged.contains(execution_arn)
            || self.executions.iter().any(|found| &*found.execution_arn == execution_arn)
    }
}

impl Engine {
    /// What is in memory of somebody and is kept nowhere else, who becomes known by more keys thereby.
    pub fn find_person(&self, person: &mut Person) -> PersonalRecords {
        let mut found = PersonalRecords::default();
        let mut cells = self.inner.executions.all();
        cells.retain(|cell| !self.inner.is_archived(cell));
        cells.sort_by_key(|cell| cell.sequence);
        for cell in cells {
            let documents = documents(&cell);
            let concerns = documents.iter().map(|document| person.concern(document));
            let execution_arn = Arc::clone(&cell.identity.execution_arn);
            match concerns.max().unwrap_or(Concern::None) {
                Concern::None => {}
                Concern::Mentioned => {
                    found.mentioned_in.insert(execution_arn.to_string());
                }
                Concern::Theirs => {
                    documents.iter().for_each(|document| person.learn_from(document));
                    let outcome = cell.lock().execution.outcome().cloned();
                    found.executions.push(FoundExecution {
                        execution_arn,
                        status: Status::after(outcome.as_ref()),
                        number: cell.sequence,
                    });
                }
            }
        }
        found
    }
}

/// What an execution was given, and what its events show.
fn documents(cell: &Cell) -> Vec<String> {
    let body = cell.lock();
    let input = body.execution.input().map(|input| input.text().to_owned());
    let events = body.execution.history().iter();
    let of_events = events.map(|event| event.to_json(serde_json::Value::Null).to_string());
    input.into_iter().chain(of_events).collect()
}
