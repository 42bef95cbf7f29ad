//! What is profiled, in AWS's words: a document for each execution, and traces.

use std::{collections::HashMap, sync::Arc};

use atlas_profile::{Executed, Run, Trace};
use atlas_view::{Event, History, Told, view};
use serde_json::{Value, json};

use crate::failure::Failure;

/// Documents as `atlas executions export` writes them, and answers of `BatchGetTraces`.
#[derive(Debug, Default)]
pub(crate) struct Recorded {
    /// Each with where it comes from.
    pub(crate) executions: Vec<(String, Value)>,
    pub(crate) traces: Vec<(String, Value)>,
}

impl Recorded {
    /// The runs that these are.
    pub(crate) fn runs(&self) -> Result<Vec<Run>, Failure> {
        // A definition is large, and that of hundreds of executions.
        let mut definitions: HashMap<String, Arc<Value>> = HashMap::new();
        let executed = self.executions.iter().map(|(place, document)| {
            let definition = definition(document).map(|definition| {
                let text = definition.to_string();
                Arc::clone(definitions.entry(text).or_insert_with(|| Arc::new(definition)))
            });
            executed(document, definition)
                .map_err(|problem| Failure::theirs(format_args!("{place}: {problem}")))
        });
        Ok(Run::of(executed.collect::<Result<Vec<_>, _>>()?))
    }

    /// The traces that these are.
    pub(crate) fn traces(&self) -> Result<Vec<Trace>, Failure> {
        let mut traces = Vec::new();
        for (place, document) in &self.traces {
            let read = Trace::of_batch(document);
            let wrong = |error| Failure::theirs(format_args!("{place}: {error}"));
            traces.append(&mut read.map_err(wrong)?);
        }
        Ok(traces)
    }

    /// The document of an execution.
    pub(crate) fn add(
        &mut self,
        place: String,
        execution: Value,
        definition: Value,
        history: Value,
    ) {
        let document =
            json!({"execution": execution, "definition": definition, "history": history});
        self.executions.push((place, document));
    }
}

/// Its definition, which is a document or its text.
fn definition(document: &Value) -> Option<Value> {
    match document.get("definition")? {
        Value::String(text) => serde_json::from_str(text).ok(),
        Value::Object(fields) => Some(Value::Object(fields.clone())),
        _ => None,
    }
}

fn executed(document: &Value, definition: Option<Arc<Value>>) -> Result<Executed, String> {
    // What describes it stands apart, or beside its events.
    let told = Told::of_api(document.get("execution").unwrap_or(document));
    let events = ["history", "events"].iter().find_map(|name| document.get(name)?.as_array());
    let events = events.ok_or("has no events; expected `history` or `events`, an array")?;
    let event = |document| {
        // Of an EXPRESS execution there may be records of its log alone.
        let of_log = |error| match Event::of_log_record(document) {
            Ok((_, event)) => Ok(event),
            Err(_) => Err(error),
        };
        Event::of_api(document).or_else(of_log)
    };
    let events = events.iter().map(event).collect::<Result<Vec<_>, _>>();
    let history = History::of(events.map_err(|error| error.to_string())?);
    let view = view(&told, &history, definition.as_deref());
    Ok(Executed { view, history: Arc::new(history), definition })
}
