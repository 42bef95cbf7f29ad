//! What running executions wait for: what has waited longest, or what ends first, on top.

use atlas_core::Timestamp;
use atlas_engine::archive::{Listing, Of, Order, Status};
use atlas_view::view::open_waits;
use axum::Json;
use serde_json::{Value, json};

use super::{asked::Asked, fault::Fault};
use crate::app::Account;

const DEFAULT_LIMIT: usize = 50;
const MOST_LIMIT: usize = 100;
/// So many waits of one execution are told: a Map may have thousands.
const MOST_WAITS: usize = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Age,
    Deadline,
}

/// `GET /console/api/stuck?order=age|deadline&before=&limit=`
///
/// By age, pages go from the execution that began first; by deadline, from the first timer.
pub(super) async fn list(asked: Asked) -> Result<Json<Value>, Fault> {
    let _turn = asked.turn().await;
    asked.apart(page).await.map(Json)
}

fn page(asked: &Asked) -> Result<Value, Fault> {
    let by = asked.word("order", &[("age", By::Age), ("deadline", By::Deadline)])?;
    let most = asked.number("limit", 1..=MOST_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    let account = asked.account()?;
    let (arns, next) = match by.unwrap_or(By::Age) {
        By::Age => oldest(&account, asked.number("before", 0..=u64::MAX)?, most)?,
        By::Deadline => first_due(&account, place(asked.text("before"))?, most)?,
    };
    let mut waits = Vec::new();
    for arn in arns {
        waits.extend(waits_of(asked, &account, &arn)?);
    }
    match by.unwrap_or(By::Age) {
        By::Age => waits.sort_by_key(|wait| wait["since"].as_i64()),
        By::Deadline => waits.sort_by_key(|wait| wait["deadline"].as_i64().unwrap_or(i64::MAX)),
    }
    Ok(json!({ "waits": waits, "next": next }))
}

type Arns = (Vec<String>, Option<String>);

fn oldest(account: &Account, after: Option<u64>, most: usize) -> Result<Arns, Fault> {
    let listed = account.engine().list(&Listing {
        statuses: Status::Running.into(),
        order: Order::OldestFirst,
        after,
        ..Listing::of(Of::Place, most)
    })?;
    let arns = listed.executions.iter().map(|one| one.identity.execution_arn.to_string());
    Ok((arns.collect(), listed.next.map(|next| next.to_string())))
}

fn first_due(
    account: &Account,
    after: Option<(Timestamp, u64)>,
    most: usize,
) -> Result<Arns, Fault> {
    let waiting = account.engine().by_deadline(after, most)?;
    let last = waiting.last().filter(|_| waiting.len() == most);
    let next = last.map(|last| format!("{},{}", last.until.as_millis(), last.number));
    Ok((waiting.iter().map(|one| one.execution_arn.to_string()).collect(), next))
}

/// Where a page by deadline goes on, as the page before said.
fn place(text: Option<&str>) -> Result<Option<(Timestamp, u64)>, Fault> {
    let Some(text) = text else { return Ok(None) };
    let read = || {
        let (millis, number) = text.split_once(',')?;
        Some((Timestamp::from_millis(millis.parse().ok()?), number.parse().ok()?))
    };
    read().map(Some).ok_or_else(|| Fault::invalid("`before` is not what a page gave as `next`"))
}

fn waits_of(asked: &Asked, account: &Account, arn: &str) -> Result<Vec<Value>, Fault> {
    let engine = account.engine();
    let Ok(seen) = asked.views.look(engine, arn) else {
        // It was forgotten meanwhile.
        return Ok(Vec::new());
    };
    let tasks = engine.open_tasks(arn).unwrap_or_default();
    let mut open = open_waits(&seen.view);
    open.truncate(MOST_WAITS);
    let told = open.into_iter().map(|open| {
        let task = tasks.iter().find(|task| u64::from(task.entered) == open.visit);
        // The engine knows its timers; a view knows what the definition says of them.
        let deadline = task.and_then(|task| task.deadline).map(Timestamp::as_millis);
        json!({
            "executionArn": open.execution_arn,
            "name": open.name,
            "stateMachineArn": open.state_machine_arn,
            "visit": open.visit,
            "state": open.state,
            "event": open.event,
            "kind": open.wait.waits_for.word(),
            "since": open.wait.since,
            "deadline": deadline.or(open.wait.deadline),
            "attempt": open.attempt,
            "heartbeatAt": task.and_then(|task| task.heartbeat_by).map(Timestamp::as_millis),
            "endsByHand": task.is_some_and(|task| task.kind.ends_by_hand()),
        })
    });
    Ok(told.collect())
}
