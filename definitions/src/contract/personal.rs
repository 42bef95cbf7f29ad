//! Texts about a person, which no log may show: `Debug` and `Display` hide them, `reveal` does not.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::patterns::{self, Pattern};

macro_rules! personal {
    ($(#[$doc:meta])* $name:ident, $pattern:expr, $hidden:literal, $invalid:ident, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        #[doc = concat!("The text is no `", stringify!($name), "`. It is not repeated here.")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        #[error($expected)]
        pub struct $invalid;

        impl $name {
            /// The pattern of its text.
            pub fn pattern() -> &'static Pattern {
                &$pattern
            }

            /// The text itself: for the service that needs it, never for a log.
            pub fn reveal(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $invalid;

            fn try_from(text: String) -> Result<Self, $invalid> {
                if $pattern.matches(&text) { Ok(Self(text.into())) } else { Err($invalid) }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $invalid;

            fn from_str(text: &str) -> Result<Self, $invalid> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0.into()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($hidden)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($hidden)
            }
        }

        atlas_asl::scalar!($name);

        impl atlas_asl::builder::IsText for $name {}
    };
}

personal! {
    /// A phone number in E.164.
    PhoneNumber, patterns::PHONE, "+…", InvalidPhoneNumber,
    "not a phone number in E.164; expected `+`, the country code and the number, like `+14155550123`"
}

personal! {
    /// An e-mail address.
    EmailAddress, patterns::EMAIL, "…@…", InvalidEmailAddress,
    "not an e-mail address; expected one like `ada@example.com`"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_and_an_address_are_shown_only_on_purpose() {
        let phone: PhoneNumber = "+14155550123".parse().unwrap();
        assert_eq!(format!("{phone} {phone:?}"), "+… +…");
        assert_eq!(phone.reveal(), "+14155550123");
        let email: EmailAddress = "ada@example.com".parse().unwrap();
        assert_eq!(format!("{email} {email:?}"), "…@… …@…");
        assert_eq!(serde_json::to_string(&email).unwrap(), "\"ada@example.com\"");
    }

    #[test]
    fn a_wrong_number_is_not_repeated() {
        let error = serde_json::from_str::<PhoneNumber>("\"555-0123\"").unwrap_err().to_string();
        assert!(!error.contains("0123\""), "{error}");
        assert!(error.contains("E.164"), "{error}");
    }
}
