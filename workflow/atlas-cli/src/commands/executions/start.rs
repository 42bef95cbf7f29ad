//! `atlas executions start`.

use std::{
    ffi::OsStr,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use serde_json::Value;

use super::Desk;
use crate::{
    arguments::executions::StartOne,
    failure::{Failure, Outcome},
    operator::{Machine, arn},
    source,
};

pub(super) async fn run(desk: &Desk, asked: StartOne) -> Outcome {
    let input = input(&asked.input)?;
    let (name, case) = match asked.machine.split_once('#') {
        Some((name, case)) => (name, format!("#{case}")),
        None => (asked.machine.as_str(), String::new()),
    };
    let machine_arn = match arn::kind(name) {
        Some(_) => name.to_owned(),
        None => Machine::named(&desk.reached.api, name).await?.arn,
    };
    let machine_arn = machine_arn + &case;
    let started = desk.reached.api.start(&machine_arn, asked.name.as_deref(), &input).await?;
    let mut out = io::stdout().lock();
    if desk.json {
        writeln!(out, "{started}")?;
    } else {
        writeln!(out, "{}", started["executionArn"].as_str().unwrap_or_default())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn input(given: &OsStr) -> Result<String, Failure> {
    let what = "the input, JSON text";
    let text = given.to_string_lossy();
    let text = match text.strip_prefix('@') {
        Some(file) => source::text(Path::new(file), what)?,
        None if text == "-" => source::text(Path::new("-"), what)?,
        None => text.into_owned(),
    };
    match serde_json::from_str::<Value>(&text) {
        Ok(_) => Ok(text),
        Err(error) => Err(Failure::theirs(format_args!(
            "the input is no JSON: {error}; expected JSON text, `@FILE` or `-`"
        ))),
    }
}
