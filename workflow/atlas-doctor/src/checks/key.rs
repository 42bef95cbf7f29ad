//! `key`: the private key is one that signs, and long enough. It is not told.

use handlers::secrets::SalesforceSecret;
use rsa::{
    RsaPrivateKey, pkcs1::DecodeRsaPrivateKey as _, pkcs8::DecodePrivateKey as _,
    traits::PublicKeyParts as _,
};

use crate::{finding::Kind, notes::Notes};

pub(crate) static UNREADABLE: Kind = Kind::error(
    "key.unreadable",
    "`privateKey` of the secret is no private key in PEM",
    "put the whole file in, from `-----BEGIN` to `-----END`, with its line breaks written as `\\n` in JSON",
);
pub(crate) static NOT_RSA: Kind = Kind::error(
    "key.not-rsa",
    "`privateKey` of the secret is another kind of key than Salesforce takes",
    "make an RSA key (`openssl genrsa 2048`), and upload a certificate of it to the connected app",
);
pub(crate) static SHORT: Kind = Kind::error(
    "key.short",
    "the RSA key is shorter than 2048 bits, which Salesforce does not take",
    "make a new one (`openssl genrsa 2048`), and upload a certificate of it to the connected app",
);

const SHORTEST_BITS: usize = 2048;

pub(crate) fn look(notes: &mut Notes, secret: &SalesforceSecret) -> Option<()> {
    let pem = secret.private_key.reveal();
    let key = RsaPrivateKey::from_pkcs8_pem(pem)
        .or_else(|_| RsaPrivateKey::from_pkcs1_pem(pem).map_err(|_| ()));
    let Ok(key) = key else {
        let (kind, seen) = instead(pem);
        notes.find(kind, seen);
        return None;
    };
    let bits = key.n().bits();
    if bits < SHORTEST_BITS {
        notes.find(&SHORT, format!("{bits} bits"));
        return None;
    }
    notes.fact(format!("RSA, {bits} bits"));
    Some(())
}

/// What it is instead, by the line that begins it.
fn instead(pem: &str) -> (&'static Kind, &'static str) {
    let says = |label: &str| pem.contains(&format!("-----BEGIN {label}"));
    if says("ENCRYPTED PRIVATE KEY") || pem.contains("Proc-Type: 4,ENCRYPTED") {
        (&UNREADABLE, "it is encrypted with a passphrase; nobody can type it in")
    } else if says("EC PRIVATE KEY") {
        (&NOT_RSA, "it is a key of an elliptic curve")
    } else if says("CERTIFICATE") {
        (&UNREADABLE, "it is a certificate; the key belongs here, the certificate to the app")
    } else if says("PUBLIC KEY") || says("RSA PUBLIC KEY") {
        (&UNREADABLE, "it is a public key")
    } else if pem.contains("\\n") {
        (&UNREADABLE, "its line breaks are the two characters `\\n`")
    } else if says("") && !pem.trim().contains('\n') {
        (&UNREADABLE, "its line breaks are lost")
    } else if says("PRIVATE KEY") || says("RSA PRIVATE KEY") {
        (&UNREADABLE, "it begins as one, and what follows is none")
    } else {
        (&UNREADABLE, "no line of it begins a key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_place_of_a_key_is_told_by_its_kind() {
        let check = |pem: &str, code: &str, says: &str| {
            let secret =
                serde_json::json!({ "consumerKey": "k", "username": "u", "privateKey": pem });
            let secret = SalesforceSecret::parse(&secret.to_string()).unwrap();
            let mut notes = Notes::default();
            assert_eq!(look(&mut notes, &secret), None);
            let found = &notes.findings[0];
            assert_eq!(found.kind.code, code, "{found:?}");
            assert!(found.seen.contains(says), "{found:?}");
        };
        check("hunter2", "key.unreadable", "no line");
        check(
            "-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----",
            "key.unreadable",
            "what follows",
        );
        check("-----BEGIN PRIVATE KEY-----\\nMII=\\n-----END", "key.unreadable", "two characters");
        check(
            "-----BEGIN PRIVATE KEY----- MII= -----END PRIVATE KEY-----",
            "key.unreadable",
            "lost",
        );
        check("-----BEGIN CERTIFICATE-----\nMII=\n", "key.unreadable", "certificate");
        check("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII=\n", "key.unreadable", "passphrase");
        check("-----BEGIN EC PRIVATE KEY-----\nMII=\n", "key.not-rsa", "elliptic");
    }
}
