//! The disk may fail at any operation, lose what was not synced, and come back: what was committed is
//! whole, and nothing stands behind a gap.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use atlas_core::{Event, Timestamp};
use atlas_engine::{
    PhoneHashKey, Place,
    archive::{Listing, Of, Stage, Status},
};
use redb::{ReadableDatabase as _, ReadableTable as _, StorageBackend};
use serde_json::json;

use super::*;
use crate::{
    contents::{Known, place_name, read, stamp},
    disk::{Chance, DiskFault, Unreliable},
    entry::{Begun, Noted},
    erasure::{replace, rewrite},
    index, lister,
    open_file::CurrentFile,
    reader::{self, Machines},
    tables::{COUNTS, INDEX},
};

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

/// With the first batch the execution begins; with the last it ends.
fn batch(number: u64) -> Vec<Entry> {
    let line = |place: u64| json!({"at": place, "fact": "Redriven"}).to_string();
    let mut entries = Vec::new();
    let mut places = number * FACTS_OF_A_BATCH..(number + 1) * FACTS_OF_A_BATCH;
    if number == 0 {
        let machine = json!({"arn": "m", "name": "M", "type": "STANDARD", "roleArn": "r",
            "definition": "{}", "createdAt": 0, "updatedAt": 0});
        entries.push(Entry::Place { name: place_name("us-east-1", "000000000000"), number: 0 });
        entries.push(Entry::Machine { key: "m#0#".to_owned(), document: machine.to_string() });
        let header = json!({"executionArn": "e", "name": "e", "stateMachineArn": "m",
            "stateMachineName": "M", "roleArn": "r", "region": "us-east-1",
            "account": "000000000000", "machine": "m#0#", "skipsWaits": false});
        entries.push(Entry::Begin(Box::new(Begun {
            number: 0,
            place: 0,
            arn: "e".into(),
            header: header.to_string(),
            terms: terms(Status::Running),
            keys: Vec::new(),
            started_at: Timestamp::default(),
            line: line(places.next().unwrap()),
        })));
    }
    entries.extend(places.map(|place| Entry::Fact { number: 0, place, line: line(place) }));
    if number == BATCHES - 1 {
        entries.push(Entry::Note(Box::new(Noted {
            number: 0,
            place: 0,
            old_terms: terms(Status::Running),
            new_terms: terms(Status::Succeeded),
            before: Status::Running,
            stage: Stage {
                status: Status::Succeeded,
                started_at: Timestamp::default(),
                ended_at: Some(Timestamp::from_millis(7)),
                redrives: Vec::new(),
                redrive_token: None,
            },
        })));
    }
    entries
}

fn terms(status: Status) -> Vec<String> {
    vec![index::of_arn("m", status), index::of_place(&Place::default(), status)]
}

/// The times of the facts that a disk holds. Its indexes say the same as they do.
fn held(disk: &Disk) -> Vec<i64> {
    let database = disk.open().unwrap();
    let (kept, known) = read(&database).unwrap();
    let machines = Machines::default();
    let execution = reader::execution(&database, &machines, 0, "e").unwrap();
    let facts: Vec<i64> = execution.iter().flat_map(|it| &it.events).map(millis).collect();
    let is_over = facts.len() as u64 == BATCHES * FACTS_OF_A_BATCH;
    let expected = match (facts.is_empty(), is_over) {
        (true, _) => None,
        (false, false) => Some(Status::Running),
        (false, true) => Some(Status::Succeeded),
    };
    assert_eq!(execution.map(|it| it.stage.status), expected);
    assert_eq!(known.next_number, u64::from(!facts.is_empty()));
    let awake: Vec<u64> = kept.into_values().flat_map(|(_, kept)| kept.awake).collect();
    assert_eq!(awake, if expected == Some(Status::Running) { vec![0] } else { vec![] });
    for of in [Of::Arn("m"), Of::Place] {
        for status in Status::ALL {
            let listing = Listing { statuses: status.into(), ..Listing::of(of, 9) };
            let key = PhoneHashKey::new([]);
            let listed = lister::list(&database, &Place::default(), &key, &listing).unwrap();
            let count = listed.executions.len();
            assert_eq!(count, usize::from(Some(status) == expected), "{of:?} {status:?}");
        }
    }
    check_counts(&database);
    facts
}

/// What is counted is what is there.
fn check_counts(database: &Database) {
    let transaction = database.begin_read().unwrap();
    let mut counted = BTreeMap::new();
    for entry in transaction.open_table(INDEX).unwrap().iter().unwrap() {
        let (key, _) = entry.unwrap();
        *counted.entry(key.value().0.to_owned()).or_insert(0) += 1;
    }
    let mut told = BTreeMap::new();
    for entry in transaction.open_table(COUNTS).unwrap().iter().unwrap() {
        let (term, count) = entry.unwrap();
        told.insert(term.value().to_owned(), count.value());
    }
    assert_eq!(told, counted);
}

fn millis(event: &Event) -> i64 {
    event.at.as_millis()
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
        while committed < BATCHES && commit(&database, &batch(committed), None).is_ok() {
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

#[test]
fn a_disk_that_loses_its_power_or_fails_to_sync_holds_what_was_committed_and_no_half_of_a_batch() {
    for fault in [DiskFault::PowerLoss, DiskFault::FailingSync] {
        let mut failed = 0;
        for seed in 0..100 {
            let disk = Disk::default();
            stamp(&disk.open().unwrap()).unwrap();
            let chance = Arc::new(Chance::new(&[fault], seed));
            // Instead of an end of the process.
            let unreliable = Unreliable::with_power(disk.clone(), chance, || {}).unwrap();
            let opened = Database::builder().create_with_backend(unreliable);
            let mut committed = 0;
            if let Ok(database) = &opened {
                while committed < BATCHES && commit(database, &batch(committed), None).is_ok() {
                    committed += 1;
                }
            }
            failed += u32::from(committed < BATCHES);
            drop(opened);
            let held = held(&disk);
            let is_whole = held == facts(committed) || held == facts(committed + 1);
            assert!(is_whole, "{fault:?}, seed {seed}, {committed} committed: {held:?}");
        }
        assert!(failed > 10, "{fault:?} came {failed} times");
    }
}

#[tokio::test]
async fn what_could_not_be_committed_is_once_the_disk_is_back() {
    let disk = Disk::default();
    let database = disk.open().unwrap();
    stamp(&database).unwrap();
    let shared = Arc::new(Shared::new(database, Known::default(), PhoneHashKey::new([])));
    let inbox = &shared.inbox;
    let (writing, reopened) = (Arc::clone(&shared), disk.clone());
    let writer = std::thread::spawn(move || {
        write(&writing, || reopened.open(), |_| Err("nobody asks for it".to_owned()))
    });
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
    let large = || Entry::Fact { number: 0, place: 0, line: "x".repeat(MOST_HELD / 4 - 200) };
    let mut refused = Vec::new();
    for _ in 0..6 {
        refused.push(inbox.refusal().is_some());
        inbox.put([large()]);
    }
    assert_eq!(refused, [false, false, false, false, false, true]);
    assert_eq!(inbox.refusal().as_deref(), Some("the disk is too slow"));
    assert_eq!(inbox.take().unwrap().entries.len(), 6);
    assert_eq!(inbox.refusal(), None);
}

/// A file of the same rows on another disk, and a file of bytes that stands for the one before.
fn anew(folder: &Path, disk: &Disk, open: &Database) -> (Database, Replaced) {
    let fresh = disk.open().unwrap();
    rewrite(open, &fresh).unwrap();
    fs::write(folder.join("file"), "what was there").unwrap();
    fs::hard_link(folder.join("file"), folder.join("seen")).unwrap();
    fs::write(folder.join("fresh"), "what is there").unwrap();
    (fresh, replace(&folder.join("file"), &folder.join("fresh")).unwrap())
}

fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("atlas-{name}-{}", std::process::id()));
    let _absent = fs::remove_dir_all(&path);
    fs::create_dir(&path).unwrap();
    path
}

#[tokio::test]
async fn while_somebody_reads_the_old_file_the_new_one_is_read_and_written_and_the_old_one_stays() {
    let folder = folder("written-anew");
    let (old, new) = (Disk::default(), Disk::default());
    let database = old.open().unwrap();
    stamp(&database).unwrap();
    let shared = Arc::new(Shared::new(database, Known::default(), PhoneHashKey::new([])));
    let (writing, fresh, place) = (Arc::clone(&shared), new.clone(), folder.clone());
    let writer = std::thread::spawn(move || {
        let reopen = || unreachable!("the disk is well");
        write(&writing, reopen, |open| Ok(anew(&place, &fresh, open)));
    });
    let inbox = &shared.inbox;
    let mut progress = inbox.progress();
    inbox.put(batch(0));
    let wanted = inbox.taken_in();
    progress.wait_for(|progress| progress.committed == wanted).await.unwrap();

    let reader = shared.database().unwrap();
    let asking = Arc::clone(&shared);
    let anew = std::thread::spawn(move || asking.inbox.write_anew());
    // At no moment is there no file.
    while Arc::ptr_eq(&shared.database().expect("the disk is well"), &reader) {
        std::thread::yield_now();
    }
    inbox.put(batch(1));
    let wanted = inbox.taken_in();
    progress.wait_for(|progress| progress.committed == wanted).await.unwrap();
    assert_eq!(fs::read(folder.join("seen")).unwrap(), b"what was there");
    assert!(!anew.is_finished());

    drop(reader);
    anew.join().unwrap().unwrap();
    assert_eq!(fs::read(folder.join("seen")).unwrap(), [0; 14]);
    inbox.close();
    writer.join().unwrap();
    assert_eq!(held(&Disk::holding(new.state().synced.clone())), facts(2));
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn whoever_erases_is_told_of_a_reader_that_stays_and_the_old_file_is_written_over_behind_it() {
    let folder = folder("reader-stays");
    let old = Disk::default().open().unwrap();
    stamp(&old).unwrap();
    let (fresh, replaced) = anew(&folder, &Disk::default(), &old);
    let file = CurrentFile::new(old);
    let reader = file.get().unwrap();
    let left = file.replace(fresh).unwrap();
    let mut told = None;
    shred(&left, replaced, Duration::ZERO, |done| {
        told = Some(done);
        assert_eq!(fs::read(folder.join("seen")).unwrap(), b"what was there");
        drop(reader);
    });
    assert!(told.unwrap().unwrap_err().contains("still being read"));
    assert_eq!(fs::read(folder.join("seen")).unwrap(), [0; 14]);
    fs::remove_dir_all(&folder).unwrap();
}
