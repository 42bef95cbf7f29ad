//! `atlas executions stuck`: what running executions wait for.

use std::{
    io::{self, Write as _},
    process::ExitCode,
    sync::Arc,
};

use atlas_view::view::{OpenWait, open_waits};

use super::Desk;
use crate::{
    arguments::{
        executions::Stuck,
        operator::{Filter, Logs, Moment},
    },
    duration::human,
    failure::{Failure, Outcome, say},
    operator::{Listed, Progress, Subject, Table, arn, list, portrait, side_by_side},
};

pub(super) async fn run(desk: &Desk, asked: Stuck) -> Outcome {
    if desk.json {
        // A table of them has nobody's data.
        desk.may_show("stuck", "stuck")?;
    }
    let since = desk.clock.now() - asked.older_than;
    let filter = Filter {
        status: vec!["RUNNING".to_owned()],
        machine: asked.machine,
        // What has waited so long began no later.
        until: Some(Moment::At(since.saturating_add(1))),
        ..Filter::default()
    };
    let running = list(&desk.reached, &filter, &Logs::default(), None, &desk.clock).await?;
    let progress = Progress::of(running.executions.len(), "reading what they wait for");
    let call = |one: Listed| {
        let reached = Arc::clone(&desk.reached);
        async move {
            let subject = Subject::of(&reached, &one.execution_arn, &Logs::default()).await?;
            Ok::<_, Failure>(open_waits(&subject.view()))
        }
    };
    let found = side_by_side(running.executions, call, || progress.step()).await;
    drop(progress);
    let mut waits: Vec<OpenWait> = Vec::new();
    for found in found {
        match found {
            Ok(found) => waits.extend(found),
            // It may be forgotten since it was listed.
            Err(fault) => {
                fault.say();
            }
        }
    }
    waits.retain(|open| open.wait.since <= since);
    if asked.by_deadline {
        waits.sort_by_key(|open| (open.wait.deadline.unwrap_or(i64::MAX), open.wait.since));
    } else {
        waits.sort_by_key(|open| open.wait.since);
    }
    let limit = asked.limit as usize;
    let found = waits.len();
    waits.truncate(limit);
    print(desk, &waits)?;
    if found > limit {
        say(&format!("the first {limit} of {found}; --limit N lists more"));
    }
    if found == 0 {
        say("nothing waits so long");
    }
    Ok(ExitCode::SUCCESS)
}

fn print(desk: &Desk, waits: &[OpenWait]) -> Result<(), Failure> {
    if desk.json {
        let document = serde_json::to_value(waits).expect("a wait is JSON");
        let mut out = io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &desk.mask.value(&document))
            .map_err(io::Error::from)?;
        writeln!(out)?;
        return Ok(());
    }
    let now = desk.clock.now();
    let mut table = Table::new([
        "WAITS FOR",
        "SINCE",
        "AGE",
        "DEADLINE",
        "MACHINE",
        "NAME",
        "STATE",
        "ATTEMPT",
    ]);
    for open in waits {
        let deadline = open.wait.deadline.map(|deadline| {
            let shown = desk.clock.show(deadline);
            if deadline < now { format!("{shown} (overdue)") } else { shown }
        });
        table.row([
            portrait::waits_for(open.wait.waits_for).to_owned(),
            desk.clock.show(open.wait.since),
            human(now - open.wait.since),
            deadline.unwrap_or_default(),
            arn::machine_name(&open.state_machine_arn).to_owned(),
            open.name.clone(),
            open.state.clone(),
            open.attempt.map(|attempt| attempt.to_string()).unwrap_or_default(),
        ]);
    }
    table.print()?;
    Ok(())
}
