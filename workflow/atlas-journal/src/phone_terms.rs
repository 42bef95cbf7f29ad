//! Under which key the phone numbers of a folder are hashed, by which executions are found. A key that is
//! given is not kept, only what it is recognised by; a folder without one draws its own. The numbers are
//! in the facts, so under another key they are hashed anew.

use atlas_engine::{BusinessKey, PhoneHashKey, Place};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore as _, SeedableRng as _};
use redb::{
    Database, ReadableDatabase as _, ReadableTable as _, ReadableTableMetadata as _, Table,
    WriteTransaction,
};

use crate::{
    contents::ReadError,
    header::Header,
    index, record,
    tables::{EXECUTIONS, FACTS, INDEX, PLACES, SEPARATOR, SETTINGS},
};

/// The folder's own key, in hexadecimal digits.
const OWN_KEY: &str = "phone-hash-key";
/// What the key is recognised by that the numbers are hashed under.
const KEY_MARK: &str = "phone-hash-key-mark";
/// What is hashed for that; no phone number.
const MARKED: &str = "the key of this folder";

/// The key of a folder, under which all of its numbers are hashed then: the one that is given, or its own.
pub(crate) fn settle(
    database: &Database,
    given: Option<PhoneHashKey>,
) -> Result<PhoneHashKey, ReadError> {
    let (own, known_mark) = {
        let settings = database.begin_read()?.open_table(SETTINGS)?;
        let text = |name| settings.get(name).map(|it| it.map(|it| it.value().to_owned()));
        (text(OWN_KEY)?, text(KEY_MARK)?)
    };
    let (key, own) = match given {
        Some(given) => (given, None),
        None => {
            let own = own.unwrap_or_else(drawn);
            (of_text(&own), Some(own))
        }
    };
    let mark = key.hash(MARKED);
    if known_mark.as_deref() == Some(&mark) {
        return Ok(key);
    }
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    hash_anew(&transaction, &key)?;
    {
        let mut settings = transaction.open_table(SETTINGS)?;
        match own {
            Some(own) => drop(settings.insert(OWN_KEY, own.as_str())?),
            None => drop(settings.remove(OWN_KEY)?),
        }
        settings.insert(KEY_MARK, mark.as_str())?;
    }
    transaction.commit()?;
    Ok(key)
}

/// The key of a folder where it is its own, for whoever was given none.
pub(crate) fn own_key(database: &Database) -> Result<Option<PhoneHashKey>, ReadError> {
    let settings = database.begin_read()?.open_table(SETTINGS)?;
    Ok(settings.get(OWN_KEY)?.map(|own| of_text(own.value())))
}

/// Some numbers are hashed under no key: whoever opens the folder with one hashes all of them.
pub(crate) fn unsettle(transaction: &WriteTransaction) -> Result<(), ReadError> {
    transaction.open_table(SETTINGS)?.remove(KEY_MARK)?;
    Ok(())
}

fn drawn() -> String {
    let mut bytes = [0; 32];
    ChaCha8Rng::from_os_rng().fill_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digits themselves are the key: there is nothing that could be wrong with them.
fn of_text(text: &str) -> PhoneHashKey {
    PhoneHashKey::new(text.as_bytes())
}

/// Drops the hashes of all numbers: whoever opens the folder with a key hashes them anew.
pub(crate) fn drop_hashes(transaction: &WriteTransaction) -> Result<(), ReadError> {
    unsettle(transaction)?;
    let mut index = transaction.open_table(INDEX)?;
    remove_hashes(transaction, &mut index)
}

fn remove_hashes(
    transaction: &WriteTransaction,
    index: &mut Table<'_, (&'static str, u64), ()>,
) -> Result<(), ReadError> {
    for entry in transaction.open_table(PLACES)?.iter()? {
        let (name, _) = entry?;
        let first = format!("{}{SEPARATOR}{}{SEPARATOR}", name.value(), index::PHONE);
        // Every term that begins so: the separator is followed by the next character.
        let last = format!("{}{SEPARATOR}{} ", name.value(), index::PHONE);
        index.retain_in((first.as_str(), 0)..(last.as_str(), 0), |_, ()| false)?;
    }
    Ok(())
}

fn hash_anew(transaction: &WriteTransaction, key: &PhoneHashKey) -> Result<(), ReadError> {
    let mut index = transaction.open_table(INDEX)?;
    remove_hashes(transaction, &mut index)?;
    let executions = transaction.open_table(EXECUTIONS)?;
    if executions.is_empty()? {
        return Ok(());
    }
    let mut current: Option<(u64, Place)> = None;
    for entry in transaction.open_table(FACTS)?.iter()? {
        let (at, facts) = entry?;
        let (number, _) = at.value();
        let documents = record::documents(facts.value());
        for document in documents.map_err(|source| ReadError::Record { number, source })? {
            let keys = BusinessKey::all_in(&document, Some(key));
            for phone in keys.iter().filter(|key| matches!(key, BusinessKey::Phone(_))) {
                if current.as_ref().is_none_or(|(known, _)| *known != number) {
                    let header = executions.get(number)?.ok_or(ReadError::Missing { number })?;
                    let header: Header = serde_json::from_str(header.value())
                        .map_err(|source| ReadError::Header { number, source })?;
                    current = Some((number, header.read().place));
                }
                if let Some((_, place)) = &current {
                    index.insert((index::of_key(place, phone).as_str(), number), ())?;
                }
            }
        }
    }
    Ok(())
}
