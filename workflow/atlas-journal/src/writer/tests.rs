//! The disk may fail at any operation, lose what was not synced, and come back: what was committed is
//! whole, and nothing stands behind a gap.

use std::{
    io,
    sync::{Arc, Mutex},
};

use redb::StorageBackend;
use serde_json::json;

use super::*;
use crate::contents::{read, stamp};

/// A disk that can be cut off.
#[derive(Debug, Clone, Default)]
struct Disk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// What a process sees.
    seen: Vec<u8>,
    /// What would be there after the power failed: at least this.
    synced: Vec<u8>,
    /// How many operations still succeed, where there is an end to it.
    left: Option<usize>,
}

impl State {
    fn operate(&mut self) -> io::Result<()> {
        match &mut self.left {
            None => Ok(()),
            Some(0) => Err(io::Error::other("the disk is gone")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
        }
    }
}

impl Disk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Another disk with these bytes.
    fn holding(bytes: Vec<u8>) -> Self {
        let disk = Self::default();
        disk.state().seen.clone_from(&bytes);
        disk.state().synced = bytes;
        disk
    }

    fn open(&self) -> Result<Database, DatabaseError> {
        Database::builder().create_with_backend(self.clone())
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.state().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let from = usize::try_from(offset).unwrap();
        let state = self.state();
        let bytes = state.seen.get(from..from + out.len());
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.state();
        state.operate()?;
        state.seen.resize(usize::try_from(len).unwrap(), 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.state();
        state.operate()?;
        state.synced = state.seen.clone();
        Ok(())
    }

    /// One that fails has written half of it.
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let from = usize::try_from(offset).unwrap();
        let mut state = self.state();
        let done = state.operate();
        let written = if done.is_ok() { data.len() } else { data.len() / 2 };
        state.seen[from..from + written].copy_from_slice(&data[..written]);
        done
    }
}

const BATCHES: u64 = 4;
const FACTS_OF_A_BATCH: u64 = 3;

/// The first batch introduces the execution.
fn batch(number: u64) -> Vec<Entry> {
    let mut entries = Vec::new();
    if number == 0 {
        let machine = json!({"arn": "m", "name": "M", "type": "STANDARD", "roleArn": "r",
            "definition": "{}", "createdAt": 0, "updatedAt": 0});
        entries.push(Entry::Machine { key: "m#0#".to_owned(), document: machine.to_string() });
        let header = json!({"executionArn": "e", "name": "e", "stateMachineArn": "m",
            "stateMachineName": "M", "roleArn": "r", "region": "us-east-1",
            "account": "000000000000", "machine": "m#0#", "skipsWaits": false});
        entries.push(Entry::Execution { number: 0, header: header.to_string() });
    }
    let places = number * FACTS_OF_A_BATCH..(number + 1) * FACTS_OF_A_BATCH;
    entries.extend(places.map(|place| Entry::Fact {
        number: 0,
        place,
        line: json!({"at": place, "fact": "Redriven"}).to_string(),
    }));
    entries
}

/// The times of the facts that a disk holds.
fn held(disk: &Disk) -> Vec<i64> {
    let (kept, _) = read(&disk.open().unwrap()).unwrap();
    let executions = kept.into_values().flat_map(|place| place.executions);
    executions.flat_map(|it| it.events).map(|event| event.at.as_millis()).collect()
}

fn facts(batches: u64) -> Vec<i64> {
    (0..i64::try_from(batches * FACTS_OF_A_BATCH).unwrap()).collect()
}

#[test]
fn a_disk_that_is_cut_off_at_any_operation_holds_what_was_committed_and_no_half_of_a_batch() {
    for cut in 0.. {
        let disk = Disk::default();
        let database = disk.open().unwrap();
        stamp(&database).unwrap();
        disk.state().left = Some(cut);
        let mut committed = 0;
        while committed < BATCHES && commit(&database, &batch(committed)).is_ok() {
            committed += 1;
        }
        let (seen, synced) = {
            let state = disk.state();
            (state.seen.clone(), state.synced.clone())
        };
        drop(database);
        for (what, bytes) in [("all that was written", seen), ("what was synced", synced)] {
            let held = held(&Disk::holding(bytes));
            let is_whole = held == facts(committed) || held == facts(committed + 1);
            assert!(is_whole, "cut at {cut}, {committed} committed, {what}: {held:?}");
        }
        if committed == BATCHES {
            assert!(cut > 10, "{cut}");
            return;
        }
    }
}

#[tokio::test]
async fn what_could_not_be_committed_is_once_the_disk_is_back() {
    let disk = Disk::default();
    let database = disk.open().unwrap();
    stamp(&database).unwrap();
    let inbox = Arc::new(Inbox::default());
    let (writing, reopened) = (Arc::clone(&inbox), disk.clone());
    let writer = std::thread::spawn(move || write(&writing, database, || reopened.open()));
    let mut progress = inbox.progress();
    inbox.put(batch(0));
    let wanted = inbox.taken_in();
    progress.wait_for(|progress| progress.committed == wanted).await.unwrap();

    disk.state().left = Some(0);
    inbox.put(batch(1));
    let failing = progress.wait_for(|progress| progress.failing.is_some()).await.unwrap().clone();
    assert_eq!(failing.committed, wanted);
    assert!(failing.failing.unwrap().contains("the disk is gone"));
    assert!(inbox.refusal().unwrap().contains("the disk is gone"));
    inbox.put(batch(2));

    disk.state().left = None;
    let wanted = inbox.taken_in();
    progress.wait_for(|progress| progress.committed == wanted).await.unwrap();
    assert_eq!(inbox.refusal(), None);
    inbox.close();
    writer.join().unwrap();
    assert_eq!(held(&Disk::holding(disk.state().synced.clone())), facts(3));
}

#[test]
fn while_much_waits_for_the_disk_nothing_new_begins_and_what_runs_goes_on() {
    let inbox = Inbox::default();
    let large = || Entry::Fact { number: 0, place: 0, line: "x".repeat(MOST_HELD / 4) };
    let mut refused = Vec::new();
    for _ in 0..6 {
        refused.push(inbox.refusal().is_some());
        inbox.put([large()]);
    }
    assert_eq!(refused, [false, false, false, false, false, true]);
    assert_eq!(inbox.refusal().as_deref(), Some("the disk is too slow"));
    assert_eq!(inbox.take().unwrap().len(), 6);
    assert_eq!(inbox.refusal(), None);
}
