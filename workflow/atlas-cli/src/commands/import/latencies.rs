//! How long calls take: as given, or as a history says.

use std::{collections::BTreeMap, path::Path};

use atlas_import::trial::Latencies;
use atlas_view::view::Status;
use serde_json::{Value, json};

use crate::{
    arguments::Import,
    failure::Failure,
    label::clean,
    profile::{Recorded, read as read_folder},
    source,
};

pub(super) fn of(arguments: &Import) -> Result<Latencies, Failure> {
    let mut latencies = Latencies::default();
    if let Some(path) = &arguments.history {
        for (state, millis) in measured(path)? {
            latencies.set(&state, millis).map_err(|error| {
                let (shown, state) = (source::shown(path), clean(&state));
                Failure::theirs(format_args!("{shown}: the mean of `{state}`: {error}"))
            })?;
        }
    }
    for given in &arguments.latency {
        let told = given.rsplit_once('=').and_then(|(state, millis)| {
            Some((state, millis.trim_end_matches("ms").parse::<u64>().ok()?))
        });
        let Some((state, millis)) = told else {
            return Err(Failure::ours(format_args!(
                "--latency `{}` is not STATE=MS, such as `CreateLead=250`",
                clean(given)
            )));
        };
        latencies.set(state, millis).map_err(|error| {
            Failure::ours(format_args!("--latency `{}`: {error}", clean(given)))
        })?;
    }
    Ok(latencies)
}

/// The mean of each Task's attempts that succeeded.
fn measured(path: &Path) -> Result<Vec<(String, u64)>, Failure> {
    let recorded = if path.is_dir() { read_folder(path)? } else { file(path)? };
    let mut times: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for run in recorded.runs()? {
        for visit in run.executions().iter().flat_map(|it| &it.view.visits) {
            let (Some(exited), Status::Succeeded) = (visit.exited_at, visit.status) else {
                continue;
            };
            if visit.state_type == "Task" {
                times
                    .entry(visit.name.clone())
                    .or_default()
                    .push(exited.saturating_sub(visit.entered_at));
            }
        }
    }
    if times.is_empty() {
        let shown = source::shown(path);
        return Err(Failure::theirs(format_args!("{shown}: no Task in it has succeeded")));
    }
    // A history says any time at all, so what is added up may be more than one of them holds.
    let mean = |times: &[i64]| {
        let sum: i128 = times.iter().map(|it| i128::from((*it).max(0))).sum();
        u64::try_from(sum / (times.len().max(1) as i128)).unwrap_or_default()
    };
    Ok(times.into_iter().map(|(state, times)| (state, mean(&times))).collect())
}

fn file(path: &Path) -> Result<Recorded, Failure> {
    let shown = source::shown(path);
    let text = source::text(path, "the history of an execution")?;
    let document: Value = serde_json::from_str(&text)
        .map_err(|error| Failure::theirs(format_args!("{shown}: {error}; expected JSON")))?;
    let mut recorded = Recorded::default();
    if document.get("executionArn").is_some() || document.get("execution").is_some() {
        recorded.executions.push((shown, document));
    } else {
        // `get-execution-history` does not say whose it is.
        let arn = "arn:aws:states:us-east-1:000000000000:execution:Machine:measured";
        let told = json!({ "executionArn": arn });
        recorded.add(shown, told, Value::Null, document["events"].clone());
    }
    Ok(recorded)
}
