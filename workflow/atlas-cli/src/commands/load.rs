//! `atlas load`: many leads at once while services fail, and what became of each.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use atlas_sandbox::Fault;
use serde_json::{Value, json};

use crate::{
    arguments::Load,
    duration::human,
    failure::{Failure, Outcome},
    label::clean,
    load::{Storm, Verdict, weather},
    personal::hidden,
};

pub(crate) fn run(arguments: Load) -> Outcome {
    let Load { leads, seeds, first_seed, fault, json: as_json } = arguments;
    let faults = if fault.is_empty() { weather() } else { fault };
    for fault in &faults {
        fault.parse::<Fault>().map_err(Failure::ours)?;
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::ours)?;
    let mut out = io::stdout().lock();
    if !as_json {
        writeln!(out, "{leads} leads at once; faults {}", faults.join(" "))?;
        writeln!(out, "{HEADER}")?;
    }
    let mut is_good = true;
    let mut documents = Vec::new();
    for seed in first_seed..first_seed + u64::from(seeds) {
        let storm = Storm { leads, faults: &faults, seed };
        let (verdict, took) = runtime.block_on(storm.pass())?;
        is_good &= verdict.is_good();
        if as_json {
            documents.push(document(seed, &verdict));
        } else {
            let took = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
            writeln!(out, "{}", row(seed, &verdict, took))?;
            for (key, failures) in verdict.lost.iter().take(MOST_LOST) {
                writeln!(out, "        lost {key}: {}", hidden(&clean(&failures.join("; "))))?;
            }
            out.flush()?;
        }
    }
    if as_json {
        serde_json::to_writer_pretty(&mut out, &documents).map_err(io::Error::from)?;
        writeln!(out)?;
    }
    runtime.shutdown_background();
    if is_good {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::theirs("a lead was lost, rung twice for one attempt, or did not come to its end"))
}

/// More of them than these are in the JSON document.
const MOST_LOST: usize = 5;

const HEADER: &str =
    "  seed   reported  unreported  parked  rings  rung twice  lost  open     took  outcomes";

fn row(seed: u64, verdict: &Verdict, took: i64) -> String {
    let outcomes = verdict.outcomes.iter().map(|(outcome, times)| format!("{outcome} {times}"));
    format!(
        "  {seed:>4}  {:>9}  {:>10}  {:>6}  {:>5}  {:>10}  {:>4}  {:>4}  {:>7}  {}",
        verdict.reported,
        verdict.unreported,
        verdict.parked,
        verdict.rings,
        verdict.rung_twice.len(),
        verdict.lost.len(),
        verdict.open.len(),
        human(took),
        outcomes.collect::<Vec<_>>().join(", "),
    )
}

fn document(seed: u64, verdict: &Verdict) -> Value {
    json!({
        "seed": seed,
        "leads": verdict.leads,
        "reported": verdict.reported,
        "unreported": verdict.unreported,
        "parked": verdict.parked,
        "outcomes": verdict.outcomes,
        "rings": verdict.rings,
        "rungTwice": verdict.rung_twice,
        "lost": verdict.lost,
        "open": verdict.open,
    })
}
