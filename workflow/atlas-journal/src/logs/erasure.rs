//! The records of somebody's executions, in files that are written again without them.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use atlas_engine::{Concern, Person, PersonalRecords};
use serde::Deserialize;

use super::{
    files::{FOLDER, logs, walk},
    place::is_log,
};
use crate::{
    erasure::{leftover_of, replace, rewriting, shred_leftovers},
    private::make_file,
};

/// What is needed of a record.
#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    execution_arn: String,
}

/// Finds the records that are somebody's: all of an execution of which one is about them.
pub(crate) fn find_records(
    data: &Path,
    person: &mut Person,
    found: &mut PersonalRecords,
) -> io::Result<()> {
    found.has_leftovers = !leftovers_of_logs(&data.join(FOLDER))?.is_empty();
    for log in logs(&data.join(FOLDER))? {
        each_line(&log.path, |line| {
            let concern = person.concern(line);
            if concern == Concern::None {
                return Ok(());
            }
            let execution_arn = arn_of(line);
            if concern == Concern::Theirs {
                person.learn_from(line);
                found.mentioned_in.remove(&execution_arn);
                found.logged.insert(execution_arn);
            } else if !found.owns(&execution_arn) {
                found.mentioned_in.insert(execution_arn);
            }
            Ok(())
        })?;
    }
    found.log_records = 0;
    for log in logs(&data.join(FOLDER))? {
        each_line(&log.path, |line| {
            found.log_records += u64::from(is_theirs(line, person, found));
            Ok(())
        })?;
    }
    let PersonalRecords { executions, logged, mentioned_in, .. } = found;
    mentioned_in.retain(|arn| {
        !logged.contains(arn) && !executions.iter().any(|it| *it.execution_arn == **arn)
    });
    Ok(())
}

/// Writes every file again that has such records, without them, and over what a killed process left of others.
pub(crate) fn erase_records(
    data: &Path,
    person: &Person,
    found: &PersonalRecords,
) -> io::Result<()> {
    shred_leftovers(&leftovers_of_logs(&data.join(FOLDER))?)?;
    for log in logs(&data.join(FOLDER))? {
        let mut has_some = false;
        each_line(&log.path, |line| {
            has_some |= is_theirs(line, person, found);
            Ok(())
        })?;
        if has_some {
            without_records(&log.path, |line| is_theirs(line, person, found))?;
        }
    }
    Ok(())
}

fn without_records(path: &Path, is_theirs: impl Fn(&str) -> bool) -> io::Result<()> {
    let beside = rewriting(path);
    // By when it was written it is removed one day.
    let written_at = fs::metadata(path)?.modified()?;
    let mut kept = BufWriter::new(make_file(&beside)?);
    each_line(path, |line| {
        if is_theirs(line) {
            return Ok(());
        }
        kept.write_all(line.as_bytes())?;
        kept.write_all(b"\n")
    })?;
    let kept = kept.into_inner().map_err(io::IntoInnerError::into_error)?;
    kept.set_modified(written_at)?;
    kept.sync_all()?;
    replace(path, &beside)?.shred()
}

/// What a killed process left of files with records.
fn leftovers_of_logs(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    walk(folder, |path, about| {
        if about.is_file() && leftover_of(&path).is_some_and(|of| is_log(&of)) {
            found.push(path);
        }
        Ok(())
    })?;
    Ok(found)
}

/// A line that is no record is whatever a crash left of one.
fn is_theirs(line: &str, person: &Person, found: &PersonalRecords) -> bool {
    found.owns(&arn_of(line)) || person.concern(line) == Concern::Theirs
}

fn arn_of(line: &str) -> String {
    serde_json::from_str::<Record>(line).map(|record| record.execution_arn).unwrap_or_default()
}

fn each_line(path: &Path, mut see: impl FnMut(&str) -> io::Result<()>) -> io::Result<()> {
    let mut lines = BufReader::new(File::open(path)?);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(&line));
        see(&text)?;
        line.clear();
    }
    Ok(())
}
