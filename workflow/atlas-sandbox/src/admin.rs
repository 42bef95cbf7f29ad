//! The administration, under `/_atlas/`: what happened, what goes wrong, and a fresh start.

use axum::http::Method;
use serde_json::{Value, json};

use crate::{
    connect::Outcome,
    faults::Fault,
    reply::Reply,
    world::{World, lock},
};

pub(crate) fn answer(world: &World, method: &Method, path: &str, body: &[u8]) -> Reply {
    let action = path.trim_start_matches("/_atlas/");
    match (method.as_str(), action) {
        ("GET", "counters") => Reply::json(200, &counters(world)),
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
            "there are GET counters, rings, leads and items/TABLE, and POST faults, calls, reset, rotate-key and revoke-sessions\n",
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
