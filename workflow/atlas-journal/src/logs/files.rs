//! The files that records go to: each group has one that grows, and full ones beside it. Together they
//! are bounded; the oldest go first.

use std::{
    collections::HashMap,
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::place::{is_full, is_log, number_of, numbered};

/// The folder of the records in that of the journal.
pub(super) const FOLDER: &str = "logs";
/// How far from the end of a file the end of its last whole record is, at most.
const LONGEST_RECORD: u64 = 1 << 20;

/// How much there may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// A file is full with so many bytes.
    pub(super) file: u64,
    /// Of all files together. What was written since they were last looked at comes on top: as much as
    /// a file takes.
    pub(super) total: u64,
    /// Files that are open at the same time.
    pub(super) open: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { file: 64 << 20, total: 1 << 30, open: 64 }
    }
}

#[derive(Debug)]
pub(crate) struct Files {
    folder: PathBuf,
    bounds: Bounds,
    open: HashMap<PathBuf, Growing>,
    /// Bytes written since all files were looked at together.
    unchecked: u64,
}

/// A file that grows, and its length.
#[derive(Debug)]
struct Growing {
    file: File,
    length: u64,
}

impl Files {
    /// The files below a data folder, which are made when they are needed.
    pub(super) fn new(data: &Path, bounds: Bounds) -> io::Result<Self> {
        let mut files =
            Self { folder: data.join(FOLDER), bounds, open: HashMap::new(), unchecked: 0 };
        files.remove_surplus(Path::new(""))?;
        Ok(files)
    }

    /// Writes whole lines behind the others of a file, or none of them.
    pub(super) fn append(&mut self, place: &Path, lines: &[u8]) -> io::Result<()> {
        let path = self.folder.join(place);
        let bytes = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        if self.unchecked >= self.bounds.file {
            self.remove_surplus(&path)?;
            self.unchecked = 0;
        }
        // Whoever removes a file while it is open wants it gone, and what comes now in a new one.
        if self.open.contains_key(&path) && !path.exists() {
            self.open.remove(&path);
        }
        let length = self.growing(&path)?.length;
        if length > 0 && length + bytes > self.bounds.file {
            self.open.remove(&path);
            fs::rename(&path, next_number(&path)?)?;
        }
        let growing = self.growing(&path)?;
        if let Err(error) = growing.file.write_all(lines) {
            // What was written of a line that was cut is not left to whoever reads.
            let _as_far_as_possible = growing.file.set_len(growing.length);
            self.open.remove(&path);
            return Err(error);
        }
        growing.length += bytes;
        self.unchecked += bytes;
        Ok(())
    }

    /// Lets go of files that somebody else is about to write anew.
    pub(crate) fn close_all(&mut self) {
        self.open.clear();
    }

    fn growing(&mut self, path: &Path) -> io::Result<&mut Growing> {
        if !self.open.contains_key(path) {
            if self.open.len() >= self.bounds.open {
                self.open.clear();
            }
            self.open.insert(path.to_owned(), open(path)?);
        }
        Ok(self.open.get_mut(path).expect("it has just been put there"))
    }

    /// Removes the oldest files, but never the one that is being written, until the others have room.
    fn remove_surplus(&mut self, written: &Path) -> io::Result<()> {
        let mut all = logs(&self.folder)?;
        let mut total: u64 = all.iter().map(|log| log.bytes).sum();
        // Of two that were written in the same instant, the full one is older.
        all.sort_by_key(|log| (log.written_at, !is_full(&log.path), log.path.clone()));
        for log in all.iter().filter(|log| log.path != written) {
            if total <= self.bounds.total {
                break;
            }
            self.open.remove(&log.path);
            fs::remove_file(&log.path)?;
            total -= log.bytes;
        }
        Ok(())
    }
}

/// Removes the files in a data folder that got no record since then; answers with how many bytes they
/// had. It may be called while records are written.
///
/// # Errors
/// Where a folder cannot be read, or a file not be removed.
pub fn remove_logs_before(data: &Path, then: SystemTime) -> io::Result<u64> {
    let mut bytes = 0;
    for log in logs(&data.join(FOLDER))?.iter().filter(|log| log.written_at < then) {
        match fs::remove_file(&log.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            removed => {
                removed?;
                bytes += log.bytes;
            }
        }
    }
    Ok(bytes)
}

/// How many bytes the files in a data folder have.
pub(crate) fn log_bytes(data: &Path) -> io::Result<u64> {
    Ok(logs(&data.join(FOLDER))?.iter().map(|log| log.bytes).sum())
}

/// A file with records.
pub(super) struct Log {
    pub(super) path: PathBuf,
    bytes: u64,
    written_at: SystemTime,
}

/// All files with records below a folder, which may be missing.
pub(super) fn logs(folder: &Path) -> io::Result<Vec<Log>> {
    let mut logs = Vec::new();
    walk(folder, |path, about| {
        if is_log(&path) {
            logs.push(Log { path, bytes: about.len(), written_at: about.modified()? });
        }
        Ok(())
    })?;
    Ok(logs)
}

/// Shows all that is below a folder, which may be missing, but for folders.
pub(super) fn walk(
    folder: &Path,
    mut see: impl FnMut(PathBuf, &Metadata) -> io::Result<()>,
) -> io::Result<()> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            let about = match fs::symlink_metadata(&path) {
                // It has just been renamed or removed.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                about => about?,
            };
            if about.is_dir() {
                folders.push(path);
            } else {
                see(path, &about)?;
            }
        }
    }
    Ok(())
}

/// The name of a file that is full from now on.
fn next_number(path: &Path) -> io::Result<PathBuf> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut last = 0;
    for entry in fs::read_dir(folder)? {
        last = last.max(number_of(&entry?.path(), path).unwrap_or(0));
    }
    let unnamed = || io::Error::other("a file of records has no name");
    numbered(path, last + 1).ok_or_else(unnamed)
}

/// Opens a file to write behind its last whole line: a process that was killed may have left a part of
/// one.
fn open(path: &Path) -> io::Result<Growing> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
    let length = file.metadata()?.len();
    let from = length.saturating_sub(LONGEST_RECORD);
    file.seek(SeekFrom::Start(from))?;
    let mut end = Vec::new();
    file.read_to_end(&mut end)?;
    let whole = end.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let whole = from + u64::try_from(whole).unwrap_or(0);
    if whole < length {
        file.set_len(whole)?;
    }
    Ok(Growing { file, length: whole })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn folder(test: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("atlas-logs-{}-{test}", std::process::id()));
        let _may_be_new = fs::remove_dir_all(&folder);
        folder
    }

    /// The files in a data folder, with what they hold.
    fn held(data: &Path) -> Vec<(String, String)> {
        let mut held: Vec<(String, String)> = logs(&data.join(FOLDER))
            .unwrap()
            .iter()
            .map(|log| {
                let name = log.path.file_name().unwrap().to_str().unwrap().to_owned();
                (name, fs::read_to_string(&log.path).unwrap())
            })
            .collect();
        held.sort();
        held
    }

    fn all(held: &[(&str, &str)]) -> Vec<(String, String)> {
        held.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    const SMALL: Bounds = Bounds { file: 8, total: 20, open: 1 };

    #[test]
    fn a_full_file_gets_a_number_and_the_oldest_go_first() {
        let data = folder("bounds");
        let (a, b) = (Path::new("1/r/a.jsonl"), Path::new("1/r/b.jsonl"));
        let mut files = Files::new(&data, SMALL).unwrap();
        files.append(b, b"b1\n").unwrap();
        for line in ["a1\n", "a2\n", "a3\n", "a4\n", "a5\n"] {
            files.append(a, line.as_bytes()).unwrap();
        }
        let expected = [
            ("a.jsonl", "a5\n"),
            ("a~000001.jsonl", "a1\na2\n"),
            ("a~000002.jsonl", "a3\na4\n"),
            ("b.jsonl", "b1\n"),
        ];
        assert_eq!(held(&data), all(&expected));
        // The next process goes on, and what is too much goes.
        drop(files);
        let mut files = Files::new(&data, SMALL).unwrap();
        for line in ["a6\n", "a7\n", "a8\n", "a9\n", "aa\n", "ab\n"] {
            files.append(a, line.as_bytes()).unwrap();
        }
        let held = held(&data);
        assert_eq!(held.first().unwrap(), &("a.jsonl".to_owned(), "ab\n".to_owned()), "{held:?}");
        assert!(!held.iter().any(|(name, _)| name == "b.jsonl" || name == "a~000001.jsonl"));
        let total: usize = held.iter().map(|(_, text)| text.len()).sum();
        assert!(total <= 28, "{held:?}");
        fs::remove_dir_all(&data).unwrap();
    }

    #[test]
    fn half_a_line_that_a_killed_process_left_is_removed() {
        for (left, expected) in [("", "new\n"), ("ol", "new\n"), ("old\nha", "old\nnew\n")] {
            let data = folder("torn");
            let path = data.join(FOLDER).join("g.jsonl");
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, left).unwrap();
            let mut files = Files::new(&data, Bounds::default()).unwrap();
            files.append(Path::new("g.jsonl"), b"new\n").unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), expected);
            fs::remove_dir_all(&data).unwrap();
        }
    }

    #[test]
    fn files_that_got_no_record_for_long_can_be_removed_while_others_are_written() {
        let data = folder("old");
        assert_eq!(remove_logs_before(&data, SystemTime::now()).unwrap(), 0);
        let mut files = Files::new(&data, Bounds { open: 9, ..SMALL }).unwrap();
        let (old, new) = (Path::new("old.jsonl"), Path::new("new.jsonl"));
        files.append(old, b"1\n").unwrap();
        files.append(new, b"1\n").unwrap();
        let day = Duration::from_secs(24 * 60 * 60);
        let set = |name: &str, at: SystemTime| {
            let file = OpenOptions::new().append(true).open(data.join(FOLDER).join(name)).unwrap();
            file.set_modified(at).unwrap();
        };
        set("old.jsonl", SystemTime::now() - 91 * day);
        assert_eq!(remove_logs_before(&data, SystemTime::now() - 90 * day).unwrap(), 2);
        assert_eq!(held(&data), all(&[("new.jsonl", "1\n")]));
        files.append(old, b"2\n").unwrap();
        files.append(new, b"2\n").unwrap();
        assert_eq!(held(&data), all(&[("new.jsonl", "1\n2\n"), ("old.jsonl", "2\n")]));
        fs::remove_dir_all(&data).unwrap();
    }
}
