//! `atlas parked show`.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use serde_json::Value;

use super::{Desk, item};
use crate::{failure::Outcome, label::clean};

pub(super) async fn run(desk: &Desk, key: &str) -> Outcome {
    let parked = item::of_key(desk, key).await?;
    desk.may_show("show", key)?;
    let mut out = io::stdout().lock();
    if desk.json {
        let documents: Vec<Value> =
            parked.iter().map(|one| desk.mask.value(&item::whole(one))).collect();
        serde_json::to_writer_pretty(&mut out, &documents).map_err(io::Error::from)?;
        writeln!(out)?;
        return Ok(ExitCode::SUCCESS);
    }
    for one in &parked {
        writeln!(out, "{} of {}: {}", item::what(one), clean(key), clean(&item::error(one)))?;
        let document = desk.mask.value(&item::whole(one)["item"]);
        for (name, value) in document.as_object().into_iter().flatten() {
            let text = match value {
                Value::String(text) => text.clone(),
                other => serde_json::to_string_pretty(other).expect("a document is JSON"),
            };
            for (index, line) in text.lines().enumerate() {
                let name = if index == 0 { clean(name) } else { String::new() };
                writeln!(out, "  {name:<16}{}", clean(line))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
