//! Runs out of a folder of files.

use std::{collections::HashMap, fs, path::Path};

use serde_json::{Value, json};

use super::Recorded;
use crate::{failure::Failure, source};

/// Reads every JSON file of a folder, one level deep: executions and traces as they come.
///
/// Of the AWS CLI there are two files for an execution: `NAME.json` of `describe-execution` and
/// `NAME.history.json` of `get-execution-history`.
pub(crate) fn read(folder: &Path) -> Result<Recorded, Failure> {
    let mut files = Vec::new();
    list(folder, 1, &mut files)?;
    files.sort();
    let mut recorded = Recorded::default();
    let mut described: HashMap<String, Value> = HashMap::new();
    let mut histories: Vec<(String, String, Value)> = Vec::new();
    for file in &files {
        let shown = source::shown(file);
        let text = fs::read_to_string(file)
            .map_err(|error| Failure::ours(format_args!("{shown}: cannot be read: {error}")))?;
        let document: Value = serde_json::from_str(&text)
            .map_err(|error| Failure::theirs(format_args!("{shown}: {error}; expected JSON")))?;
        let has = |name: &str| document.get(name).is_some();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let stem = name.trim_end_matches(".json").trim_end_matches(".history").to_owned();
        if has("Traces") {
            recorded.traces.push((shown, document));
        } else if has("executionArn") || has("execution") {
            if has("history") || has("events") {
                recorded.executions.push((shown, document));
            } else {
                described.insert(stem, document);
            }
        } else if has("events") {
            histories.push((shown, stem, document));
        }
    }
    for (shown, stem, document) in histories {
        let told = described.get(&stem).cloned();
        let told = told.unwrap_or_else(|| json!({"executionArn": stem}));
        let definition = told.get("definition").cloned().unwrap_or_default();
        recorded.add(shown, told, definition, document["events"].clone());
    }
    if recorded.executions.is_empty() {
        return Err(Failure::theirs(format_args!(
            "{}: no file in it is an execution with its history; expected files of `atlas profile --keep`, `atlas \
             data export`, `atlas executions export`, or NAME.json and NAME.history.json of the AWS CLI",
            source::shown(folder)
        )));
    }
    Ok(recorded)
}

fn list(folder: &Path, deeper: u32, files: &mut Vec<std::path::PathBuf>) -> Result<(), Failure> {
    let cannot =
        |error| Failure::ours(format_args!("{}: cannot be read: {error}", source::shown(folder)));
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.is_dir() && deeper > 0 {
            list(&path, deeper - 1, files)?;
        } else if path.extension().is_some_and(|it| it.eq_ignore_ascii_case("json")) {
            files.push(path);
        }
    }
    Ok(())
}
