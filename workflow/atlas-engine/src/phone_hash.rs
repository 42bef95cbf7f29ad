//! Phone numbers as executions are found by them: HMAC-SHA-256 under a key, as the records of calls know
//! them. A number itself is in no index.

use std::fmt::{self, Write as _};

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// The key under which phone numbers are hashed.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneHashKey(Box<[u8]>);

impl PhoneHashKey {
    /// A key out of its bytes.
    pub fn new(bytes: impl Into<Box<[u8]>>) -> Self {
        Self(bytes.into())
    }

    /// The hash of a text, 64 hexadecimal digits.
    pub fn hash(&self, text: &str) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of every length");
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().iter().fold(String::with_capacity(64), |mut hash, byte| {
            write!(hash, "{byte:02x}").expect("a String takes every text");
            hash
        })
    }
}

impl fmt::Debug for PhoneHashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneHashKey(..)")
    }
}

/// Whether a text is a phone number in E.164, which is what is hashed.
pub(crate) fn is_phone_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default().as_bytes();
    (2..=15).contains(&digits.len()) && digits[0] != b'0' && digits.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_records_of_calls() {
        // The same number, key and hash as in the handlers' test, computed with Python's `hmac`.
        let key = PhoneHashKey::new(*b"0123456789abcdef");
        assert_eq!(
            key.hash("+14155550123"),
            "0465ac94253e23a48b19570c44456c25bbd185dd1719d29118b40f89feb2085c"
        );
        assert_eq!(format!("{key:?}"), "PhoneHashKey(..)");
    }

    #[test]
    fn a_phone_number_is_one_in_e_164() {
        for (text, expected) in [
            ("+14155550123", true),
            ("+12", true),
            ("+1", false),
            ("+04155550123", false),
            ("14155550123", false),
            ("+1 415 555 0123", false),
            ("+1234567890123456", false),
            ("+", false),
            ("", false),
        ] {
            assert_eq!(is_phone_number(text), expected, "{text}");
        }
    }
}
