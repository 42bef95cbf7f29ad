//! How a function is named: by name, partial ARN or ARN, with a qualifier or without.

use std::{fmt, str::FromStr};

use atlas_engine::Place;

/// The pattern that Lambda says a name must satisfy (`NamespacedFunctionName` of its API model).
const PATTERN: &str = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";

/// The most characters of a name in any form.
const MOST_CHARACTERS: usize = 256;

/// A function, as somebody names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionName {
    name: Box<str>,
    qualifier: Option<Box<str>>,
    partition: Option<Box<str>>,
    region: Option<Box<str>>,
    account: Option<Box<str>>,
}

/// A text that names no function.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "1 validation error detected: Value '{0}' at 'functionName' failed to satisfy constraint: Member \
     must satisfy regular expression pattern: {PATTERN}"
)]
pub struct InvalidFunctionName(pub String);

impl FunctionName {
    /// The bare name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version or alias, where one is named.
    pub fn qualifier(&self) -> Option<&str> {
        self.qualifier.as_deref()
    }

    /// The same function by another version or alias.
    #[must_use]
    pub fn with_qualifier(self, qualifier: &str) -> Self {
        Self { qualifier: Some(qualifier.into()), ..self }
    }

    /// The ARN. What the name leaves out is the caller's.
    pub(crate) fn arn(&self, place: &Place) -> Arn {
        let partition = self.partition.as_deref().unwrap_or("aws");
        let region = self.region.as_deref().unwrap_or(&place.region);
        let account = self.account.as_deref().unwrap_or(&place.account);
        Arn(format!("arn:{partition}:lambda:{region}:{account}:function:{}", self.name))
    }
}

/// The ARN of a function, unqualified.
pub(crate) struct Arn(String);

impl Arn {
    pub(crate) fn qualified(&self, qualifier: Option<&str>) -> String {
        match qualifier {
            Some(qualifier) => format!("{}:{qualifier}", self.0),
            None => self.0.clone(),
        }
    }
}

impl FromStr for FunctionName {
    type Err = InvalidFunctionName;

    fn from_str(text: &str) -> Result<Self, InvalidFunctionName> {
        let invalid = || InvalidFunctionName(text.to_owned());
        if text.len() > MOST_CHARACTERS {
            return Err(invalid());
        }
        let mut parts: Vec<&str> = text.split(':').collect();
        let mut partition = None;
        if let ["arn", named_partition, "lambda", ..] = parts[..] {
            let is_partition = named_partition.starts_with("aws");
            // A whole ARN says which kind of thing it names.
            if !is_partition || parts.len() < 7 || parts[5] != "function" {
                return Err(invalid());
            }
            partition = Some(named_partition);
            parts.drain(..3);
        }
        let region = parts.first().copied().filter(|part| parts.len() > 1 && is_region(part));
        parts.drain(..usize::from(region.is_some()));
        let account = parts.first().copied().filter(|part| parts.len() > 1 && is_account(part));
        parts.drain(..usize::from(account.is_some()));
        if parts.first() == Some(&"function") && parts.len() > 1 {
            parts.remove(0);
        }
        let (name, qualifier) = match parts[..] {
            [name] => (name, None),
            [name, qualifier] => (name, Some(qualifier)),
            _ => return Err(invalid()),
        };
        if !is_name(name) || !qualifier.is_none_or(is_qualifier) {
            return Err(invalid());
        }
        Ok(Self {
            name: name.into(),
            qualifier: qualifier.map(Into::into),
            partition: partition.map(Into::into),
            region: region.map(Into::into),
            account: account.map(Into::into),
        })
    }
}

impl fmt::Display for FunctionName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)?;
        self.qualifier.iter().try_for_each(|qualifier| write!(formatter, ":{qualifier}"))
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

pub(crate) fn is_qualifier(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    text == "$LATEST" || !text.is_empty() && text.bytes().all(is_word)
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `us-east-1`, `us-gov-west-1`, `eusc-de-east-1`.
fn is_region(text: &str) -> bool {
    let mut words = text.split('-').rev();
    let ends_in_digit =
        words.next().is_some_and(|word| word.len() == 1 && word.as_bytes()[0].is_ascii_digit());
    let rest: Vec<&str> = words.collect();
    let is_word =
        |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    ends_in_digit && (2..=3).contains(&rest.len()) && rest.iter().all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_known_by_each_of_its_names() {
        let place = Place::default();
        for (text, arn, qualifier) in [
            ("Create", "arn:aws:lambda:us-east-1:000000000000:function:Create", None),
            ("Create:live", "arn:aws:lambda:us-east-1:000000000000:function:Create", Some("live")),
            (
                "111111111111:function:Create:$LATEST",
                "arn:aws:lambda:us-east-1:111111111111:function:Create",
                Some("$LATEST"),
            ),
            (
                "function:Create:7",
                "arn:aws:lambda:us-east-1:000000000000:function:Create",
                Some("7"),
            ),
            (
                "arn:aws:lambda:eu-west-2:111111111111:function:Create",
                "arn:aws:lambda:eu-west-2:111111111111:function:Create",
                None,
            ),
            (
                "arn:aws-us-gov:lambda:us-gov-west-1:111111111111:function:Create:live",
                "arn:aws-us-gov:lambda:us-gov-west-1:111111111111:function:Create",
                Some("live"),
            ),
        ] {
            let name: FunctionName = text.parse().unwrap();
            assert_eq!(name.arn(&place).qualified(None), arn, "{text}");
            assert_eq!(name.qualifier(), qualifier, "{text}");
        }
    }

    #[test]
    fn what_names_no_function_is_refused() {
        for text in [
            "",
            ":",
            "Create Lead",
            "Create:",
            "Create:$OLDEST",
            "a:b:c",
            "${CreateLeadHandlerArn}",
            "arn:aws:lambda:us-east-1:111111111111:layer:Create",
            "arn:aws:sqs:us-east-1:111111111111:function:Create",
            &"x".repeat(257),
        ] {
            assert!(text.parse::<FunctionName>().is_err(), "{text}");
        }
    }
}
