//! A program file as Lambda's loader would see it.

use object::{
    Endianness,
    elf::{
        DT_NEEDED, EM_AARCH64, EM_ARM, EM_RISCV, EM_X86_64, FileHeader64, SHT_SYMTAB, VER_FLG_WEAK,
    },
    read::elf::{Dyn as _, FileHeader as _, ProgramHeader as _, SectionHeader as _, SectionTable},
};

use crate::{Architecture, BinaryFaultKind, Glibc};

/// The libraries of the runtime `provided.al2023` that Rust's standard library may ask for.
const OF_LAMBDA: [&str; 8] = [
    "libc.so.6",
    "libm.so.6",
    "libgcc_s.so.1",
    "libpthread.so.0",
    "libdl.so.2",
    "librt.so.1",
    "ld-linux-x86-64.so.2",
    "ld-linux-aarch64.so.1",
];
/// A fault says so many symbols; the others it counts.
const SAID: usize = 3;

type Header = FileHeader64<Endianness>;

/// What there is to know about a binary that Lambda would start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binary {
    /// What it runs on.
    pub architecture: Architecture,
    /// The newest version of the C library that it asks for; none where it brings its own.
    pub glibc: Option<Glibc>,
    /// Whether the names that only a debugger reads are gone.
    pub is_stripped: bool,
}

/// Looks whether Lambda would start a binary.
pub fn inspect(bytes: &[u8], expected: Architecture) -> Result<Binary, BinaryFaultKind> {
    let header = Header::parse(bytes).map_err(BinaryFaultKind::NotElf)?;
    let endian = header.endian().map_err(BinaryFaultKind::NotElf)?;
    let architecture = architecture(header.e_machine(endian), expected)?;
    loader(header, endian, bytes, expected)?;
    let sections = header.sections(endian, bytes).map_err(BinaryFaultKind::NotElf)?;
    libraries(&sections, endian, bytes)?;
    let asked = asked(&sections, endian, bytes).map_err(BinaryFaultKind::NotElf)?;
    let is_stripped = !sections.iter().any(|section| section.sh_type(endian) == SHT_SYMTAB);
    Ok(Binary { architecture, glibc: newest(&asked)?, is_stripped })
}

fn architecture(machine: u16, expected: Architecture) -> Result<Architecture, BinaryFaultKind> {
    let found = match machine {
        EM_X86_64 => Some(Architecture::X86_64),
        EM_AARCH64 => Some(Architecture::Arm64),
        _ => None,
    };
    if found == Some(expected) {
        return Ok(expected);
    }
    let found = match (found, machine) {
        (Some(found), _) => found.to_string(),
        (None, EM_ARM) => "arm of 32 bits".to_owned(),
        (None, EM_RISCV) => "RISC-V".to_owned(),
        (None, machine) => format!("the machine {machine}"),
    };
    Err(BinaryFaultKind::Architecture { found, expected })
}

fn loader(
    header: &Header,
    endian: Endianness,
    bytes: &[u8],
    expected: Architecture,
) -> Result<(), BinaryFaultKind> {
    let segments = header.program_headers(endian, bytes).map_err(BinaryFaultKind::NotElf)?;
    for segment in segments {
        let asked = segment.interpreter(endian, bytes).map_err(BinaryFaultKind::NotElf)?;
        let expected = expected.loader();
        if let Some(asked) = asked.filter(|asked| *asked != expected.as_bytes()) {
            let found = String::from_utf8_lossy(asked).into_owned();
            return Err(BinaryFaultKind::Loader { found, expected });
        }
    }
    Ok(())
}

fn libraries(
    sections: &SectionTable<'_, Header>,
    endian: Endianness,
    bytes: &[u8],
) -> Result<(), BinaryFaultKind> {
    let Some((entries, link)) = sections.dynamic(endian, bytes).map_err(BinaryFaultKind::NotElf)?
    else {
        return Ok(());
    };
    let strings = sections.strings(endian, bytes, link).map_err(BinaryFaultKind::NotElf)?;
    for entry in entries.iter().filter(|entry| entry.d_tag(endian) == DT_NEEDED) {
        let name = entry.string(endian, strings).map_err(BinaryFaultKind::NotElf)?;
        let name = String::from_utf8_lossy(name);
        if !OF_LAMBDA.contains(&name.as_ref()) {
            return Err(BinaryFaultKind::Library(name.into_owned()));
        }
    }
    Ok(())
}

/// A version of the C library, and the symbols that are to be of it.
struct Asked {
    version: Glibc,
    symbols: Vec<String>,
}

/// All that has to be there. A version that is only asked for weakly may be missing: the loader passes it
/// over (glibc's `elf/dl-version.c`).
fn asked(
    sections: &SectionTable<'_, Header>,
    endian: Endianness,
    bytes: &[u8],
) -> object::Result<Vec<Asked>> {
    let Some((mut needed, link)) = sections.gnu_verneed(endian, bytes)? else {
        return Ok(Vec::new());
    };
    let strings = sections.strings(endian, bytes, link)?;
    let mut all: Vec<(u16, Asked)> = Vec::new();
    while let Some((_, mut versions)) = needed.next()? {
        while let Some(version) = versions.next()? {
            let name = String::from_utf8_lossy(version.name(endian, strings)?);
            let is_weak = version.vna_flags.get(endian) & VER_FLG_WEAK != 0;
            if let Some(known) = Glibc::of_symbol(&name).filter(|_| !is_weak) {
                let symbols = Vec::new();
                all.push((version.vna_other.get(endian), Asked { version: known, symbols }));
            }
        }
    }
    let Some((indices, link)) = sections.gnu_versym(endian, bytes)? else { return Ok(Vec::new()) };
    let symbols = sections.symbol_table_by_index(endian, bytes, link)?;
    for (index, symbol) in symbols.enumerate() {
        let version = indices.get(index.0).map(|version| version.0.get(endian) & !VERSION_HIDDEN);
        if let Some((_, asked)) = all.iter_mut().find(|(known, _)| Some(*known) == version) {
            let name = symbols.symbol_name(endian, symbol)?;
            asked.symbols.push(String::from_utf8_lossy(name).into_owned());
        }
    }
    Ok(all.into_iter().map(|(_, asked)| asked).collect())
}

/// A bit of a symbol's version that is none of its number.
const VERSION_HIDDEN: u16 = object::elf::VERSYM_HIDDEN;

fn newest(asked: &[Asked]) -> Result<Option<Glibc>, BinaryFaultKind> {
    let Some(newest) = asked.iter().map(|asked| asked.version).max() else { return Ok(None) };
    if newest <= Glibc::OF_LAMBDA {
        return Ok(Some(newest));
    }
    let missing = asked.iter().filter(|asked| asked.version > Glibc::OF_LAMBDA);
    let names: Vec<&String> = missing.flat_map(|asked| &asked.symbols).collect();
    let said: Vec<String> = names.iter().take(SAID).map(|name| format!("`{name}`")).collect();
    let said = said.join(", ");
    let symbols = match names.len() {
        0 => "something in it is".to_owned(),
        1 => format!("its symbol {said} is"),
        count if count <= SAID => format!("its symbols {said} are"),
        count => format!("its symbols {said} and {} others are", count - SAID),
    };
    Err(BinaryFaultKind::Glibc { symbols, newest })
}

#[cfg(test)]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::*;

    const LOADED: usize = 1 << 17;

    /// A program that the system's own loader has started: this one.
    fn program() -> Vec<u8> {
        std::fs::read(std::env::current_exe().unwrap()).unwrap()
    }

    fn host() -> Architecture {
        Architecture::of_host().unwrap()
    }

    /// Where `what` stands in what the loader reads, which is at a program's beginning.
    fn places(bytes: &[u8], what: &[u8]) -> Vec<usize> {
        let head = &bytes[..bytes.len().min(LOADED)];
        head.windows(what.len()).enumerate().filter(|it| it.1 == what).map(|it| it.0).collect()
    }

    /// Puts `by` in the place of each `what`, which is as long.
    fn replace(bytes: &mut [u8], what: &str, by: &str) {
        assert_eq!(what.len(), by.len());
        let places = places(bytes, what.as_bytes());
        assert!(!places.is_empty(), "{what}");
        for place in places {
            bytes[place..place + by.len()].copy_from_slice(by.as_bytes());
        }
    }

    /// The program as if it had been linked against glibc 2.17 for all of its symbols of two digits.
    fn linked_long_ago() -> Vec<u8> {
        let mut bytes = program();
        for place in places(&bytes, b"\0GLIBC_2.") {
            let version = &mut bytes[place + 9..place + 12];
            if version[..2].iter().all(u8::is_ascii_digit) && version[2] == 0 {
                version[..2].copy_from_slice(b"17");
            }
        }
        bytes
    }

    fn check(bytes: &[u8], expected: Architecture, words: &[&str]) {
        let fault = inspect(bytes, expected).unwrap_err().to_string();
        for word in words {
            assert!(fault.contains(word), "`{word}` is missing in {fault}");
        }
    }

    #[test]
    fn a_program_of_an_old_c_library_starts_and_says_of_which() {
        let found = inspect(&linked_long_ago(), host()).unwrap();
        assert_eq!(found.architecture, host());
        assert_eq!(found.glibc, "2.17".parse().ok());
        assert!(!found.is_stripped);
    }

    #[test]
    fn a_newer_c_library_is_named_with_the_symbols_that_ask_for_it() {
        let mut bytes = linked_long_ago();
        replace(&mut bytes, "\0GLIBC_2.17\0", "\0GLIBC_2.99\0");
        check(&bytes, host(), &["its symbols `", "of glibc 2.99", "has 2.34", "cargo-lambda"]);
    }

    #[test]
    fn another_processor_is_named() {
        let mut bytes = linked_long_ago();
        let other = Architecture::ALL.into_iter().find(|it| *it != host()).unwrap();
        check(&bytes, other, &["it is for", host().name(), other.name(), "--arch"]);
        bytes[18..20].copy_from_slice(&EM_RISCV.to_le_bytes());
        check(&bytes, host(), &["it is for RISC-V"]);
    }

    #[test]
    fn another_loader_is_named() {
        let mut bytes = linked_long_ago();
        let loader = host().loader();
        let other = format!("/lib/ld-musl{}", &loader["/lib/ld-musl".len()..]);
        replace(&mut bytes, &format!("{loader}\0"), &format!("{other}\0"));
        check(&bytes, host(), &["the loader `/lib/ld-musl", loader, "statically"]);
    }

    #[test]
    fn a_library_that_lambda_does_not_have_is_named() {
        let mut bytes = linked_long_ago();
        replace(&mut bytes, "\0libgcc_s.so.1\0", "\0libssl_s.so.3\0");
        check(&bytes, host(), &["the library `libssl_s.so.3`"]);
    }

    #[test]
    fn what_is_no_program_is_said_so() {
        for bytes in [&b""[..], b"#!/bin/sh\n", &program()[..40]] {
            check(bytes, host(), &["no ELF file of 64 bits", "a program for Linux"]);
        }
    }

    #[test]
    fn a_program_that_is_cut_anywhere_is_refused_or_read() {
        let bytes = program();
        for length in (0..bytes.len()).step_by(bytes.len() / 97) {
            // Whatever comes of it, it is said and not a panic.
            let _ = inspect(&bytes[..length], host());
        }
    }
}
