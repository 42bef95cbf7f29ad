//! A zip with one file in it, `bootstrap`, whose bytes depend on that file alone.

use std::io::Write as _;

use miniz_oxide::deflate::{CompressionLevel, compress_to_vec};
use rawzip::{CompressionMethod, DataDescriptorOutput, ZipArchiveWriter, crc32, time::UtcDateTime};

/// What Lambda starts in an OS-only runtime (Lambda Developer Guide, "Building a custom runtime").
const NAME: &str = "bootstrap";
/// A regular file that anybody may read and start.
const MODE: u32 = 0o100_755;

/// The zip of a program.
pub(crate) fn zipped(program: &[u8]) -> Vec<u8> {
    let level = CompressionLevel::BestCompression as u8;
    let compressed = compress_to_vec(program, level);
    let mut archive = ZipArchiveWriter::new(Vec::with_capacity(compressed.len() + 512));
    // The first moment that a zip can tell: when it was built is no part of a program.
    let first = UtcDateTime::from_components(1980, 1, 1, 0, 0, 0, 0).expect("it is a date");
    let length = u64::try_from(program.len()).expect("a file's length is a number of 64 bits");
    let written = (|| {
        let file = archive.new_file(NAME).compression_method(CompressionMethod::DEFLATE);
        let (mut entry, _) = file.unix_permissions(MODE).last_modified(first).start()?;
        entry.write_all(&compressed)?;
        entry.finish(DataDescriptorOutput::new(crc32(program), length))?;
        archive.finish()
    })();
    written.expect("nothing is written but to memory")
}

#[cfg(test)]
mod tests {
    use rawzip::ZipArchive;

    use super::*;
    use crate::digest::Digest;

    #[test]
    fn lambda_finds_the_program_and_may_start_it() {
        let program = b"\x7fELF and what follows, follows, follows, follows".repeat(1_000);
        let zip = zipped(&program);
        let archive = ZipArchive::from_slice(&zip).unwrap();
        let mut entries = archive.entries();
        let entry = entries.next_entry().unwrap().unwrap();
        assert_eq!(entry.file_path().as_ref(), b"bootstrap");
        assert_eq!(entry.mode().permissions(), 0o755);
        assert_eq!(entry.crc32(), crc32(&program));
        let place = entry.wayfinder();
        assert!(entries.next_entry().unwrap().is_none());
        let compressed = archive.get_entry(place).unwrap().data().to_vec();
        assert!(compressed.len() < program.len() / 10);
        assert_eq!(miniz_oxide::inflate::decompress_to_vec(&compressed).unwrap(), program);
    }

    /// Whoever changes these bytes changes every function that is deployed, so it is to be known.
    #[test]
    fn the_same_program_has_had_the_same_zip_ever_since() {
        let zip = zipped(b"a program");
        assert_eq!(zip, zipped(b"a program"));
        assert_eq!(Digest::of(&zip).code_sha256(), "Hh1+RYJGHNdDRXtuUsOa2gdmx7etMgJvaVhfXUd8fjg=");
    }
}
