//! `atlas executions list`.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use serde_json::Value;

use super::Desk;
use crate::{
    arguments::executions::List,
    duration::human,
    failure::{Outcome, say},
    operator::{Clock, Listed, Table, arn, list},
};

pub(super) async fn run(desk: &Desk, asked: List) -> Outcome {
    let at_most = (!asked.all).then_some(asked.limit as usize);
    let listing = list(&desk.reached, &asked.filter, &asked.logs, at_most, &desk.clock).await?;
    if desk.json {
        let documents: Vec<Value> = listing.executions.iter().map(Listed::document).collect();
        let mut out = io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &documents).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        table(&listing.executions, &desk.clock).print()?;
    }
    if !listing.express.is_empty() {
        say(&format!(
            "not listed: executions of {}, which are EXPRESS and stand in CloudWatch Logs alone (--log-group)",
            listing.express.join(", ")
        ));
    }
    if listing.is_cut {
        say(&format!("the newest {}; --limit N or --all lists more", listing.executions.len()));
    }
    if listing.executions.is_empty() {
        say("no execution is so");
    }
    Ok(ExitCode::SUCCESS)
}

/// Executions as rows.
pub(super) fn table(executions: &[Listed], clock: &Clock) -> Table {
    let mut table = Table::new(["STARTED", "STATUS", "TOOK", "MACHINE", "NAME"]);
    for one in executions {
        let until = one.ended_at.unwrap_or(clock.now());
        table.row([
            clock.show(one.started_at),
            one.status.clone(),
            human(until - one.started_at),
            arn::machine_name(&one.execution_arn).to_owned(),
            one.name.clone(),
        ]);
    }
    table
}
