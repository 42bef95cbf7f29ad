//! A function's binary, packed; and packages on the disk, each of them whole or not there.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use crate::{
    Architecture, Binary, BinaryFault, PackageError, archive::zipped, binary::inspect,
    digest::Digest,
};

/// What can be uploaded without S3 (Lambda Developer Guide, "Lambda quotas").
const LARGEST_ZIP: u64 = 50 << 20;
/// What a function and its layers may be, unzipped (there).
const LARGEST_PROGRAM: u64 = 250 << 20;

/// A zip that is ready for Lambda.
pub struct Package {
    /// The function.
    pub name: String,
    /// What was found in its binary.
    pub binary: Binary,
    /// How long that is.
    pub binary_bytes: u64,
    /// The digest of the zip.
    pub digest: Digest,
    zip: Vec<u8>,
}

/// A limit of Lambda that a package does not keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// The zip has to be uploaded by way of S3.
    Zip,
    /// Lambda does not take it at all.
    Program,
}

/// Checks a binary, and packs it.
pub fn pack(name: &str, path: &Path, architecture: Architecture) -> Result<Package, PackageError> {
    let program = fs::read(path)
        .map_err(|error| PackageError::Unreadable { path: path.to_owned(), error })?;
    let binary = inspect(&program, architecture)
        .map_err(|kind| BinaryFault { name: name.to_owned(), kind })?;
    let zip = zipped(&program);
    let digest = Digest::of(&zip);
    let binary_bytes = length(&program);
    Ok(Package { name: name.to_owned(), binary, binary_bytes, digest, zip })
}

/// Writes packages as `NAME.zip` into a folder, which is made. Says where they are.
pub fn write_all(packages: &[Package], folder: &Path) -> Result<Vec<PathBuf>, PackageError> {
    let unwritable = |path: &Path, error| PackageError::Unwritable { path: path.to_owned(), error };
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, error))?;
    let written = packages.iter().map(|package| {
        let path = folder.join(format!("{}.zip", package.name));
        write(&path, &package.zip).map_err(|error| unwritable(&path, error))?;
        Ok(path)
    });
    written.collect()
}

/// Under another name first, so that nobody finds a part of it.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension(format!("zip.{}", std::process::id()));
    let written = fs::write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        // What went wrong before says more.
        let _gone = fs::remove_file(&unfinished);
    }
    written
}

impl Package {
    /// How long the zip is.
    pub fn zip_bytes(&self) -> u64 {
        length(&self.zip)
    }

    /// The limits that it does not keep.
    pub fn excesses(&self) -> impl Iterator<Item = Excess> {
        let (zip, program) = (self.zip_bytes(), self.binary_bytes);
        [(Excess::Zip, zip > LARGEST_ZIP), (Excess::Program, program > LARGEST_PROGRAM)]
            .into_iter()
            .filter_map(|(excess, is_there)| is_there.then_some(excess))
    }
}

impl fmt::Debug for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Package({}, {})", self.name, self.digest)
    }
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Zip => "its zip is larger than 50 MB: Lambda takes it from S3 alone",
            Self::Program => "it is larger than 250 MB unzipped: Lambda does not take it",
        })
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).expect("a file's length is a number of 64 bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(zip: u64, program: u64) -> Package {
        let binary = Binary { architecture: Architecture::Arm64, glibc: None, is_stripped: true };
        let zip = vec![0; usize::try_from(zip).unwrap()];
        let digest = Digest::of(&[]);
        Package { name: "F".to_owned(), binary, binary_bytes: program, digest, zip }
    }

    #[test]
    fn lambdas_limits_are_known() {
        let check = |zip, program, expected: &[Excess]| {
            assert_eq!(package(zip, program).excesses().collect::<Vec<_>>(), expected);
        };
        check(LARGEST_ZIP, LARGEST_PROGRAM, &[]);
        check(LARGEST_ZIP + 1, LARGEST_PROGRAM, &[Excess::Zip]);
        check(0, LARGEST_PROGRAM + 1, &[Excess::Program]);
    }

    #[test]
    fn a_zip_that_cannot_be_written_leaves_nothing() {
        let folder = std::env::temp_dir().join(format!("atlas-package-{}", std::process::id()));
        // Where the zip is to be there is a folder with something in it.
        fs::create_dir_all(folder.join("F.zip/full")).unwrap();
        let error = write_all(&[package(8, 8)], &folder).unwrap_err().to_string();
        assert!(error.contains("F.zip"), "{error}");
        let left: Vec<_> =
            fs::read_dir(&folder).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!(left, ["F.zip"]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
