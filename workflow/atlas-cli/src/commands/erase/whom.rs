//! Whom a command is about: numbers and addresses from the command line, a file or standard input.

use std::{fmt::Display, path::Path, str::FromStr};

use atlas_engine::Person;
use definitions::contract::{EmailAddress, PhoneNumber};

use crate::{arguments::Erase, failure::Failure, source};

/// More at once would be a mistake, or somebody else's list.
const MOST: usize = 40;

/// Somebody, as the command line has them.
#[derive(Debug)]
pub(super) struct Whom {
    pub(super) phones: Vec<PhoneNumber>,
    pub(super) emails: Vec<EmailAddress>,
    pub(super) keys: Vec<String>,
}

/// Reads them. What is none is not repeated: it may be one but for a slip.
pub(super) fn whom(asked: &Erase) -> Result<Whom, Failure> {
    let mut faults = Vec::new();
    let phones = all(&asked.phone, "--phone", "numbers, one a line", &mut faults)?;
    let emails = all(&asked.email, "--email", "addresses, one a line", &mut faults)?;
    let keys: Vec<String> =
        asked.key.iter().map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).collect();
    if !keys.iter().all(|key| Person::may_be_key(key)) {
        faults.push(
            "--key: not a key of an interaction, a lead or a contact; expected 1 to 256 of `0-9`, `A-Z`, `a-z`, \
             `_` and `-`"
                .to_owned(),
        );
    }
    if faults.is_empty() && phones.is_empty() && emails.is_empty() && keys.is_empty() {
        faults.push("nobody is named; expected --phone, --email or --key".to_owned());
    }
    if phones.len() + emails.len() > MOST {
        faults
            .push(format!("more than {MOST} numbers and addresses; expected those of one person"));
    }
    if faults.is_empty() {
        Ok(Whom { phones, emails, keys })
    } else {
        Err(Failure::all_theirs(faults))
    }
}

fn all<T: FromStr<Err: Display>>(
    given: &[String],
    option: &str,
    what: &str,
    faults: &mut Vec<String>,
) -> Result<Vec<T>, Failure> {
    let mut read = Vec::new();
    for given in given {
        let text = match given.strip_prefix('@') {
            Some(file) => source::text(Path::new(file), what)?,
            None if given == "-" => source::text(Path::new("-"), what)?,
            None => given.clone(),
        };
        for (index, line) in text.lines().map(str::trim).enumerate() {
            match line.parse() {
                _ if line.is_empty() => {}
                Ok(one) => read.push(one),
                Err(fault) => faults.push(format!("{option}, line {}: {fault}", index + 1)),
            }
        }
    }
    Ok(read)
}
