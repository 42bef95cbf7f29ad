//! The data of an execution's states after each step of processing, as an operator reads it.

use std::fmt::Write as _;

use atlas_view::{ExecutionView, view::Visit};
use serde_json::{Value, json};

use super::{Mask, Subject, portrait};
use crate::{failure::Failure, label::clean};

/// So many visits are shown at once: nobody reads more.
const MOST_VISITS: usize = 100;

/// The data of the visits of a state, or of all where none is named, in words.
pub(crate) fn words(
    subject: &Subject,
    view: &ExecutionView,
    state: &str,
    mask: Mask,
) -> Result<String, Failure> {
    let mut text = String::new();
    for visit in visits(view, state)? {
        let data = steps(subject, view, visit.id)?;
        line(&mut text, &format!("\n{} (event {})", clean(&portrait::name(visit)), visit.id));
        if let Some(note) = &data.note {
            line(&mut text, &format!("  {}", clean(note)));
        }
        for step in &data.steps {
            let value = step.value.as_ref().map(|value| mask.value(value).to_string());
            let note = step.note.as_ref().map(|note| format!("({note})"));
            let told: Vec<String> = [value, note].into_iter().flatten().collect();
            line(&mut text, &format!("  {:<16}{}", step.name, clean(&told.join(" "))));
        }
    }
    Ok(text)
}

/// The same for scripts.
pub(crate) fn document(
    subject: &Subject,
    view: &ExecutionView,
    state: &str,
) -> Result<Value, Failure> {
    let mut documents = Vec::new();
    for visit in visits(view, state)? {
        let data = steps(subject, view, visit.id)?;
        documents.push(json!({ "state": visit.name, "data": data }));
    }
    Ok(documents.into())
}

fn steps(
    subject: &Subject,
    view: &ExecutionView,
    visit: u64,
) -> Result<atlas_view::data::DataSteps, Failure> {
    let definition = subject.definition.as_ref();
    atlas_view::data_steps(view, &subject.told, &subject.history, definition, visit)
        .map_err(Failure::theirs)
}

fn visits<'a>(view: &'a ExecutionView, state: &str) -> Result<Vec<&'a Visit>, Failure> {
    let of_state = view.visits.iter().filter(|visit| state.is_empty() || visit.name == state);
    let visits: Vec<&Visit> = of_state.collect();
    if visits.is_empty() && !state.is_empty() {
        let mut names: Vec<String> = view.visits.iter().map(|visit| clean(&visit.name)).collect();
        names.dedup();
        names.truncate(MOST_VISITS);
        return Err(Failure::theirs(format_args!(
            "--data `{}`: no such state was entered; expected one of {}",
            clean(state),
            names.join(", ")
        )));
    }
    if visits.len() > MOST_VISITS {
        return Err(Failure::theirs(format_args!(
            "--data is of {} visits, and of {MOST_VISITS} at most; expected the name of a state, or `export`",
            visits.len()
        )));
    }
    Ok(visits)
}

fn line(text: &mut String, words: &str) {
    writeln!(text, "{}", words.trim_end()).expect("a String takes every text");
}
