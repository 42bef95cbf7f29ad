//! What came together, as the tables take it: one transaction.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use atlas_core::Timestamp;
use atlas_engine::{
    PhoneHashKey,
    archive::{Stage, Status},
};
use redb::{Database, Durability, ReadableTable as _, Table, WriteTransaction};

use crate::{
    contents::ReadError,
    counter::Changes,
    entry::{Begun, Entry, Noted},
    erasure::mark_unfinished,
    forget::{Which, forget},
    spans::Spans,
    stage,
    tables::{
        ARNS, AWAKE, DOCUMENTS, ENDED, EXECUTIONS, FACTS, INDEX, MACHINES, MAP_RUNS, NAMES, PLACES,
        RESTING, STAGES, TOKENS,
    },
};

/// Until when an execution rests, and who waits for it.
type Resting<'a> = (Option<i64>, &'a str);

/// The changes of a batch. What one entry changes and a later one changes again is written once.
#[derive(Debug, Default)]
struct Batch<'a> {
    begun: HashSet<u64>,
    executions: BTreeMap<u64, &'a str>,
    arns: BTreeMap<&'a str, u64>,
    stages: BTreeMap<u64, Stage>,
    /// Those that had ended and go on.
    redriven: HashSet<u64>,
    /// By status.
    index: BTreeMap<(&'a str, u64), bool>,
    /// By what stays as it is.
    keys: BTreeSet<(&'a str, u64)>,
    spans: Spans,
    awake: BTreeMap<(u32, u64), bool>,
    resting: BTreeMap<(u32, u64), Option<Resting<'a>>>,
    /// The facts of one execution that came together are one record.
    facts: BTreeMap<u64, (u64, String)>,
}

/// Commits entries, all of them or none.
///
/// Phone numbers of what is to be forgotten are looked for under the key.
pub(crate) fn commit(
    database: &Database,
    entries: &[Entry],
    phone_hash_key: Option<&PhoneHashKey>,
) -> Result<(), ReadError> {
    let mut transaction = database.begin_write()?;
    transaction.set_durability(Durability::Immediate)?;
    // Whoever opens the file after a crash need not read all of it.
    transaction.set_quick_repair(true);
    let mut batch = Batch::default();
    for entry in entries {
        batch.take_in(&transaction, entry)?;
    }
    batch.write(&transaction)?;
    // Behind everything else, for it reads what stands there.
    for entry in entries {
        if let Entry::Forget { number } = entry {
            forget(&transaction, *number, phone_hash_key, Which::Ended)?;
        }
    }
    transaction.commit()?;
    Ok(())
}

impl<'a> Batch<'a> {
    fn take_in(
        &mut self,
        transaction: &WriteTransaction,
        entry: &'a Entry,
    ) -> Result<(), ReadError> {
        match entry {
            Entry::Place { name, number } => {
                transaction.open_table(PLACES)?.insert(name.as_str(), *number)?;
            }
            Entry::Document { name, document: Some(document) } => {
                transaction.open_table(DOCUMENTS)?.insert(name.as_str(), document.as_str())?;
            }
            Entry::Document { name, document: None } => {
                transaction.open_table(DOCUMENTS)?.remove(name.as_str())?;
            }
            Entry::Machine { key, document } => {
                transaction.open_table(MACHINES)?.insert(key.as_str(), document.as_str())?;
            }
            Entry::Begin(begun) => self.begin(begun),
            Entry::Fact { number, place, line } => self.add_fact(*number, *place, line),
            Entry::Keys { number, terms } => {
                self.keys.extend(terms.iter().map(|term| (term.as_str(), *number)));
            }
            Entry::Note(noted) => self.note(noted),
            Entry::Token { token, number, task } => {
                transaction.open_table(TOKENS)?.insert(&**token, (*number, *task))?;
                transaction.open_table(NAMES)?.insert((*number, &**token), ())?;
            }
            Entry::MapRun { arn, number } => {
                transaction.open_table(MAP_RUNS)?.insert(&**arn, *number)?;
                transaction.open_table(NAMES)?.insert((*number, &**arn), ())?;
            }
            Entry::Rest { place, number, until, waiters } => {
                self.set_awake(*place, *number, false);
                self.resting.insert((*place, *number), Some((*until, waiters)));
            }
            Entry::Wake { place, number } => {
                self.set_awake(*place, *number, true);
                self.resting.insert((*place, *number), None);
            }
            Entry::Forget { .. } => {}
            Entry::Erased => mark_unfinished(transaction)?,
        }
        Ok(())
    }

    fn begin(&mut self, begun: &'a Begun) {
        let Begun { number, place, arn, header, terms, keys, started_at, line } = begun;
        self.spans.add(*number, *started_at);
        self.keys.extend(keys.iter().map(|term| (term.as_str(), *number)));
        self.begun.insert(*number);
        self.executions.insert(*number, header);
        self.arns.insert(arn, *number);
        let stage = Stage {
            status: Status::Running,
            started_at: *started_at,
            ended_at: None,
            redrives: Vec::new(),
            redrive_token: None,
        };
        self.stages.insert(*number, stage);
        self.index.extend(terms.iter().map(|term| ((term.as_str(), *number), true)));
        self.set_awake(*place, *number, true);
        self.add_fact(*number, 0, line);
    }

    fn add_fact(&mut self, number: u64, place: u64, line: &str) {
        let (_, record) = self.facts.entry(number).or_insert_with(|| (place, String::new()));
        if !record.is_empty() {
            record.push('\n');
        }
        record.push_str(line);
    }

    fn note(&mut self, noted: &'a Noted) {
        let Noted { number, place, old_terms, new_terms, before, stage } = noted;
        for term in old_terms {
            let key = (term.as_str(), *number);
            if self.begun.contains(number) {
                self.index.remove(&key);
            } else {
                self.index.insert(key, false);
            }
        }
        self.index.extend(new_terms.iter().map(|term| ((term.as_str(), *number), true)));
        if *before != Status::Running {
            self.redriven.insert(*number);
        }
        self.stages.insert(*number, stage.clone());
        self.set_awake(*place, *number, stage.status == Status::Running);
    }

    fn set_awake(&mut self, place: u32, number: u64, is_awake: bool) {
        if !is_awake && self.begun.contains(&number) {
            self.awake.remove(&(place, number));
        } else {
            self.awake.insert((place, number), is_awake);
        }
    }

    fn write(self, transaction: &WriteTransaction) -> Result<(), ReadError> {
        let Self { executions, arns, stages, redriven, index, keys, .. } = self;
        let Self { spans, awake, resting, facts, .. } = self;
        put(&mut transaction.open_table(EXECUTIONS)?, executions)?;
        let mut table = transaction.open_table(ARNS)?;
        for (arn, number) in arns {
            table.insert(arn, number)?;
        }
        drop(table);
        write_stages(transaction, stages, &redriven)?;
        let mut table = transaction.open_table(INDEX)?;
        let mut counts = Changes::default();
        for (key, is_there) in index {
            if is_there {
                counts.written(key.0, table.insert(key, ())?.is_some());
            } else {
                counts.removed(key.0, table.remove(key)?.is_some());
            }
        }
        for key in keys {
            table.insert(key, ())?;
        }
        drop(table);
        counts.write(transaction)?;
        spans.write(transaction)?;
        let mut table = transaction.open_table(AWAKE)?;
        for (key, is_there) in awake {
            if is_there {
                table.insert(key, ())?;
            } else {
                table.remove(key)?;
            }
        }
        drop(table);
        let mut table = transaction.open_table(RESTING)?;
        for (key, rest) in resting {
            match rest {
                Some(rest) => drop(table.insert(key, rest)?),
                None => drop(table.remove(key)?),
            }
        }
        drop(table);
        let mut table = transaction.open_table(FACTS)?;
        for (number, (place, record)) in facts {
            table.insert((number, place), record.as_str())?;
        }
        Ok(())
    }
}

fn put(table: &mut Table<'_, u64, &'static str>, rows: BTreeMap<u64, &str>) -> redb::Result<()> {
    for (key, value) in rows {
        table.insert(key, value)?;
    }
    Ok(())
}

/// Also keeps the order of the ends.
fn write_stages(
    transaction: &WriteTransaction,
    stages: BTreeMap<u64, Stage>,
    redriven: &HashSet<u64>,
) -> Result<(), ReadError> {
    let mut table = transaction.open_table(STAGES)?;
    let mut ended = transaction.open_table(ENDED)?;
    for (number, stage) in stages {
        if redriven.contains(&number)
            && let Some(before) = table.get(number)?
        {
            let before = stage::read(before.value())
                .map_err(|source| ReadError::Stage { number, source })?;
            if let Some(at) = before.ended_at {
                ended.remove((at.as_millis(), number))?;
            }
        }
        if let Some(at) = stage.ended_at.map(Timestamp::as_millis) {
            ended.insert((at, number), ())?;
        }
        table.insert(number, stage::write(&stage).as_str())?;
    }
    Ok(())
}
