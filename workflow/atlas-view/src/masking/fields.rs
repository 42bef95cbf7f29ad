//! Fields whose values are of a person, or secret, however their names are spelled.

/// What stands in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Phone,
    Email,
    /// A name, or words that somebody said or that were made for somebody.
    Words,
    /// Whoever has it can act with it.
    Secret,
}

/// The lead and the scenario of the contract; what Salesforce, Connect and Lex call the same; credentials.
/// In lower case, without anything between the words.
const FIELDS: [(&str, Kind); 34] = [
    ("phone", Kind::Phone),
    ("phonenumber", Kind::Phone),
    ("mobilephone", Kind::Phone),
    ("customerphone", Kind::Phone),
    ("destination", Kind::Phone),
    ("destinationphonenumber", Kind::Phone),
    ("callerid", Kind::Phone),
    ("sourcephonenumber", Kind::Phone),
    ("email", Kind::Email),
    ("emailaddress", Kind::Email),
    ("firstname", Kind::Words),
    ("lastname", Kind::Words),
    ("fullname", Kind::Words),
    ("customername", Kind::Words),
    ("company", Kind::Words),
    ("notes", Kind::Words),
    ("opening", Kind::Words),
    ("objective", Kind::Words),
    ("talkingpoints", Kind::Words),
    ("inputtranscript", Kind::Words),
    ("transcript", Kind::Words),
    ("street", Kind::Words),
    ("address", Kind::Words),
    ("tasktoken", Kind::Secret),
    ("token", Kind::Secret),
    ("accesstoken", Kind::Secret),
    ("sessiontoken", Kind::Secret),
    ("clientsecret", Kind::Secret),
    ("secretstring", Kind::Secret),
    ("secretaccesskey", Kind::Secret),
    ("privatekey", Kind::Secret),
    ("password", Kind::Secret),
    ("authorization", Kind::Secret),
    ("apikey", Kind::Secret),
];

/// The longest of these names, with room for what stands between its words.
pub(super) const LONGEST_NAME: usize = 40;

impl Kind {
    /// What stands in a field of this name, if it is to be masked.
    pub(super) fn of(name: &str) -> Option<Self> {
        if name.len() > LONGEST_NAME {
            return None;
        }
        // JSONPath templates write `phone.$`.
        let letters = name.chars().filter(|letter| letter.is_alphanumeric());
        let plain: String = letters.flat_map(char::to_lowercase).collect();
        FIELDS.iter().find(|(field, _)| *field == plain).map(|(_, kind)| *kind)
    }

    /// What is shown instead.
    pub(super) const fn mask(self) -> &'static str {
        match self {
            Self::Phone => "+…",
            Self::Email => "…@…",
            Self::Words => "…",
            Self::Secret => "(secret)",
        }
    }
}
