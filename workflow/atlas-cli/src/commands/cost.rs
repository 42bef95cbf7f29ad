//! `atlas cost`: what a month of leads costs on AWS.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use atlas_cost::{Plan, bill, markdown};
use definitions::resources::{FUNCTIONS, QUEUES, StartedBy};

use crate::{
    arguments::Cost,
    cost::{Basis, basis},
    failure::{Failure, Outcome},
    report::print_json,
};

pub(crate) fn run(asked: &Cost) -> Outcome {
    let Basis { demand, traffic, measured, prices, .. } = basis(&asked.assumed)?;
    let memory: Vec<(&str, u32)> =
        FUNCTIONS.iter().map(|function| (function.name, function.memory_megabytes)).collect();
    let scheduled: Vec<(&str, u32)> = FUNCTIONS
        .iter()
        .filter_map(|function| match function.started_by {
            StartedBy::Schedule { minutes } => Some((function.name, minutes)),
            StartedBy::Step(_) | StartedBy::Queue { .. } | StartedBy::Lex => None,
        })
        .collect();
    let plan = Plan {
        leads_per_day: asked.leads_per_day,
        architecture: asked.arch.into(),
        memory: &memory,
        scheduled: &scheduled,
        queues: QUEUES.len() as u64,
        provisioned: &asked.provisioned,
    };
    let bill = bill(&plan, &demand, &traffic, &measured, &prices).map_err(Failure::ours)?;
    if asked.assumed.json {
        print_json(&serde_json::to_value(&bill).expect("a bill is JSON"))?;
    } else {
        io::stdout().lock().write_all(markdown(&bill).as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}
