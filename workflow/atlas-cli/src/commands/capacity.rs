//! `atlas capacity`: which quota stops first, at how many leads an hour.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use atlas_cost::{Quotas, TurnPolicy, backlogs, capacity, markdown_of_capacity};
use definitions::{
    call::{TURN_ATTEMPTS, TURN_DELAY_SECONDS},
    resources::FUNCTIONS,
};
use handlers::gate::CallingHours;
use serde_json::json;

use crate::{
    arguments::Capacity,
    cost::{Basis, basis, is_of, told},
    failure::{Failure, Outcome},
    report::print_json,
    source,
};

pub(crate) fn run(asked: &Capacity) -> Outcome {
    let Basis { demand, prices, requests, .. } = basis(&asked.assumed)?;
    let quotas = match &asked.quotas {
        Some(file) => {
            let text = source::text(file, "quotas, a JSON document")?;
            Quotas::parse(&text).map_err(|error| told(file, error))?
        }
        None => Quotas::built_in(),
    };
    is_of(&asked.assumed.region, &quotas.region, "quotas")?;
    let reserved: Vec<(&str, u32)> = FUNCTIONS
        .iter()
        .filter_map(|function| Some((function.name, function.reserved_concurrency?)))
        .collect();
    let mut rates = asked.leads_per_hour.clone();
    rates.sort_unstable();
    rates.dedup();
    let note = capacity(&demand, &quotas, &reserved, &rates).map_err(Failure::ours)?;
    let policy = TurnPolicy {
        most_delay_seconds: TURN_DELAY_SECONDS,
        attempts: TURN_ATTEMPTS,
        calling_hours: calling_hours(CallingHours::default()),
    };
    let backlog = backlogs(&asked.backlog, &demand, &quotas, policy, &prices, &requests);
    let backlog = backlog.map_err(Failure::ours)?;
    if asked.assumed.json {
        print_json(&json!({ "capacity": note, "backlog": backlog }))?;
    } else {
        io::stdout().lock().write_all(markdown_of_capacity(&note, &backlog).as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Whole hours from the first to the last moment of a day.
fn calling_hours(hours: CallingHours) -> u64 {
    let until = hours.until.map_or(24, |until| until.hour());
    u64::try_from(until - hours.from.hour()).unwrap_or_default()
}
