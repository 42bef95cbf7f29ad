//! `atlas suppress add|remove|list`: the numbers that must not be called.

use std::{
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use definitions::contract::PhoneNumber;
use handlers::{
    environment::Environment,
    records::SuppressedNumber,
    suppression::{self, Deps},
};
use serde_json::{Value, json};

use crate::{
    arguments::Suppress,
    failure::{Failure, Outcome},
    label::clean,
    source,
};

pub(crate) fn run(arguments: Suppress) -> Outcome {
    let numbers = match &arguments {
        Suppress::Add { number, .. } | Suppress::Remove { number } => numbers(number)?,
        Suppress::List { .. } => Vec::new(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::ours(format_args!("cannot start a runtime: {error}")))?;
    runtime.block_on(async {
        let deps = Deps::new(&Environment::of_process()).await.map_err(Failure::ours)?;
        match arguments {
            Suppress::Add { reason, .. } => add(&numbers, &reason, &deps).await,
            Suppress::Remove { .. } => remove(&numbers, &deps).await,
            Suppress::List { json } => list(json, &deps).await,
        }
    })
}

/// A number, or one a line of standard input. What is none is not repeated: it may be one but for a
/// slip.
fn numbers(given: &str) -> Result<Vec<PhoneNumber>, Failure> {
    let text = match given {
        "-" => source::text(Path::new("-"), "numbers, one a line")?,
        number => number.to_owned(),
    };
    let lines = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
    let mut numbers = Vec::new();
    let mut faults = Vec::new();
    for (index, line) in lines {
        match line.parse::<PhoneNumber>() {
            Ok(number) => numbers.push(number),
            Err(_) => faults.push(format!(
                "line {}: no number; expected one in E.164 as +14155550123",
                index + 1
            )),
        }
    }
    if faults.is_empty() && numbers.is_empty() {
        faults.push("no number is given; expected one in E.164 as +14155550123".to_owned());
    }
    if faults.is_empty() { Ok(numbers) } else { Err(Failure::all_theirs(faults)) }
}

async fn add(numbers: &[PhoneNumber], reason: &str, deps: &Deps) -> Outcome {
    let mut added = 0;
    for number in numbers {
        let is_new = suppression::add(number, reason, deps).await.map_err(Failure::ours)?;
        added += usize::from(is_new);
    }
    let known = numbers.len() - added;
    eprintln!("{added} put on the list, {known} there before");
    Ok(ExitCode::SUCCESS)
}

async fn remove(numbers: &[PhoneNumber], deps: &Deps) -> Outcome {
    let mut removed = 0;
    for number in numbers {
        removed += usize::from(suppression::remove(number, deps).await.map_err(Failure::ours)?);
    }
    let absent = numbers.len() - removed;
    eprintln!("{removed} taken off the list, {absent} not on it");
    Ok(if absent == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn list(as_json: bool, deps: &Deps) -> Outcome {
    let numbers = suppression::list(deps).await.map_err(Failure::ours)?;
    let mut out = io::stdout().lock();
    if as_json {
        let document: Vec<Value> = numbers.iter().map(document).collect();
        serde_json::to_writer_pretty(&mut out, &document).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        for number in &numbers {
            let hash = number.phone_hash.as_str();
            writeln!(out, "{hash}  {}  {}", number.since, clean(&number.reason))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn document(number: &SuppressedNumber) -> Value {
    json!({
        "phoneHash": number.phone_hash.as_str(),
        "reason": number.reason,
        "since": number.since.to_string(),
    })
}
