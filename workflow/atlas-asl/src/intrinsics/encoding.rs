//! `States.Base64Encode`, `States.Base64Decode` and `States.Hash`.

use base64::{Engine, engine::general_purpose::STANDARD};
use md5::Digest;
use serde_json::Value;

use super::arguments::{Arguments, as_text};
use crate::scope::Scope;

/// The longest text that these functions take, in characters.
const LONGEST: usize = 10_000;

pub(super) fn encode(arguments: &Arguments<'_>, _: &dyn Scope) -> Result<Value, String> {
    let text = arguments.text(0)?;
    short_enough(text)?;
    Ok(STANDARD.encode(text).into())
}

pub(super) fn decode(arguments: &Arguments<'_>, _: &dyn Scope) -> Result<Value, String> {
    let text = arguments.text(0)?;
    short_enough(text)?;
    let bytes = STANDARD.decode(text).map_err(|_| "the argument is not Base64".to_owned())?;
    Ok(String::from_utf8_lossy(&bytes).into())
}

pub(super) fn hash(arguments: &Arguments<'_>, _: &dyn Scope) -> Result<Value, String> {
    let data = as_text(arguments.value(0));
    short_enough(&data)?;
    let hash: fn(&[u8]) -> String = match arguments.text(1)? {
        "MD5" => hexadecimal::<md5::Md5>,
        "SHA-1" => hexadecimal::<sha1::Sha1>,
        "SHA-256" => hexadecimal::<sha2::Sha256>,
        "SHA-384" => hexadecimal::<sha2::Sha384>,
        "SHA-512" => hexadecimal::<sha2::Sha512>,
        other => {
            return Err(format!(
                "the algorithm must be MD5, SHA-1, SHA-256, SHA-384 or SHA-512, but was: {other}"
            ));
        }
    };
    Ok(hash(data.as_bytes()).into())
}

fn hexadecimal<D: Digest>(data: &[u8]) -> String {
    D::digest(data).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn short_enough(text: &str) -> Result<(), String> {
    // A character has four bytes at most, so most texts need no count.
    if text.len() > LONGEST && text.chars().count() > LONGEST {
        return Err("the argument must have at most 10000 characters".to_owned());
    }
    Ok(())
}
