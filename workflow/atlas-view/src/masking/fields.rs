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
const FIELDS: [(&str, Kind); 67] = [
    ("phone", Kind::Phone),
    ("phonenumber", Kind::Phone),
    ("mobilephone", Kind::Phone),
    ("customerphone", Kind::Phone),
    ("destination", Kind::Phone),
    ("destinationphonenumber", Kind::Phone),
    ("callerid", Kind::Phone),
    ("sourcephonenumber", Kind::Phone),
    ("mobile", Kind::Phone),
    ("telephone", Kind::Phone),
    ("tel", Kind::Phone),
    ("cell", Kind::Phone),
    ("cellphone", Kind::Phone),
    ("mobilenumber", Kind::Phone),
    ("telephonenumber", Kind::Phone),
    ("homephone", Kind::Phone),
    ("workphone", Kind::Phone),
    ("otherphone", Kind::Phone),
    ("assistantphone", Kind::Phone),
    ("contactphone", Kind::Phone),
    ("leadphone", Kind::Phone),
    ("fax", Kind::Phone),
    ("whatsapp", Kind::Phone),
    ("email", Kind::Email),
    ("emailaddress", Kind::Email),
    ("mail", Kind::Email),
    ("contactemail", Kind::Email),
    ("customeremail", Kind::Email),
    ("leademail", Kind::Email),
    ("firstname", Kind::Words),
    ("lastname", Kind::Words),
    ("fullname", Kind::Words),
    ("customername", Kind::Words),
    ("middlename", Kind::Words),
    ("givenname", Kind::Words),
    ("surname", Kind::Words),
    ("familyname", Kind::Words),
    ("nickname", Kind::Words),
    ("maidenname", Kind::Words),
    ("preferredname", Kind::Words),
    ("contactname", Kind::Words),
    ("leadname", Kind::Words),
    ("personname", Kind::Words),
    ("note", Kind::Words),
    ("dateofbirth", Kind::Words),
    ("birthdate", Kind::Words),
    ("birthday", Kind::Words),
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
