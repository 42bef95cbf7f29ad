//! A file in the place of another, whose bytes are written over before its room is free, and a file that is
//! written over before it is removed.
//!
//! What is replaced keeps a name until it is written over. So whoever is killed in between leaves a file that the
//! next one finds, and no bytes that nobody can reach any more.
//!
//! A disk that writes elsewhere than it is told to (flash, a file system that copies on write, a snapshot) keeps
//! older bytes for a while all the same; only its encryption helps there.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

/// Added to the name of a file that is being written anew.
const REWRITING: &str = "new";
/// Added to the name of a file that was replaced, with a number, until it is written over.
const REPLACED: &str = "old";
/// Written over at once.
const PIECE: usize = 1 << 20;

/// What a file is called while it is being written anew.
pub(crate) fn rewriting(file: &Path) -> PathBuf {
    file.with_added_extension(REWRITING)
}

/// Puts a whole file in the place of another, and answers with the other.
pub(crate) fn replace(file: &Path, by: &Path) -> io::Result<Replaced> {
    let old = OpenOptions::new().write(true).open(file)?;
    let name = second_name(file);
    if let Err(error) = fs::rename(by, file) {
        // The file has its own name still; where this one stays, it is seen to be the same file.
        let _as_far_as_possible = name.map(fs::remove_file);
        return Err(error);
    }
    #[cfg(unix)]
    if let Some(folder) = file.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(Replaced { file: old, name })
}

/// One more name for a file that is about to lose its own. `None` where the file system knows of none: there
/// whoever is killed before it is written over leaves its bytes.
#[cfg(unix)]
fn second_name(file: &Path) -> Option<PathBuf> {
    // Another one may be in the process of being written over.
    for number in 0_u32.. {
        let name = file.with_added_extension(format!("{REPLACED}{number}"));
        match fs::hard_link(file, &name) {
            Ok(()) => return Some(name),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(_) => return None,
        }
    }
    None
}

/// Elsewhere nobody can say whether two names are of one file.
#[cfg(not(unix))]
fn second_name(_file: &Path) -> Option<PathBuf> {
    None
}

/// A file that was replaced.
pub(crate) struct Replaced {
    file: File,
    /// Under which it is found where this process is killed.
    name: Option<PathBuf>,
}

impl Replaced {
    /// Writes over all of it, and removes it. Nobody may read it any more.
    pub(crate) fn shred(mut self) -> io::Result<()> {
        write_over(&mut self.file)?;
        match self.name.map(fs::remove_file) {
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Writes over all of a file, and removes it.
///
/// # Errors
/// Where it cannot be written or removed, and where it is no file: nothing is written through a link.
pub fn shred_file(path: &Path) -> io::Result<()> {
    let about = fs::symlink_metadata(path)?;
    if !about.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut file = OpenOptions::new().write(true).open(path)?;
    if !is_same(&about, &file.metadata()?) {
        return Err(io::Error::other("it has just become another file"));
    }
    write_over(&mut file)?;
    fs::remove_file(path)
}

fn write_over(file: &mut File) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    let nothing = vec![0; PIECE];
    let mut left = file.metadata()?.len();
    while left > 0 {
        let piece = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        file.write_all(&nothing[..piece])?;
        left -= piece as u64;
    }
    file.sync_all()
}

/// The file that was replaced, or was being written anew, where a name is of one that a killed process left.
pub(crate) fn leftover_of(path: &Path) -> Option<PathBuf> {
    let added = path.extension()?.to_str()?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let is_left = added == REWRITING || added.strip_prefix(REPLACED).is_some_and(is_number);
    is_left.then(|| path.with_extension(""))
}

/// What a killed process left of a file.
pub(crate) fn leftovers(of: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(of.parent().unwrap_or(Path::new("")))? {
        let entry = entry?;
        let path = entry.path();
        if leftover_of(&path).is_some_and(|it| it == of) && entry.file_type()?.is_file() {
            found.push(path);
        }
    }
    Ok(found)
}

/// Writes over what a killed process left, and removes it.
pub(crate) fn shred_leftovers(leftovers: &[PathBuf]) -> io::Result<()> {
    for path in leftovers {
        let of = leftover_of(path).and_then(|of| fs::symlink_metadata(of).ok());
        let is_the_file = match &of {
            Some(of) => is_same(of, &fs::symlink_metadata(path)?),
            None => false,
        };
        // It was killed before it had replaced it: this is one more name of a file that is in use.
        if is_the_file { fs::remove_file(path)? } else { shred_file(path)? }
    }
    Ok(())
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    one.file_type() == other.file_type()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("atlas-shred-{name}-{}", std::process::id()));
        let _absent = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        path
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// What a process leaves that is killed after each step, and what is there once the next one has looked.
    #[cfg(unix)]
    #[test]
    fn wherever_it_is_killed_the_old_bytes_are_found_and_what_is_in_use_stays() {
        type Step = fn(&Path);
        let steps: [(Step, &str, &[u8]); 4] = [
            (|_| {}, "theirs", b"theirs"),
            (|it| fs::hard_link(it, it.with_added_extension("old0")).unwrap(), "theirs", b"theirs"),
            (|it| drop(replace(it, &rewriting(it)).unwrap()), "others", &[0; 6]),
            (|it| replace(it, &rewriting(it)).unwrap().shred().unwrap(), "others", &[0; 6]),
        ];
        for (step, (killed, held, old_bytes)) in steps.into_iter().enumerate() {
            let folder = folder(&format!("killed-{step}"));
            let file = folder.join("file");
            fs::write(&file, "theirs").unwrap();
            fs::write(rewriting(&file), "others").unwrap();
            let seen =
                std::env::temp_dir().join(format!("atlas-seen-{step}-{}", std::process::id()));
            fs::hard_link(&file, &seen).unwrap();
            killed(&file);
            shred_leftovers(&leftovers(&file).unwrap()).unwrap();
            assert_eq!(names(&folder), ["file"], "step {step}");
            assert_eq!(fs::read_to_string(&file).unwrap(), held, "step {step}");
            assert_eq!(fs::read(&seen).unwrap(), old_bytes, "step {step}");
            fs::remove_file(seen).unwrap();
            fs::remove_dir_all(&folder).unwrap();
        }
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        let folder = folder("link");
        let (file, link) = (folder.join("file"), folder.join("link"));
        fs::write(&file, "others").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        shred_file(&link).unwrap_err();
        assert_eq!(fs::read_to_string(&file).unwrap(), "others");
        assert_eq!(names(&folder), ["file", "link"]);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn names_of_others_are_none_that_a_killed_process_left() {
        for (name, expected) in [
            ("a.jsonl.new", Some("a.jsonl")),
            ("a.jsonl.old0", Some("a.jsonl")),
            ("a.jsonl.old12", Some("a.jsonl")),
            ("a.jsonl.old", None),
            ("a.jsonl.older", None),
            ("a.jsonl", None),
        ] {
            assert_eq!(leftover_of(Path::new(name)), expected.map(PathBuf::from), "{name}");
        }
    }
}
