//! Erasing somebody from the folder of a server, while it serves.

use atlas_engine::{Person, PersonalRecords, archive::Status, journal::JournalError};
use redb::ReadableDatabase as _;

use super::{holds, is_unfinished, search};
use crate::{
    contents::ReadError,
    entry::Entry,
    logs::{erase_records, find_records},
    of_place::failed,
    store::Store,
};

impl Store {
    pub(crate) fn find_person_in_folder(
        &self,
        person: &mut Person,
    ) -> Result<PersonalRecords, JournalError> {
        let mut found = PersonalRecords::default();
        let data = self.folder.path();
        loop {
            let known = person.keys().count();
            self.read(|transaction| search(transaction, person, &mut found))?;
            let (theirs, so_far, folder) = (person.clone(), found.clone(), data.to_owned());
            // What was logged is written before it is looked at.
            let looked = self.log_files().and_then(|logs| {
                logs.beside_the_writer(move |_| {
                    let (mut person, mut found) = (theirs, so_far);
                    find_records(&folder, &mut person, &mut found).map(|()| (person, found))
                })
            });
            if let Some(looked) = looked {
                (*person, found) = looked.map_err(|error| failed("", &error))?;
            }
            if person.keys().count() == known {
                break;
            }
        }
        let is_gone = found.executions.is_empty() && found.mentioned_in.is_empty();
        found.has_leftovers |= self.read(is_unfinished)?
            || (is_gone
                && holds(&self.folder.database(), person).map_err(|error| failed("", &error))?);
        Ok(found)
    }

    pub(crate) fn erase_person_from_folder(
        &self,
        person: &Person,
        found: &PersonalRecords,
    ) -> Result<(), JournalError> {
        let (theirs, of_logs, folder) =
            (person.clone(), found.clone(), self.folder.path().to_owned());
        let erased = self.log_files().and_then(|logs| {
            logs.beside_the_writer(move |files| {
                files.close_all();
                erase_records(&folder, &theirs, &of_logs)
            })
        });
        if let Some(erased) = erased {
            erased.map_err(|error| failed("", &error))?;
        }
        let ended = found.executions.iter().filter(|it| it.status != Status::Running);
        let numbers: Vec<u64> = ended.map(|it| it.number).collect();
        if numbers.is_empty() && !found.has_leftovers {
            return Ok(());
        }
        let inbox = &self.shared().inbox;
        let forgotten = numbers.into_iter().map(|number| Entry::Forget { number });
        inbox.put(forgotten.chain([Entry::Erased]));
        inbox.write_anew().map_err(|reason| failed("", &reason))
    }

    fn read<T>(
        &self,
        read: impl FnOnce(&redb::ReadTransaction) -> Result<T, ReadError>,
    ) -> Result<T, JournalError> {
        let Some(database) = self.shared().database() else {
            return Err(failed("", &"the disk fails"));
        };
        let transaction = database.begin_read().map_err(|error| failed("", &error))?;
        read(&transaction).map_err(|error| failed("", &error))
    }
}
