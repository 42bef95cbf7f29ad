//! `atlas parked list`.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use serde_json::{Value, json};

use super::{Desk, item};
use crate::{
    failure::{Outcome, say},
    operator::{Progress, Table, of_dynamodb},
};

pub(super) async fn run(desk: &Desk, limit: usize) -> Outcome {
    let progress = Progress::open("reading the table");
    let mut parked = desk
        .deps
        .parked
        .all()
        .await
        .map_err(|fault| of_dynamodb(&desk.reached, &fault.to_string()))?;
    drop(progress);
    parked.sort_by_key(|one| (item::parked_at(one), one.interaction_key.as_str().to_owned()));
    let found = parked.len();
    parked.truncate(limit);
    if desk.json {
        let documents: Vec<Value> = parked
            .iter()
            .map(|one| {
                json!({
                    "interactionKey": one.interaction_key.as_str(),
                    "record": one.record,
                    "error": item::error(one),
                    "parkedAt": one.fields.get("parkedAt"),
                    "execution": one.fields.get("execution"),
                })
            })
            .collect();
        let mut out = io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &documents).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        let mut table = Table::new(["PARKED", "WHAT", "KEY", "ERROR", "KEPT UNTIL"]);
        for one in &parked {
            table.row([
                desk.clock.show_or_none(item::parked_at(one)),
                item::what(one),
                one.interaction_key.as_str().to_owned(),
                item::error(one),
                desk.clock.show_or_none(item::expires_at(one)),
            ]);
        }
        table.print()?;
    }
    if found > limit {
        say(&format!("the oldest {limit} of {found}; --limit N lists more"));
    }
    if found == 0 {
        say("nothing is parked");
    }
    Ok(ExitCode::SUCCESS)
}
