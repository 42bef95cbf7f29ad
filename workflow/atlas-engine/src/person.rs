//! Somebody whose data is to be erased, and whether a text is about them.
//!
//! What belongs to them is told from what only mentions them: another lead's notes may name their address,
//! and are not theirs.

use std::{borrow::Cow, collections::BTreeSet, fmt};

use serde_json::{Map, Value};

use crate::business_key::{BusinessKey, NAMES};

/// Documents are looked into so deep; what is deeper counts as mentioned.
const DEEPEST: usize = 32;
/// What separates the digits of a number as people write it.
const BETWEEN_DIGITS: &str = " -.()/\u{a0}";
/// No number is written longer.
const LONGEST_NUMBER: usize = 40;

/// No key is longer: Connect's ids of contacts are the longest.
const LONGEST_KEY: usize = 256;
/// A shorter key can be any word: it counts only where an interaction, a lead or a contact is named.
const SHORTEST_TELLING_KEY: usize = 12;

/// Somebody, by what is known of them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Digits without a `+`.
    phones: BTreeSet<String>,
    /// In lower case.
    emails: BTreeSet<String>,
    keys: BTreeSet<String>,
}

/// What a text has to do with somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// Nothing.
    None,
    /// A number, an address or a key of theirs stands within some longer text.
    Mentioned,
    /// A value of it is a number, an address or a key of theirs.
    Theirs,
}

impl Person {
    /// Somebody with these numbers, in E.164, these e-mail addresses, in whatever case, and these keys of
    /// interactions, leads and contacts.
    pub fn new<T: AsRef<str>>(
        phones: impl IntoIterator<Item = T>,
        emails: impl IntoIterator<Item = T>,
        keys: impl IntoIterator<Item = T>,
    ) -> Self {
        let digits = |phone: T| phone.as_ref().trim_start_matches('+').to_owned();
        Self {
            phones: phones.into_iter().map(digits).filter(|it| !it.is_empty()).collect(),
            emails: emails.into_iter().map(|it| it.as_ref().to_lowercase()).collect(),
            keys: keys.into_iter().map(|it| it.as_ref().to_owned()).collect(),
        }
    }

    /// The keys that lead to them.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(String::as_str)
    }

    /// Whether this key leads to them.
    pub fn knows(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// Whether a number or an address of theirs stands anywhere in a text.
    pub fn is_known_in(&self, text: &str) -> bool {
        Self { keys: BTreeSet::new(), ..self.clone() }.is_mentioned(text)
    }

    /// One more key that leads to them.
    pub fn learn(&mut self, key: &str) {
        self.learn_each([key.to_owned()]);
    }

    /// Learns the keys of those objects of a document that hold a number, an address or a key of theirs, so
    /// those of their own and of nobody beside them.
    pub fn learn_from(&mut self, document: &str) {
        if self.concern(document) != Concern::Theirs {
            return;
        }
        let Ok(value) = serde_json::from_str::<Value>(document) else { return };
        let mut keys = Vec::new();
        self.keys_beside(&value, DEEPEST, &mut keys);
        self.learn_each(keys);
    }

    /// Learns all keys of a document that is known to be theirs alone.
    pub fn learn_all(&mut self, document: &str) {
        let names = BusinessKey::all_in(document, None).into_iter().filter_map(|key| match key {
            BusinessKey::Name(name) => Some(name),
            BusinessKey::Phone(_) => None,
        });
        self.learn_each(names);
    }

    fn learn_each(&mut self, keys: impl IntoIterator<Item = String>) {
        self.keys.extend(keys.into_iter().filter(|key| Self::may_be_key(key)));
    }

    /// Whether a text has the form of a key of an interaction, a lead or a contact. What a machine assigned stands
    /// in its events as JSON, so with quotes: that is no key.
    pub fn may_be_key(text: &str) -> bool {
        let of_key = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        (1..=LONGEST_KEY).contains(&text.len()) && text.bytes().all(of_key)
    }

    /// What a text, JSON or not, has to do with them.
    pub fn concern(&self, text: &str) -> Concern {
        // Most texts have nothing to do with them, and that is seen without reading them.
        if !self.may_concern(text) {
            return Concern::None;
        }
        match serde_json::from_str::<Value>(text) {
            Ok(value) => self.concern_of(&value, DEEPEST),
            Err(_) if self.is_mentioned(text) => Concern::Mentioned,
            Err(_) => Concern::None,
        }
    }

    fn may_concern(&self, text: &str) -> bool {
        // JSON can write any character in another way.
        text.contains("\\u")
            || self.keys.iter().any(|key| text.contains(key.as_str()))
            || self.is_mentioned(text)
    }

    fn concern_of(&self, value: &Value, deepest: usize) -> Concern {
        let Some(deepest) = deepest.checked_sub(1) else {
            return if self.is_mentioned(&value.to_string()) {
                Concern::Mentioned
            } else {
                Concern::None
            };
        };
        match value {
            Value::String(text) => self.concern_of_text(text, deepest),
            Value::Array(items) => self.greatest(items.iter(), deepest),
            Value::Object(members) if self.is_named_by(members) => Concern::Theirs,
            Value::Object(members) => {
                let of_values = self.greatest(members.values(), deepest);
                let names = members.keys().map(|name| self.concern_of_text(name, deepest));
                names.fold(of_values, Concern::max)
            }
            Value::Number(number) if self.is_theirs(&number.to_string()) => Concern::Theirs,
            Value::Null | Value::Bool(_) | Value::Number(_) => Concern::None,
        }
    }

    /// Whether an object names an interaction, a lead or a contact of theirs.
    fn is_named_by(&self, members: &Map<String, Value>) -> bool {
        let mut named = NAMES.iter().filter_map(|name| members.get(*name)?.as_str());
        named.any(|key| self.keys.contains(key))
    }

    /// The keys that are nobody else's and no other word, wherever they stand.
    fn telling_keys(&self) -> impl Iterator<Item = &String> {
        self.keys.iter().filter(|key| key.len() >= SHORTEST_TELLING_KEY)
    }

    fn greatest<'a>(&self, values: impl Iterator<Item = &'a Value>, deepest: usize) -> Concern {
        let mut greatest = Concern::None;
        for value in values {
            greatest = greatest.max(self.concern_of(value, deepest));
            if greatest == Concern::Theirs {
                break;
            }
        }
        greatest
    }

    fn concern_of_text(&self, text: &str, deepest: usize) -> Concern {
        if self.is_theirs(text) {
            return Concern::Theirs;
        }
        let inner = text.trim_start();
        if (inner.starts_with(['{', '[', '"']))
            && let Ok(value) = serde_json::from_str::<Value>(inner)
        {
            return self.concern_of(&value, deepest);
        }
        if self.is_mentioned(text) { Concern::Mentioned } else { Concern::None }
    }

    /// Whether all of a text is a number, an address or a key of theirs.
    fn is_theirs(&self, text: &str) -> bool {
        let text = text.trim();
        if self.telling_keys().any(|key| key == text) {
            return true;
        }
        if text.contains('@') {
            return self.emails.contains(&text.to_lowercase());
        }
        if text.len() > LONGEST_NUMBER || self.phones.is_empty() {
            return false;
        }
        let bare = bare(text);
        self.phones.contains(bare.strip_prefix('+').unwrap_or(&bare))
    }

    /// Whether a number, an address or a key of theirs stands anywhere in a text, and is no part of a longer
    /// one.
    fn is_mentioned(&self, text: &str) -> bool {
        let holds = |text: &str, wanted: &String, is_part: fn(char) -> bool| {
            text.match_indices(wanted.as_str()).any(|(at, found)| {
                let before = text[..at].chars().next_back();
                let after = text[at + found.len()..].chars().next();
                !before.is_some_and(is_part) && !after.is_some_and(is_part)
            })
        };
        let of_key = |it: char| it.is_ascii_alphanumeric() || it == '_';
        // A dot ends a sentence; it is no reason to keep the address before it.
        let of_email = |it: char| it.is_alphanumeric() || "_%+".contains(it);
        let bare = bare(text);
        self.phones.iter().any(|phone| holds(&bare, phone, |it| it.is_ascii_digit()))
            || self.telling_keys().any(|key| holds(text, key, of_key))
            || (!self.emails.is_empty() && text.contains('@') && {
                let lower = text.to_lowercase();
                self.emails.iter().any(|email| holds(&lower, email, of_email))
            })
    }

    /// The keys of objects within which there is something of theirs. Of an array only the items count that
    /// have it.
    fn keys_beside(&self, value: &Value, deepest: usize, keys: &mut Vec<String>) {
        let Some(deepest) = deepest.checked_sub(1) else { return };
        match value {
            Value::Object(members) => {
                let is_of_many = members.values().any(Value::is_array);
                let own = if is_of_many {
                    // What is true of the whole need not be true of each item.
                    let single = members.values().filter(|it| !it.is_array());
                    self.greatest(single, DEEPEST)
                } else {
                    self.greatest(members.values(), DEEPEST)
                };
                if own == Concern::Theirs || self.is_named_by(members) {
                    let named = NAMES.iter().filter_map(|name| members.get(*name)?.as_str());
                    keys.extend(named.map(str::to_owned));
                }
                members.values().for_each(|member| self.keys_beside(member, deepest, keys));
            }
            Value::Array(items) => {
                items.iter().for_each(|item| self.keys_beside(item, deepest, keys));
            }
            Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
                if let Ok(inner) = serde_json::from_str::<Value>(text) {
                    self.keys_beside(&inner, deepest, keys);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// A text without what people put between digits.
fn bare(text: &str) -> Cow<'_, str> {
    if text.contains(is_between) {
        Cow::Owned(text.chars().filter(|it| !is_between(*it)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

fn is_between(character: char) -> bool {
    BETWEEN_DIGITS.contains(character)
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("phones", &self.phones.len())
            .field("emails", &self.emails.len())
            .field("keys", &self.keys)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "3f0c1e5a7b9d4c2e";

    fn ada() -> Person {
        Person::new(["+14155550123"], ["Ada@Example.com"], ["3f0c", LONG])
    }

    #[test]
    fn a_value_is_theirs_and_a_text_that_has_it_in_it_mentions_them() {
        for (text, expected) in [
            ("{}", Concern::None),
            (r#"{"lead": {"phone": "+14155550123"}}"#, Concern::Theirs),
            (r#"{"lead": {"phone": "\u002b14155550123"}}"#, Concern::Theirs),
            (r#"{"lead": {"email": "ada\u0040example.com"}}"#, Concern::Theirs),
            (r#"{"customerPhone": "+1 (415) 555-0123"}"#, Concern::Theirs),
            (r#"{"lead": {"email": "ADA@example.com"}}"#, Concern::Theirs),
            (r#"{"interactionKey": "3f0c"}"#, Concern::Theirs),
            (r#"{"body": "{\"email\": \"ada@example.com\"}"}"#, Concern::Theirs),
            (r#"{"ada@example.com": 1}"#, Concern::Theirs),
            (r#"{"notes": "write to ada@example.com."}"#, Concern::Mentioned),
            (r#"{"notes": "or +14155550123"}"#, Concern::Mentioned),
            (r#"{"name": "call-3f0c1e5a7b9d4c2e"}"#, Concern::Mentioned),
            (r#"{"name": "3f0c1e5a7b9d4c2e"}"#, Concern::Theirs),
            (r#"{"colour": "3f0c"}"#, Concern::None),
            (r#"{"customer": 14155550123}"#, Concern::Theirs),
            ("not JSON, of 3f0c1e5a7b9d4c2e", Concern::Mentioned),
            ("not JSON, of 3f0c", Concern::None),
            (r#"{"phone": "+141555501234"}"#, Concern::None),
            (r#"{"email": "other-ada@example.com.mx", "key": "a3f0c1"}"#, Concern::Mentioned),
            (r#"{"email": "xada@example.com", "key": "a3f0c1"}"#, Concern::None),
        ] {
            assert_eq!(ada().concern(text), expected, "{text}");
        }
        assert_eq!(Person::default().concern(r#"{"phone": ""}"#), Concern::None);
    }

    #[test]
    fn keys_are_learnt_of_objects_that_are_theirs_and_of_no_others() {
        for (document, expected) in [
            (
                r#"{"interactionKey": "k1", "lead": {"email": "ada@example.com"}}"#,
                vec!["3f0c", LONG, "k1"],
            ),
            (
                r#"{"interactionKey": "k1", "lead": {"email": "bob@example.com"}}"#,
                vec!["3f0c", LONG],
            ),
            (
                r#"{"leads": [{"interactionKey": "k1", "phone": "+14155550123"},
                    {"interactionKey": "k2", "phone": "+14155550199"}], "leadId": "batch"}"#,
                vec!["3f0c", LONG, "k1"],
            ),
            (r#"{"interactionKey": "3f0c", "leadId": "00Q1"}"#, vec!["00Q1", "3f0c", LONG]),
            (
                r#"{"interactionKey": "3f0c", "variables": {"leadId": "\"00Q1\""}, "leadId": "\"00Q1\""}"#,
                vec!["3f0c", LONG],
            ),
            (r#"{"interactionKey": "k1", "notes": "ask ada@example.com"}"#, vec!["3f0c", LONG]),
        ] {
            let mut person = ada();
            person.learn_from(document);
            assert_eq!(person.keys().collect::<Vec<_>>(), expected, "{document}");
        }
    }

    #[test]
    fn nobody_is_shown() {
        let shown = format!("{:?}", ada());
        assert!(!shown.contains("415") && !shown.contains("example"), "{shown}");
    }
}
