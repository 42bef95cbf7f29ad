//! What was erased, what stayed and why, and what is somebody else's to erase. Neither number nor address is
//! in it, nor their hashes: it can be kept as the proof.

use std::{
    collections::BTreeSet,
    fs::{File, OpenOptions},
    io::{self, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use serde::Serialize;

use crate::{failure::Failure, source};

/// The whole.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    /// Whether it says what would be done.
    pub(super) is_dry_run: bool,
    /// When, RFC 3339.
    pub(super) at: String,
    /// The keys of what was theirs: interactions, leads, contacts.
    pub(super) keys: BTreeSet<String>,
    pub(super) erased: Vec<Erased>,
    /// What was to be erased, and is there still, or in part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) not_erased: Vec<Erased>,
    pub(super) kept: Vec<Kept>,
    pub(super) not_reached: Vec<NotReached>,
    /// What should have been done, and was not.
    pub(super) failed: Vec<String>,
}

/// What is erased at once, or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Executions, and what they logged.
    Executions,
    /// Exported files.
    Files,
    /// Whatever the handlers keep.
    Records,
}

/// What there was in one place.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Erased {
    #[serde(skip)]
    part: Part,
    pub(super) place: String,
    pub(super) count: u64,
    /// What each of them is called, where they have names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) names: Vec<String>,
}

/// What stays.
#[derive(Debug, Serialize)]
pub(super) struct Kept {
    pub(super) what: String,
    pub(super) why: String,
}

/// What this command cannot erase.
#[derive(Debug, Serialize)]
pub(super) struct NotReached {
    pub(super) place: String,
    pub(super) how: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) names: Vec<String>,
}

impl Report {
    /// Notes what there was, where there was anything.
    pub(super) fn erased(&mut self, part: Part, place: impl Into<String>, names: Vec<String>) {
        let count = names.len() as u64;
        self.erased_some(part, place, count, names);
    }

    /// The same of things without names.
    pub(super) fn erased_some(
        &mut self,
        part: Part,
        place: impl Into<String>,
        count: u64,
        names: Vec<String>,
    ) {
        if count > 0 {
            self.erased.push(Erased { part, place: place.into(), count, names });
        }
    }

    /// Notes that a part is not erased, or not all of it.
    pub(super) fn withdraw(&mut self, part: Part) {
        self.not_erased.extend(self.erased.extract_if(.., |it| it.part == part));
    }

    pub(super) fn kept(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.kept.push(Kept { what: what.into(), why: why.into() });
    }

    pub(super) fn not_reached(
        &mut self,
        place: impl Into<String>,
        how: impl Into<String>,
        names: Vec<String>,
    ) {
        self.not_reached.push(NotReached { place: place.into(), how: how.into(), names });
    }

    /// Whether nothing of theirs was there.
    pub(super) fn found_nothing(&self) -> bool {
        self.erased.is_empty() && self.not_erased.is_empty()
    }

    /// For people, before they are asked: what would be erased.
    pub(super) fn announce(&self, mut out: impl io::Write) -> io::Result<()> {
        self.tell(&mut out, "would be erased")
    }

    /// For people.
    pub(super) fn print(&self) -> io::Result<()> {
        let heading = if self.is_dry_run { "would be erased" } else { "erased" };
        self.tell(&mut io::stdout().lock(), heading)
    }

    fn tell(&self, out: &mut impl io::Write, heading: &str) -> io::Result<()> {
        if self.found_nothing() {
            writeln!(out, "nothing is there to erase")?;
        }
        for (heading, all) in
            [(heading, &self.erased), ("not erased, or not all", &self.not_erased)]
        {
            if !all.is_empty() {
                writeln!(out, "{heading}:")?;
            }
            for Erased { place, count, names, .. } in all {
                writeln!(out, "  {count}\t{place}")?;
                for name in names {
                    writeln!(out, "\t  {name}")?;
                }
            }
        }
        if !self.keys.is_empty() {
            writeln!(out, "keys:")?;
        }
        for key in &self.keys {
            writeln!(out, "  {key}")?;
        }
        if !self.kept.is_empty() {
            writeln!(out, "kept:")?;
        }
        for Kept { what, why } in &self.kept {
            writeln!(out, "  {what}: {why}")?;
        }
        if !self.not_reached.is_empty() {
            writeln!(out, "not reached from here:")?;
        }
        for NotReached { place, how, names } in &self.not_reached {
            writeln!(out, "  {place}: {how}")?;
            for name in names {
                writeln!(out, "\t  {name}")?;
            }
        }
        if !self.failed.is_empty() {
            writeln!(out, "failed; run it again once that is put right:")?;
        }
        for fault in &self.failed {
            writeln!(out, "  {fault}")?;
        }
        out.flush()
    }

    pub(super) fn document(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a report has text keys only");
        text.push('\n');
        text
    }
}

/// A file for whoever keeps the report.
#[derive(Debug)]
pub(super) struct ReportFile {
    path: PathBuf,
    file: File,
}

impl ReportFile {
    /// Makes it, so that it is known before anything is done that it can be written. The report of an erasure before
    /// this one may be the only list of what is left elsewhere: none is written over.
    pub(super) fn make(path: &Path) -> Result<Self, Failure> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Failure::ours(format_args!(
                "{}: there is such a file already; --report names one that is not there, so that no report of an \
                 erasure is lost",
                source::shown(path)
            )),
            _ => unwritable(path, &error),
        })?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Writes a report in the place of what is in it.
    pub(super) fn write(&mut self, report: &Report) -> Result<(), Failure> {
        let file = &mut self.file;
        let written = file
            .rewind()
            .and_then(|()| file.set_len(0))
            .and_then(|()| file.write_all(report.document().as_bytes()))
            .and_then(|()| file.sync_all());
        written.map_err(|error| unwritable(&self.path, &error))
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::ours(format_args!("{}: cannot be written: {error}", source::shown(path)))
}
