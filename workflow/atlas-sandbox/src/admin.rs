//! The administration, under `/_atlas/`: what happened, what goes wrong, and a fresh start.

use axum::http::{HeaderMap, Method, header::HOST};
use serde_json::{Value, json};

use crate::{
    connect::Outcome,
    faults::Fault,
    reply::Reply,
    world::{World, lock},
};

pub(crate) fn answer(
    world: &World,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Reply {
    let action = path.trim_start_matches("/_atlas/");
    match (method.as_str(), action) {
        ("GET", "counters") => Reply::json(200, &counters(world)),
        ("GET", "environment") => Reply::json(200, &environment(world, headers)),
        ("GET", "rings") => Reply::json(200, &lock(&world.connect).rings()),
        ("GET", "leads") => Reply::json(200, &lock(&world.salesforce).shown()),
        ("GET", action) if action.starts_with("items/") => {
            match lock(&world.dynamodb).items(action.trim_start_matches("items/")) {
                Ok(items) => Reply::json(200, &Value::Array(items)),
                Err(message) => Reply::json(404, &json!({ "message": message })),
            }
        }
        ("POST", "faults") => told(set_faults(world, body)),
        ("POST", "calls") => told(script_calls(world, body)),
        ("POST", "reset") => told(world.reset().map_err(|error| error.to_string())),
        ("POST", "rotate-key") => {
            lock(&world.keys).rotate();
            lock(&world.salesforce).revoke_sessions();
            told(Ok(()))
        }
        ("POST", "revoke-sessions") => {
            lock(&world.salesforce).revoke_sessions();
            told(Ok(()))
        }
        _ => Reply::text(
            404,
            "there are GET counters, environment, rings, leads and items/TABLE, and POST faults, calls, reset, rotate-key \
             and revoke-sessions\n",
        ),
    }
}

/// All that is counted.
pub(crate) fn counters(world: &World) -> Value {
    let mut shown = world.counters.shown();
    shown["seed"] = json!(world.options.seed);
    shown["faults"] = json!(world.faults.shown());
    shown["leads"] = lock(&world.salesforce).shown();
    shown["contacts"] = lock(&world.connect).shown();
    shown["queues"] = world.sqs.shown(world.clock.now());
    for tally in [
        "logins",
        "secretReads",
        "ringsByToken",
        "ringsByNumber",
        "startsByToken",
        "eventsByContact",
    ] {
        if shown.get(tally).is_none() {
            shown[tally] = json!({});
        }
    }
    shown
}

/// The deployment's variables, by name. What they reach here they name as whoever asks has reached it: by another name
/// of loopback, or through a port that is forwarded.
fn environment(world: &World, headers: &HeaderMap) -> Value {
    let own = world.base_url.as_str();
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let reached = host.map_or_else(|| own.to_owned(), |host| format!("http://{host}"));
    let variables = lock(&world.variables);
    let told = variables.iter().map(|(name, value)| {
        let below = value.strip_prefix(own).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let value = below.map_or_else(|| value.clone(), |rest| format!("{reached}{rest}"));
        (name.clone(), Value::String(value))
    });
    Value::Object(told.collect())
}

/// `["salesforce:503:0.2"]` replaces the faults.
fn set_faults(world: &World, body: &[u8]) -> Result<(), String> {
    let texts: Vec<String> =
        serde_json::from_slice(body).map_err(|_| "expected a JSON list of `SERVICE:KIND:SHARE`")?;
    let faults = texts.iter().map(|text| text.parse::<Fault>().map_err(|error| error.to_string()));
    world.faults.set(faults.collect::<Result<_, _>>()?);
    Ok(())
}

/// `{"+14155550123": ["BUSY", "ANSWERED"]}` says how the next calls to a number end.
fn script_calls(world: &World, body: &[u8]) -> Result<(), String> {
    let given: std::collections::BTreeMap<String, Vec<String>> = serde_json::from_slice(body)
        .map_err(|_| "expected a JSON object from phone numbers to lists of outcomes")?;
    for (number, words) in given {
        let outcomes = words.iter().map(|word| {
            Outcome::named(word).ok_or_else(|| {
                format!(
                    "`{word}` is no outcome; there are {}",
                    Outcome::ALL.map(Outcome::name).join(", ")
                )
            })
        });
        let outcomes = outcomes.collect::<Result<Vec<_>, _>>()?;
        lock(&world.connect).script(number, outcomes);
    }
    Ok(())
}

fn told(result: Result<(), String>) -> Reply {
    match result {
        Ok(()) => Reply::empty(204),
        Err(message) => Reply::json(400, &json!({ "message": message })),
    }
}
