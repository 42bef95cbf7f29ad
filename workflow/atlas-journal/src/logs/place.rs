//! Which file the records of a log group go to: `ACCOUNT/REGION/GROUP.jsonl`, with names that any file
//! system takes.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

/// What comes behind the name of every file.
const EXTENSION: &str = ".jsonl";
/// Stands before the number of a file that is full. Names have none.
const NUMBERED: char = '~';
/// File systems take names of 255 bytes; those of log groups have up to 512 characters.
const LONGEST: usize = 200;

/// The file of a log group, without its folder, by the ARN that machines name it by:
/// `arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*`.
pub(crate) fn file_of(group_arn: &str) -> Option<PathBuf> {
    let mut parts = group_arn.splitn(7, ':').skip(2);
    let ("logs", region, account, "log-group", rest) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?)
    else {
        return None;
    };
    let name = rest.strip_suffix(":*").unwrap_or(rest);
    if [region, account, name].iter().any(|part| part.is_empty()) {
        return None;
    }
    let file = safe(name) + EXTENSION;
    Some(PathBuf::from(safe(account)).join(safe(region)).join(file))
}

/// The file with this number, of those of a group that are full.
pub(crate) fn numbered(file: &Path, number: u64) -> Option<PathBuf> {
    let stem = file.file_name()?.to_str()?.strip_suffix(EXTENSION)?;
    Some(file.with_file_name(format!("{stem}{NUMBERED}{number:06}{EXTENSION}")))
}

/// The number of a full file of the group whose records go to `file`.
pub(crate) fn number_of(full: &Path, file: &Path) -> Option<u64> {
    let stem = |path: &Path| path.file_name()?.to_str()?.strip_suffix(EXTENSION).map(str::to_owned);
    let full = stem(full)?;
    full.strip_prefix(&stem(file)?)?.strip_prefix(NUMBERED)?.parse().ok()
}

/// Whether records are in it.
pub(crate) fn is_log(file: &Path) -> bool {
    file.to_str().is_some_and(|name| name.ends_with(EXTENSION))
}

/// Whether no more records come to it.
pub(crate) fn is_full(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.contains(NUMBERED))
}

/// The name with `/` as `+` and with what else may be special as `%2E`; different names stay
/// different. The end of a long one is a number made of all of it.
pub(crate) fn safe(name: &str) -> String {
    let mut safe = String::with_capacity(name.len());
    for (at, byte) in name.bytes().enumerate() {
        match byte {
            b'/' => safe.push('+'),
            b'.' if at == 0 => safe.push_str("%2E"),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'#' => {
                safe.push(byte.into());
            }
            other => {
                let _infallible = write!(safe, "%{other:02X}");
            }
        }
    }
    if safe.len() > LONGEST {
        safe.truncate(LONGEST);
        let _infallible = write!(safe, "={:016x}", fingerprint(name.as_bytes()));
    }
    safe
}

/// FNV-1a: the same in every version of this program.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_group_has_a_file_below_its_account_and_region() {
        let arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/states/lead:*";
        let file = file_of(arn).unwrap();
        assert_eq!(file, Path::new("123456789012/eu-west-1/+aws+vendedlogs+states+lead.jsonl"));
        let full = numbered(&file, 7).unwrap();
        assert!(full.ends_with("+aws+vendedlogs+states+lead~000007.jsonl"), "{full:?}");
        assert_eq!((number_of(&full, &file), number_of(&file, &file)), (Some(7), None));
        assert_eq!((is_full(&full), is_full(&file)), (true, false));
        for none in ["", "arn:aws:logs:r:1:log-group::*", "arn:aws:s3:r:1:log-group:g:*", "g"] {
            assert_eq!(file_of(none), None, "{none}");
        }
    }

    #[test]
    fn different_groups_have_different_files_that_any_file_system_takes() {
        let long = "x".repeat(512);
        let names = [
            "a",
            "/a",
            "a/",
            "+a",
            "%2Fa",
            "a~000001",
            ".",
            "..",
            "../a",
            ".a",
            "a:b",
            "a b",
            "a=b",
            "é",
            "con",
            &long,
            &(long.clone() + "y"),
            "a\0b",
            "\\a",
        ];
        let files: BTreeSet<PathBuf> = names
            .iter()
            .map(|name| file_of(&format!("arn:aws:logs:r:1:log-group:{name}:*")).unwrap())
            .collect();
        assert_eq!(files.len(), names.len(), "{files:?}");
        for file in &files {
            let name = file.file_name().unwrap().to_str().unwrap();
            assert!(name.len() <= 255 && file.starts_with("1/r"), "{file:?}");
            assert!(!name.starts_with('.') && !name.contains(['\\', ':', '\0', ' ']), "{file:?}");
            assert!(!is_full(file) && is_log(file), "{file:?}");
        }
    }
}
