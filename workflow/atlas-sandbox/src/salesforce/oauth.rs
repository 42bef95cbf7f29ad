//! `POST /services/oauth2/token`: the JWT bearer flow. The signature is checked with another implementation
//! than clients sign with, so that both must agree with RFC 7515 and not with each other.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rsa::{
    RsaPrivateKey,
    pkcs1v15::{Signature, VerifyingKey},
    pkcs8::DecodePrivateKey,
    sha2::Sha256,
    signature::Verifier,
};
use serde_json::{Value, json};

use crate::{
    reply::Reply,
    route::{self, Call},
    secrets_manager::{AUDIENCE, CONSUMER_KEY, USERNAME},
    world::{World, lock},
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// An assertion may expire at most this far ahead, in seconds.
const FURTHEST_EXPIRY: i64 = 300;

pub(super) fn refused(error: &str, description: &str) -> Reply {
    Reply::json(400, &json!({ "error": error, "error_description": description }))
}

pub(super) fn login(world: &World, call: &Call) -> Reply {
    let is_form = call
        .headers
        .get("content-type")
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let form = route::form(&String::from_utf8_lossy(&call.body));
    let asked = |name: &str| form.get(name).map_or("", String::as_str);
    if !is_form || asked("grant_type") != GRANT {
        return refused("unsupported_grant_type", "grant type not supported");
    }
    if let Err((error, description)) = check(world, asked("assertion")) {
        return refused(error, description);
    }
    let now = world.clock.now();
    let token = lock(&world.salesforce).log_in(
        now,
        world.options.salesforce.logins_per_hour,
        world.options.seed,
    );
    let Some(token) = token else { return super::throttled("login") };
    world.counters.add("logins", USERNAME);
    // No `expires_in`: how long a session lasts is the org's policy.
    Reply::json(
        200,
        &json!({
            "access_token": token,
            "scope": "api",
            "instance_url": world.reached_at(call),
            "id": format!("{AUDIENCE}/id/00D000000000001EAA/005000000000001AAA"),
            "token_type": "Bearer",
        }),
    )
}

type Refused = (&'static str, &'static str);

fn check(world: &World, assertion: &str) -> Result<(), Refused> {
    const INVALID: Refused = ("invalid_grant", "invalid assertion");
    let parts: Vec<&str> = assertion.split('.').collect();
    let [header, claims, signature] = parts[..] else { return Err(INVALID) };
    let read = |part: &str| -> Option<Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
    };
    let (Some(head), Some(said)) = (read(header), read(claims)) else { return Err(INVALID) };
    if head["alg"] != "RS256" {
        return Err(INVALID);
    }
    if said["iss"] != CONSUMER_KEY {
        return Err(("invalid_client_id", "client identifier invalid"));
    }
    let signed = format!("{header}.{claims}");
    if !is_signed(lock(&world.keys).current(), signed.as_bytes(), signature) {
        return Err(INVALID);
    }
    if said["sub"] != USERNAME || !world.options.salesforce.user_approved {
        return Err(("invalid_grant", "user hasn't approved this consumer"));
    }
    let is_ours = |audience: &str| audience == AUDIENCE || world.is_reached_at(audience);
    if !said["aud"].as_str().is_some_and(is_ours) {
        return Err(("invalid_grant", "audience is invalid"));
    }
    let now = world.clock.now().as_second();
    // A text is taken as well: simple-salesforce writes one.
    let expiry = &said["exp"];
    match expiry.as_i64().or_else(|| expiry.as_str()?.parse().ok()) {
        Some(expiry) if expiry <= now => Err(("invalid_grant", "expired authorization code")),
        Some(expiry) if expiry <= now + FURTHEST_EXPIRY => Ok(()),
        _ => Err(INVALID),
    }
}

fn is_signed(key: &str, signed: &[u8], signature: &str) -> bool {
    let key = RsaPrivateKey::from_pkcs8_pem(key).expect("the test keys are keys");
    let decoded = URL_SAFE_NO_PAD.decode(signature).ok();
    let signature = decoded.and_then(|bytes| Signature::try_from(bytes.as_slice()).ok());
    signature.is_some_and(|signature| {
        VerifyingKey::<Sha256>::new(key.to_public_key()).verify(signed, &signature).is_ok()
    })
}
