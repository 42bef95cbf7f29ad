//! The machine's own fields, and flows: `StartAt` and `States`.

use std::collections::HashSet;

use super::{
    document::{Json, Node},
    faults::{Reading, Trail},
    fields::{Fields, wrong_type},
    shapes, states,
};
use crate::{
    diagnostic::Diagnostic,
    model::{Flow, QueryLanguage, StateMachine, StateName},
    places::Places,
};

/// The longest timeout, in seconds.
pub(super) const MOST_SECONDS: u64 = 99_999_999;

const LANGUAGES: [&str; 2] = ["JSONPath", "JSONata"];

/// Reads the whole document.
pub(super) fn read(
    document: &Node<'_>,
    places: &Places,
) -> (Option<StateMachine>, Vec<Diagnostic>) {
    let mut reading = Reading::new(places);
    let trail = Trail::root(document.offset);
    let machine = machine(document, &trail, &mut reading);
    (machine, reading.finish())
}

fn machine(
    document: &Node<'_>,
    trail: &Trail<'_>,
    reading: &mut Reading<'_>,
) -> Option<StateMachine> {
    let fields = Fields::open(document, trail, &shapes::MACHINE, None, reading)?;
    let query_language = query_language(&fields, reading);
    reading.machine_language = query_language.unwrap_or_default();
    Some(StateMachine {
        comment: fields.text("Comment", reading),
        version: fields.worded_text("Version", &["1.0"], reading),
        query_language,
        // AWS takes 0 here, other than in a Task.
        timeout_seconds: fields.whole("TimeoutSeconds", 0..=MOST_SECONDS, reading),
        flow: flow(&fields, reading),
    })
}

/// `QueryLanguage`. AWS takes every value but `JSONPath` for JSONata, and notes those it does not know.
pub(super) fn query_language(
    fields: &Fields<'_, '_>,
    reading: &mut Reading<'_>,
) -> Option<QueryLanguage> {
    fields.raw("QueryLanguage")?;
    let written = fields.text("QueryLanguage", reading);
    match written.as_deref() {
        Some("JSONPath") => Some(QueryLanguage::JsonPath),
        Some("JSONata") | None => Some(QueryLanguage::Jsonata),
        Some(other) => {
            fields.wrong_word("QueryLanguage", other, &LANGUAGES, reading);
            Some(QueryLanguage::Jsonata)
        }
    }
}

/// `StartAt` and `States`.
pub(super) fn flow(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Flow {
    fields.require(&["StartAt", "States"], reading);
    let start_at = fields.state_name("StartAt", reading);
    let mut flow = Flow { start_at, states: Vec::new() };
    let Some(member) = fields.get("States") else { return flow };
    let trail = fields.trail.field(&member.name, member.offset);
    let Json::Object(members) = &member.value.json else {
        let hint = "write an object with a field for each state";
        wrong_type(reading, &trail, &member.value, "[OBJECT]", hint);
        return flow;
    };
    let mut names = HashSet::new();
    for member in members {
        let trail = trail.field(&member.name, member.offset);
        if !names.insert(member.name.as_ref()) {
            reading.duplicate_state(&trail, &member.name);
        }
        let state = states::state(&member.value, &trail, reading);
        flow.states.push((StateName::from(member.name.as_ref()), state));
    }
    flow
}
