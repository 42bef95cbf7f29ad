//! A phone number and an e-mail address as records know them: HMAC-SHA-256 under a key of ours. There are
//! so few numbers that a hash without a key could be tried out.

use std::fmt;

use definitions::contract::{EmailAddress, PhoneNumber};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The fewest bytes that make a key.
const SHORTEST_KEY: usize = 16;

/// The key of the hash.
#[derive(Clone)]
pub struct PhoneHashKey(Box<[u8]>);

/// The key is too short to hide a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key of the phone hash is too short; expected at least {SHORTEST_KEY} bytes")]
pub struct ShortKey;

impl PhoneHashKey {
    /// A key out of its bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, ShortKey> {
        let bytes = bytes.into();
        if bytes.len() < SHORTEST_KEY { Err(ShortKey) } else { Ok(Self(bytes.into())) }
    }

    /// The hash under which records know a number.
    pub fn hash(&self, phone: &PhoneNumber) -> PhoneHash {
        PhoneHash(self.hash_of(phone.reveal()))
    }

    /// The hash under which records know an address, in whatever case it is written: mail servers do not
    /// tell cases apart, nor does Salesforce.
    pub fn hash_email(&self, email: &EmailAddress) -> EmailHash {
        EmailHash(self.hash_of(&email.reveal().to_lowercase()))
    }

    fn hash_of(&self, text: &str) -> Box<str> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of every length");
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes()).into()
    }
}

impl fmt::Debug for PhoneHashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneHashKey(…)")
    }
}

/// A number's keyed hash, 64 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneHash(Box<str>);

impl PhoneHash {
    /// The hash as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A hash as it was written before.
    pub(super) fn stored(text: &str) -> Self {
        Self(text.into())
    }
}

/// An e-mail address's keyed hash, 64 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailHash(Box<str>);

impl EmailHash {
    /// The hash as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A hash as it was written before.
    pub(super) fn stored(text: &str) -> Self {
        Self(text.into())
    }
}

/// Bytes as lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes every text");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_hmac_sha_256_of_the_number_under_the_key() {
        // Computed with Python's `hmac.new(key, number, "sha256")`.
        let key = PhoneHashKey::new("0123456789abcdef").unwrap();
        let hash = key.hash(&"+14155550123".parse().unwrap());
        assert_eq!(hash.as_str(), EXPECTED);
        let other = PhoneHashKey::new("fedcba9876543210").unwrap();
        assert_ne!(other.hash(&"+14155550123".parse().unwrap()), hash);
    }

    #[test]
    fn an_address_has_one_hash_however_it_is_written() {
        let key = PhoneHashKey::new("0123456789abcdef").unwrap();
        let hash = |text: &str| key.hash_email(&text.parse().unwrap());
        assert_eq!(hash("Ada@Example.COM"), hash("ada@example.com"));
        assert_ne!(hash("ada@example.com"), hash("ada@example.org"));
        assert_eq!(hash("ada@example.com").as_str().len(), 64);
    }

    const EXPECTED: &str = "0465ac94253e23a48b19570c44456c25bbd185dd1719d29118b40f89feb2085c";

    #[test]
    fn a_key_is_long_enough_and_never_shown() {
        assert_eq!(PhoneHashKey::new("short").unwrap_err(), ShortKey);
        let key = PhoneHashKey::new("0123456789abcdef").unwrap();
        assert_eq!(format!("{key:?}"), "PhoneHashKey(…)");
    }
}
