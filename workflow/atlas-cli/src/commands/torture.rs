//! `atlas torture`: whether anything is lost while the server is killed and its disk fails.

use std::{
    env,
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    arguments::Torture,
    duration::human,
    failure::{Failure, Outcome},
    label::clean,
    torture::{self, Plan, Round},
};

const HEADER: &str = "  round  with           kills  losses  starts  callbacks  stops  redrives  recovered  \
                      verified     took";
/// More of them than these are in the JSON document.
const MOST_SHOWN: usize = 20;

pub(crate) fn run(arguments: Torture) -> Outcome {
    let Torture { minutes, rounds, clients, starts, seed, json: as_json } = arguments;
    let program = env::current_exe()
        .map_err(|error| Failure::ours(format_args!("cannot find this program: {error}")))?;
    let seed = seed.unwrap_or_else(|| u64::from(uuid::Uuid::new_v4().as_fields().0));
    let plan = Plan { program, seed, clients, starts };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::ours)?;
    let mut out = io::stdout().lock();
    if !as_json {
        writeln!(out, "{clients} clients, {starts} starts each in a round; --seed {seed}")?;
        writeln!(out, "{HEADER}")?;
    }
    let until = minutes.map(|minutes| Instant::now() + Duration::from_secs(60 * minutes));
    let mut documents = Vec::new();
    let mut violations = 0;
    for number in 1.. {
        let is_over = match until {
            Some(until) => Instant::now() >= until,
            None => number > rounds,
        };
        if is_over {
            break;
        }
        let round = Round::of(&plan, number);
        let passed = runtime.block_on(watched(&round, number))?;
        violations += passed.violations.len();
        if as_json {
            documents.push(document(number, &passed));
            continue;
        }
        writeln!(out, "{}", row(number, &passed))?;
        for (execution, what) in passed.violations.iter().take(MOST_SHOWN) {
            writeln!(out, "    VIOLATION seed {seed} round {number} {execution}: {}", clean(what))?;
        }
        out.flush()?;
    }
    if as_json {
        let document =
            json!({"seed": seed, "clients": clients, "starts": starts, "rounds": documents});
        serde_json::to_writer_pretty(&mut out, &document).map_err(io::Error::from)?;
        writeln!(out)?;
    }
    runtime.shutdown_background();
    match violations {
        0 if as_json => Ok(ExitCode::SUCCESS),
        0 => {
            writeln!(out, "nothing was lost, doubled or damaged")?;
            Ok(ExitCode::SUCCESS)
        }
        found => Err(Failure::theirs(format_args!("the engine broke its promise {found} times"))),
    }
}

/// A round, and on a terminal how far it is.
async fn watched(round: &Round<'_>, number: u64) -> Result<torture::Outcome, Failure> {
    let answered = round.answered();
    let passing = round.pass();
    tokio::pin!(passing);
    let is_terminal = io::stderr().is_terminal();
    loop {
        tokio::select! {
            passed = &mut passing => {
                if is_terminal {
                    eprint!("\r\x1b[K");
                }
                return passed;
            }
            () = tokio::time::sleep(Duration::from_millis(250)), if is_terminal => {
                eprint!("\rround {number}: {} requests answered", answered.load(Ordering::Relaxed));
            }
        }
    }
}

fn row(number: u64, passed: &torture::Outcome) -> String {
    let took = i64::try_from(passed.took.as_millis()).unwrap_or(i64::MAX);
    let mut row = format!(
        "  {number:>5}  {:<13}  {:>5}  {:>6}  {:>6}  {:>9}  {:>5}  {:>8}  {:>9}  {:>8}  {:>7}",
        passed.chaos,
        passed.kills,
        passed.losses,
        passed.starts,
        passed.callbacks,
        passed.stops,
        passed.redrives,
        passed.recovered,
        passed.verified,
        human(took),
    );
    if let Some(folder) = &passed.folder {
        row.push_str(&format!("  {} violations, in {}", passed.violations.len(), folder.display()));
    }
    row
}

fn document(number: u64, passed: &torture::Outcome) -> Value {
    let violations = passed.violations.iter();
    let violations =
        violations.map(|(execution, what)| json!({"execution": execution, "what": what}));
    json!({
        "round": number,
        "with": passed.chaos,
        "kills": passed.kills,
        "losses": passed.losses,
        "starts": passed.starts,
        "callbacks": passed.callbacks,
        "stops": passed.stops,
        "redrives": passed.redrives,
        "recovered": passed.recovered,
        "verified": passed.verified,
        "isClean": passed.is_clean(),
        "violations": violations.collect::<Vec<_>>(),
        "folder": passed.folder,
    })
}
