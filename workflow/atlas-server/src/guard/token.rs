//! The bearer token: what somebody from elsewhere has to show.
//!
//! Only its digest is compared, in a time that says nothing of either, and only its digest is kept.

use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

/// A token that can be guessed is none.
const LEAST_LENGTH: usize = 16;
/// It travels in a header with every request.
const MOST_LENGTH: usize = 1_024;

/// A bearer token. Its text is shown by `expose` alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Box<str>);

/// Why a text is no token. It does not repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the token has {length} bytes, or others than letters, digits and signs without spaces; expected \
     {LEAST_LENGTH} to {MOST_LENGTH} of these, such as `openssl rand -hex 32` prints"
)]
pub struct InvalidToken {
    length: usize,
}

impl Token {
    /// A token of this text.
    ///
    /// # Errors
    /// Where it is short enough to be guessed, or no header could carry it.
    pub fn new(text: &str) -> Result<Self, InvalidToken> {
        let is_long_enough = (LEAST_LENGTH..=MOST_LENGTH).contains(&text.len());
        if is_long_enough && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidToken { length: text.len() })
        }
    }

    /// A token that nobody has had before, drawn from the operating system.
    pub fn generated() -> Self {
        let [first, second] = [Uuid::new_v4(), Uuid::new_v4()];
        Self(format!("{}{}", first.simple(), second.simple()).into())
    }

    /// Its text, for whoever is to have it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(crate) fn digest(&self) -> TokenDigest {
        TokenDigest::of(&self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// The digest of a token, or of what is shown as one: of one length, whatever was shown.
#[derive(Clone)]
pub(crate) struct TokenDigest([u8; 32]);

impl TokenDigest {
    pub(crate) fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// Whether both are of the same text, found out in the same time for any two.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_can_be_guessed_or_that_no_header_carries_is_refused_without_being_repeated() {
        for (text, is_token) in [
            ("0123456789abcdef", true),
            ("0123456789abcde", false),
            ("0123456789 abcdef", false),
            ("0123456789abcdef\n", false),
            ("0123456789abcdéf", false),
            (&"x".repeat(1_024), true),
            (&"x".repeat(1_025), false),
            ("", false),
        ] {
            match Token::new(text) {
                Ok(_) => assert!(is_token, "{text}"),
                Err(error) => {
                    let error = error.to_string();
                    assert!(!is_token && (text.is_empty() || !error.contains(text)), "{error}");
                }
            }
        }
    }

    #[test]
    fn a_generated_token_is_a_new_one_and_is_not_shown() {
        let (one, other) = (Token::generated(), Token::generated());
        assert_ne!(one, other);
        assert!(Token::new(one.expose()).is_ok());
        assert!(!format!("{one:?}").contains(one.expose()));
        assert!(one.digest().is_same(&TokenDigest::of(one.expose())));
        assert!(!one.digest().is_same(&other.digest()));
    }
}
