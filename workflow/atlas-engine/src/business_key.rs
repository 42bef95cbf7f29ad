//! What documents name that an execution can be found by: a lead, an attempt, a contact, a phone number.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::phone_hash::{PhoneHashKey, is_phone_number};

/// The members of documents that name a lead, an attempt or a contact.
pub(crate) const NAMES: [&str; 3] = ["interactionKey", "leadId", "contactId"];
/// Those that hold a phone number.
const PHONES: [&str; 4] = ["phone", "phoneNumber", "customerPhone", "destination"];
/// No deeper than this are they looked for.
const DEEPEST: usize = 6;
/// No key is longer.
const LONGEST: usize = 256;
/// How many digits the hash of a phone number has.
const HASH_DIGITS: usize = 64;

/// What an execution can be found by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BusinessKey {
    /// A lead, an attempt or a contact.
    Name(String),
    /// The hash of a phone number.
    Phone(String),
}

impl BusinessKey {
    /// The business keys in a document; phone numbers are none without a key to hash them under.
    pub fn all_in(document: &str, phone_hash_key: Option<&PhoneHashKey>) -> BTreeSet<Self> {
        let mut keys = BTreeSet::new();
        let phones = if phone_hash_key.is_some() { &PHONES[..] } else { &[] };
        // Most documents have none, and that is seen without reading them.
        if NAMES.iter().chain(phones).any(|member| document.contains(member))
            && let Ok(value) = serde_json::from_str::<Value>(document)
        {
            collect(&value, DEEPEST, phone_hash_key, &mut keys);
        }
        keys
    }

    /// Those that somebody means who asks for this: a phone number, a hash of one, or a name. A number
    /// may be written with what people put between its digits.
    pub fn meant_by(asked: &str, phone_hash_key: &PhoneHashKey) -> Vec<Self> {
        let asked = asked.trim();
        let number: String = asked.chars().filter(|it| !" -.()/\u{a0}".contains(*it)).collect();
        if is_phone_number(&number) {
            return vec![Self::Phone(phone_hash_key.hash(&number))];
        }
        let mut meant = vec![Self::Name(asked.to_owned())];
        if asked.len() == HASH_DIGITS && asked.bytes().all(|it| it.is_ascii_hexdigit()) {
            meant.push(Self::Phone(asked.to_ascii_lowercase()));
        }
        meant
    }
}

fn collect(
    value: &Value,
    deepest: usize,
    phone_hash_key: Option<&PhoneHashKey>,
    keys: &mut BTreeSet<BusinessKey>,
) {
    let Some(deepest) = deepest.checked_sub(1) else { return };
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) => keys.extend(key(name, text, phone_hash_key)),
                    value => collect(value, deepest, phone_hash_key, keys),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                collect(item, deepest, phone_hash_key, keys);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn key(member: &str, text: &str, phone_hash_key: Option<&PhoneHashKey>) -> Option<BusinessKey> {
    if PHONES.contains(&member) && is_phone_number(text) {
        return phone_hash_key.map(|key| BusinessKey::Phone(key.hash(text)));
    }
    let is_name = NAMES.contains(&member)
        && (1..=LONGEST).contains(&text.len())
        && !text.contains(char::is_control);
    is_name.then(|| BusinessKey::Name(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> PhoneHashKey {
        PhoneHashKey::new(*b"0123456789abcdef")
    }

    fn name(text: &str) -> BusinessKey {
        BusinessKey::Name(text.to_owned())
    }

    fn phone(number: &str) -> BusinessKey {
        BusinessKey::Phone(key().hash(number))
    }

    #[test]
    fn business_keys_are_found_wherever_documents_have_them() {
        for (document, expected) in [
            ("{}", vec![]),
            ("leadId", vec![]),
            (
                r#"{"interactionKey": "3f0c", "lead": {"leadId": "00Q"}}"#,
                vec![name("00Q"), name("3f0c")],
            ),
            (r#"[{"contactId": "c"}, {"contactId": "c"}]"#, vec![name("c")]),
            (r#"{"contactId": "", "leadId": 7, "other": "x", "a": "leadId"}"#, vec![]),
            (r#"{"a":{"b":{"c":{"d":{"e":{"f":{"leadId":"deep"}}}}}}}"#, vec![]),
            (r#"{"lead": {"phone": "+14155550123"}}"#, vec![phone("+14155550123")]),
            (r#"{"phoneNumber": "+4930123", "customerPhone": "555"}"#, vec![phone("+4930123")]),
        ] {
            let found: Vec<_> = BusinessKey::all_in(document, Some(&key())).into_iter().collect();
            assert_eq!(found, expected, "{document}");
        }
        let long = format!(r#"{{"leadId": "{}"}}"#, "x".repeat(257));
        assert_eq!(BusinessKey::all_in(&long, None), BTreeSet::new());
    }

    #[test]
    fn a_number_is_asked_for_by_its_hash_and_found_by_the_hash_itself() {
        let hash = key().hash("+14155550123");
        for (asked, expected) in [
            ("+14155550123", vec![phone("+14155550123")]),
            (" +1 (415) 555-0123 ", vec![phone("+14155550123")]),
            ("00Q", vec![name("00Q")]),
            (&*hash, vec![name(&hash), phone("+14155550123")]),
        ] {
            assert_eq!(BusinessKey::meant_by(asked, &key()), expected, "{asked}");
        }
    }
}
