//! Erasing somebody from a folder that no server has.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use atlas_engine::{Person, PersonalRecords};
use redb::Durability;

use super::{is_unfinished, mark_unfinished, replace, rewrite, rewriting, search};
use crate::{
    contents::ReadError,
    data_folder::{DataError, DataFolder},
    disk::Disk,
    forget::{Which, forget},
    logs::{erase_records, find_records},
    phone_terms,
};

/// Read at once where bytes are looked for.
const PIECE: usize = 1 << 20;
/// A number or an address that begins in one piece ends in it or so near.
const OVERLAP: usize = 1 << 10;

impl DataFolder {
    /// What the folder holds of somebody, who becomes known by more keys thereby.
    ///
    /// # Errors
    /// Where the journal or the logs cannot be read.
    pub fn find_person(&self, person: &mut Person) -> Result<PersonalRecords, DataError> {
        let folder = self.folder.path();
        let failed = |source| DataError::File { path: folder.to_owned(), source };
        let mut found = PersonalRecords::default();
        loop {
            let known = person.keys().count();
            self.read(|transaction| search(transaction, person, &mut found))?;
            find_records(folder, person, &mut found).map_err(failed)?;
            // A key that the last of them brought may lead to the first.
            if person.keys().count() == known {
                break;
            }
        }
        found.has_leftovers |= self.read(is_unfinished)?
            || !self.folder.leftovers().map_err(failed)?.is_empty()
            || (found.executions.is_empty()
                && found.mentioned_in.is_empty()
                && holds(&self.folder.database(), person).map_err(failed)?);
        Ok(found)
    }

    /// Erases what was found: executions whatever their status, records of the logs, and what earlier rows left
    /// in the file.
    ///
    /// # Errors
    /// Where the journal or the logs cannot be read or written. What is erased by then is; the next call goes on.
    pub fn erase_person(self, person: &Person, found: &PersonalRecords) -> Result<(), DataError> {
        let folder = self.folder.path().to_owned();
        let failed = |source| DataError::File { path: folder.clone(), source };
        self.folder.shred_leftovers().map_err(failed)?;
        erase_records(&folder, person, found).map_err(failed)?;
        if found.executions.is_empty() && !found.has_leftovers {
            return Ok(());
        }
        self.remove(found).map_err(|error| self.journal_error(&error))?;
        let file = self.folder.database();
        let beside = rewriting(&file);
        let fresh =
            Disk::default().make_anew(&beside).map_err(|error| self.journal_error(&error))?;
        rewrite(&self.database, &fresh).map_err(|error| self.journal_error(&error))?;
        drop(fresh);
        let Self { folder: _held, database } = self;
        let replaced = replace(&file, &beside).map_err(failed)?;
        drop(database);
        replaced.shred().map_err(failed)
    }

    fn remove(&self, found: &PersonalRecords) -> Result<(), ReadError> {
        let key = phone_terms::own_key(&self.database)?;
        let mut transaction = self.database.begin_write()?;
        transaction.set_durability(Durability::Immediate)?;
        transaction.set_quick_repair(true);
        for execution in &found.executions {
            forget(&transaction, execution.number, key.as_ref(), Which::Any)?;
        }
        // Under a key that is not kept, what was hashed cannot be found: it is all hashed anew.
        if key.is_none() && !found.executions.is_empty() {
            phone_terms::drop_hashes(&transaction)?;
        }
        mark_unfinished(&transaction)?;
        transaction.commit()?;
        Ok(())
    }
}

/// Whether the bytes of a file hold a number or an address of theirs, whatever they belong to.
pub(crate) fn holds(file: &Path, person: &Person) -> io::Result<bool> {
    let mut file = File::open(file)?;
    let mut bytes = Vec::new();
    loop {
        let kept = bytes.len().min(OVERLAP);
        bytes.drain(..bytes.len() - kept);
        let read = file.by_ref().take(PIECE as u64).read_to_end(&mut bytes)?;
        if person.is_known_in(&String::from_utf8_lossy(&bytes)) {
            return Ok(true);
        }
        if read == 0 {
            return Ok(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn an_erasure_that_was_killed_before_the_file_was_written_anew_is_gone_on_with() {
        let path = std::env::temp_dir().join(format!("atlas-erasure-{}", std::process::id()));
        let mut person = Person::new(["+14155550123"], [], []);
        let folder = DataFolder::open_or_make(&path).unwrap();
        assert!(folder.find_person(&mut person).unwrap().is_empty());
        folder.remove(&PersonalRecords::default()).unwrap();
        drop(folder);
        // A process of its own, as it were.
        let folder = DataFolder::open(&path).unwrap();
        let found = folder.find_person(&mut person).unwrap();
        assert!(found.has_leftovers);
        folder.erase_person(&person, &found).unwrap();
        let folder = DataFolder::open(&path).unwrap();
        assert!(folder.find_person(&mut person).unwrap().is_empty());
        drop(folder);
        std::fs::remove_dir_all(&path).unwrap();
    }

    /// What stands behind a second name once the first has looked is what a disk holds of it.
    #[cfg(unix)]
    #[test]
    fn what_was_replaced_and_not_written_over_is_found_and_written_over_by_the_next() {
        let path = std::env::temp_dir().join(format!("atlas-replaced-{}", std::process::id()));
        let seen = path.with_added_extension("seen");
        let mut person = Person::new(["+14155550123"], [], []);
        let folder = DataFolder::open_or_make(&path).unwrap();
        let file = folder.folder.database();
        fs::hard_link(&file, &seen).unwrap();
        rewrite(&folder.database, &Disk::default().make_anew(&rewriting(&file)).unwrap()).unwrap();
        drop(replace(&file, &rewriting(&file)).unwrap());
        drop(folder);
        let logs = path.join("logs/000000000000/us-east-1");
        fs::create_dir_all(&logs).unwrap();
        let log = logs.join("leads.jsonl");
        let log_seen = path.with_added_extension("log-seen");
        fs::write(&log, "+14155550123").unwrap();
        fs::hard_link(&log, &log_seen).unwrap();
        fs::write(rewriting(&log), "").unwrap();
        drop(replace(&log, &rewriting(&log)).unwrap());
        // A process of its own, as it were.
        let folder = DataFolder::open(&path).unwrap();
        let found = folder.find_person(&mut person).unwrap();
        assert!(found.has_leftovers);
        folder.erase_person(&person, &found).unwrap();
        for seen in [seen, log_seen] {
            assert!(fs::read(&seen).unwrap().iter().all(|byte| *byte == 0), "{seen:?}");
            fs::remove_file(seen).unwrap();
        }
        let folder = DataFolder::open(&path).unwrap();
        assert!(folder.find_person(&mut person).unwrap().is_empty());
        drop(folder);
        // And where the next one is a server.
        let disk = Disk::default();
        let seen = path.with_added_extension("seen");
        fs::hard_link(&file, &seen).unwrap();
        let open = disk.open(&file).unwrap();
        rewrite(&open, &disk.make_anew(&rewriting(&file)).unwrap()).unwrap();
        drop(replace(&file, &rewriting(&file)).unwrap());
        drop(open);
        drop(crate::Store::open(&path).unwrap());
        assert!(fs::read(&seen).unwrap().iter().all(|byte| *byte == 0));
        fs::remove_file(seen).unwrap();
        std::fs::remove_dir_all(&path).unwrap();
    }
}
