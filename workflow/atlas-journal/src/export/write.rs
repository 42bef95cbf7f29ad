//! Writing all files of an export.

use std::{
    fs,
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use atlas_core::Timestamp;
use atlas_engine::{BusinessKey, archive::Status};
use redb::{ReadTransaction, ReadableTable as _, ReadableTableMetadata as _};
use serde::Serialize;

use super::{
    DOCUMENT_FORMAT, DocumentFile, JournalPart, VERSION,
    execution_file::{ExecutionFile, Parts},
    file_name,
};
use crate::{
    contents::{ReadError, place_name},
    data_folder::{DataError, DataFolder},
    header,
    private::{make_file, make_folder},
    reader::{self, Machines},
    record,
    replay::{Programs, replay},
    stage,
    tables::{DOCUMENTS, PLACES, SEPARATOR, STAGES},
};

/// Explains the files to whoever finds them.
const README: &str = include_str!("README.md");

/// Which executions are exported. Machines, activities and tags are all exported.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Those of this machine, by its name or ARN, and the children of its map runs.
    pub machine: Option<String>,
    /// Those of this status.
    pub status: Option<Status>,
    /// Those that began then or later.
    pub began_since: Option<Timestamp>,
}

/// What was exported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exported {
    /// Executions.
    pub executions: u64,
    /// Machines, activities and sets of tags.
    pub documents: u64,
    /// Executions that make no sense, with what is wrong; they are not exported.
    pub faults: Vec<String>,
}

impl DataFolder {
    /// Writes a file for each execution, machine, activity and set of tags into an empty folder, which is
    /// made where it is missing. `progress` is told how many executions were looked at, and of how many.
    ///
    /// # Errors
    /// Where the folder is not empty, the journal cannot be read or a file not be written.
    pub fn export(
        &self,
        to: &Path,
        filter: &Filter,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Exported, DataError> {
        begin(to)?;
        self.read(|transaction| {
            let mut export = Export {
                transaction,
                to,
                machines: Machines::default(),
                programs: Programs::default(),
                done: Exported::default(),
            };
            Ok(match export.documents()? {
                Ok(()) => export.executions(filter, progress)?.map(|()| export.done),
                Err(error) => Err(error),
            })
        })?
    }
}

fn begin(to: &Path) -> Result<(), DataError> {
    let failed = |source| DataError::File { path: to.to_owned(), source };
    match fs::read_dir(to) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(DataError::NotEmpty(to.to_owned()));
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => make_folder(to).map_err(failed)?,
        Err(error) => return Err(failed(error)),
    }
    let path = to.join("README.md");
    let written = make_file(&path).and_then(|mut file| file.write_all(README.as_bytes()));
    written.map_err(|source| DataError::File { path, source })
}

struct Export<'a> {
    transaction: &'a ReadTransaction,
    to: &'a Path,
    machines: Machines,
    programs: Programs,
    done: Exported,
}

/// The journal cannot be read, or a file not be written.
type Written = Result<Result<(), DataError>, ReadError>;

impl Export<'_> {
    fn documents(&mut self) -> Written {
        for entry in self.transaction.open_table(DOCUMENTS)?.iter()? {
            let (name, document) = entry?;
            let unknown = || ReadError::Document(name.value().to_owned());
            let parts: Vec<&str> = name.value().splitn(4, SEPARATOR).collect();
            let [region, account, shelf, arn] = parts[..] else { return Err(unknown()) };
            let file = DocumentFile {
                format: DOCUMENT_FORMAT.to_owned(),
                version: VERSION,
                shelf: shelf.to_owned(),
                region: region.to_owned(),
                account: account.to_owned(),
                arn: arn.to_owned(),
                document: serde_json::from_str(document.value()).map_err(|_| unknown())?,
            };
            let path = self.to.join(file_name::of_document(region, account, shelf, arn));
            if let Err(error) = write(path, &file) {
                return Ok(Err(error));
            }
            self.done.documents += 1;
        }
        Ok(Ok(()))
    }

    fn executions(&mut self, filter: &Filter, progress: &mut dyn FnMut(u64, u64)) -> Written {
        let places = self.transaction.open_table(PLACES)?;
        let stages = self.transaction.open_table(STAGES)?;
        let count = stages.len()?;
        for (at, entry) in (0..).zip(stages.iter()?) {
            progress(at, count);
            let (number, stage) = entry?;
            let number = number.value();
            let stage =
                stage::read(stage.value()).map_err(|source| ReadError::Stage { number, source })?;
            let header = reader::header_of(self.transaction, number)?;
            let header = header.ok_or(ReadError::Missing { number })?;
            if !filter.wants(&header, stage.status, stage.started_at) {
                continue;
            }
            let place_name = place_name(&header.place.region, &header.place.account);
            let Some(place) = places.get(&*place_name)?.map(|place| place.value()) else {
                return Err(ReadError::Place(place_name));
            };
            match self.execution(&header, place, number)? {
                Ok(()) => self.done.executions += 1,
                Err(Failed::File(error)) => return Ok(Err(error)),
                Err(Failed::Execution(reason)) => {
                    let arn = &header.identity.execution_arn;
                    self.done.faults.push(format!("{arn}: {reason}"));
                }
            }
        }
        progress(count, count);
        Ok(Ok(()))
    }

    fn execution(
        &self,
        header: &header::Read,
        place: u32,
        number: u64,
    ) -> Result<Result<(), Failed>, ReadError> {
        let kept = match reader::kept(self.transaction, &self.machines, place, number) {
            Ok(kept) => kept,
            Err(error @ ReadError::Database(_)) => return Err(error),
            Err(error) => return Ok(Err(Failed::Execution(error.to_string()))),
        };
        let execution = match replay(&self.programs, &kept.machine, &kept.identity, &kept.events) {
            Ok(execution) => execution,
            Err(error) => return Ok(Err(Failed::Execution(error.to_string()))),
        };
        let mut business_keys: Vec<String> = kept
            .events
            .iter()
            .filter_map(record::document)
            .flat_map(|document| BusinessKey::all_in(document.text(), None))
            .filter_map(|key| match key {
                BusinessKey::Name(name) => Some(name),
                // Whoever reads the file has the number, and not the key.
                BusinessKey::Phone(_) => None,
            })
            .collect();
        business_keys.sort_unstable();
        business_keys.dedup();
        let journal = JournalPart::of(self.transaction, &kept)?;
        let name = file_name::of_execution(&header.place, &kept.identity, kept.stage.started_at);
        let file = ExecutionFile::of(Parts {
            place: &header.place,
            kept: &kept,
            business_keys,
            execution: &execution,
            journal: &journal,
        });
        Ok(write(self.to.join(name), &file).map_err(Failed::File))
    }
}

/// Why an execution was not exported.
enum Failed {
    File(DataError),
    Execution(String),
}

impl Filter {
    fn wants(&self, header: &header::Read, status: Status, began: Timestamp) -> bool {
        let is_of = |machine: &String| {
            let identity = &header.identity;
            // The machine of the children of a map run is `NAME/LABEL`.
            let outermost = |name: &str| name.split('/').next() == Some(machine);
            outermost(&identity.state_machine_arn) || outermost(&identity.state_machine_name)
        };
        self.machine.as_ref().is_none_or(is_of)
            && self.status.is_none_or(|wanted| wanted == status)
            && self.began_since.is_none_or(|since| began >= since)
    }
}

fn write(path: PathBuf, document: &impl Serialize) -> Result<(), DataError> {
    let written = || {
        make_folder(path.parent().unwrap_or(Path::new("")))?;
        let mut file = BufWriter::new(make_file(&path)?);
        serde_json::to_writer_pretty(&mut file, document)?;
        file.write_all(b"\n")?;
        file.flush()
    };
    written().map_err(|source| DataError::File { path, source })
}
