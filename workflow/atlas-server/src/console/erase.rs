//! Somebody is looked for in all accounts, in memory and where it outlives the process, and erased. Names and
//! addresses come in the body, and are in no answer.

use std::collections::BTreeSet;

use atlas_engine::{EngineError, Person, PersonalRecords, archive::Status};
use axum::{
    Json,
    extract::{FromRequestParts as _, Request, State},
};
use serde_json::{Map, Value, json};

use super::{asked::Asked, fault::Fault};
use crate::{body, routes::Served};

/// Somebody's executions, wherever they are.
#[derive(Default)]
struct Found {
    in_memory: PersonalRecords,
    kept: PersonalRecords,
}

/// `POST /console/api/erase {phones, emails, keys, do: "look" | "erase"}`
///
/// Nothing is erased while an execution of theirs runs.
pub(super) async fn look_or_erase(
    State(served): State<Served>,
    request: Request,
) -> Result<Json<Value>, Fault> {
    let (mut parts, body) = request.into_parts();
    let asked = Asked::from_request_parts(&mut parts, &served).await?;
    let fields = body::json(&parts.headers, body).await?;
    let mut person =
        Person::new(texts(&fields, "phones")?, texts(&fields, "emails")?, texts(&fields, "keys")?);
    let erases = match fields.get("do").and_then(Value::as_str) {
        Some("look") => false,
        Some("erase") => true,
        _ => return Err(Fault::invalid("`do` is neither `look` nor `erase`")),
    };
    for account in asked.app.accounts() {
        // What happened is on the disk before it is looked for there.
        account.engine().settled().await?;
    }
    let _turn = asked.turn().await;
    asked.apart(move |asked| answer(asked, &mut person, erases)).await.map(Json)
}

fn texts(fields: &Map<String, Value>, name: &str) -> Result<Vec<String>, Fault> {
    let wrong = || Fault::invalid(format!("`{name}` is no list of texts"));
    match fields.get(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => {
            let texts = items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong));
            texts.collect()
        }
        Some(_) => Err(wrong()),
    }
}

fn answer(asked: &Asked, person: &mut Person, erases: bool) -> Result<Value, Fault> {
    let found = find(asked, person)?;
    let executions: Vec<_> =
        found.in_memory.executions.iter().chain(&found.kept.executions).collect();
    if erases {
        if executions.iter().any(|it| it.status == Status::Running) {
            return Err(Fault::invalid("executions of theirs still run; they have to end before"));
        }
        if let Some(journals) = asked.app.journals() {
            journals.erase_person(person, &found.kept).map_err(EngineError::from)?;
        }
        for execution in &executions {
            let arn = &execution.execution_arn;
            asked.views.forget(arn);
            match asked.account_of(arn)?.engine().forget(arn) {
                // It was not in memory.
                Ok(()) | Err(EngineError::ExecutionDoesNotExist(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    let mentioned: BTreeSet<&String> =
        found.in_memory.mentioned_in.iter().chain(&found.kept.mentioned_in).collect();
    let told = executions
        .iter()
        .map(|it| json!({ "executionArn": it.execution_arn, "status": it.status.as_str() }));
    Ok(json!({
        "executions": told.collect::<Vec<_>>(),
        "logRecords": found.kept.log_records,
        "mentionedIn": mentioned,
        "hasLeftovers": found.kept.has_leftovers,
        "keys": person.keys().collect::<Vec<_>>(),
        "erased": erases,
    }))
}

/// A key that is learnt in one place may lead to something in another.
fn find(asked: &Asked, person: &mut Person) -> Result<Found, Fault> {
    loop {
        let known = person.keys().count();
        let mut found = Found::default();
        for account in asked.app.accounts() {
            let PersonalRecords { executions, mentioned_in, .. } =
                account.engine().find_person(person);
            found.in_memory.executions.extend(executions);
            found.in_memory.mentioned_in.extend(mentioned_in);
        }
        if let Some(journals) = asked.app.journals() {
            found.kept = journals.find_person(person).map_err(EngineError::from)?;
        }
        if person.keys().count() == known {
            return Ok(found);
        }
    }
}
