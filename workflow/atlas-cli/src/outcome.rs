//! How a run ended, in words: what failed first, then each execution, then the lead and its call.

use atlas_core::Outcome as Ending;
use serde_json::Value;

use crate::{
    duration::human,
    host::Ended,
    label::{clean, column, columns},
    report::{Report, failed_state},
    ring::Ring,
};

/// A longer output is cut: `--json` has all of it.
const MOST_OF_OUTPUT: usize = 1_000;
const LABEL_COLUMNS: usize = 9;

/// The lines of the outcome.
pub(crate) fn outcome_lines(report: &Report) -> Vec<String> {
    let ended = &report.ended;
    let failed = |execution: &&Ended| failure_of(execution).is_some();
    let widest = ended
        .iter()
        .map(|execution| columns(&clean(&execution.description.state_machine_name)))
        .max()
        .unwrap_or(0);
    let mut lines = Vec::new();
    let well = ended.iter().filter(|execution| !failed(execution));
    for execution in ended.iter().filter(failed).chain(well) {
        tell(execution, widest, &mut lines);
    }
    if let Some(about) = about_the_lead(ended, report.ring.as_ref()) {
        lines.push(String::new());
        lines.extend(about);
    }
    lines
}

fn failure_of(execution: &Ended) -> Option<&atlas_core::Failure> {
    execution.description.outcome.as_ref()?.failure()
}

fn tell(execution: &Ended, widest: usize, lines: &mut Vec<String>) {
    let description = &execution.description;
    let symbol = if failure_of(execution).is_some() { '✗' } else { '✓' };
    let took = description.ended_at.map(|at| human(at.millis_since(description.started_at)));
    lines.push(format!(
        "{symbol} {}  {:<8}  {:<9}  {}",
        column(&description.state_machine_name, widest),
        description.execution_type.as_str(),
        description.status(),
        took.unwrap_or_default(),
    ));
    let mut detail = |label: &str, words: &str| {
        lines.push(format!("    {label:<LABEL_COLUMNS$} {}", cut(&clean(words))));
    };
    match &description.outcome {
        Some(Ending::Succeeded { output }) => detail("output", output.text()),
        Some(Ending::Failed(failure) | Ending::TimedOut(failure) | Ending::Aborted(failure)) => {
            if let Some(state) = failed_state(execution) {
                detail("state", &state);
            }
            for (label, words) in [("error", &failure.error), ("cause", &failure.cause)] {
                if let Some(words) = words {
                    detail(label, words);
                }
            }
        }
        None => {}
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_OF_OUTPUT) {
        None => text.to_owned(),
        Some((end, _)) => {
            let left = text[end..].chars().count();
            format!("{}… and {left} characters more (--json has all)", &text[..end])
        }
    }
}

/// What the lead-to-call machines say of the lead; nothing where others ran.
fn about_the_lead(ended: &[Ended], ring: Option<&Ring>) -> Option<Vec<String>> {
    let output = |machine: &str| -> Option<&Value> {
        let of = ended.iter().find(|it| *it.description.state_machine_name == *machine)?;
        match &of.description.outcome {
            Some(Ending::Succeeded { output }) => Some(output.value()),
            Some(Ending::Failed(_) | Ending::TimedOut(_) | Ending::Aborted(_)) | None => None,
        }
    };
    let lead_to_call = output(definitions::lead_to_call::NAME)?;
    let call = output(definitions::call::NAME);
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(clean);
    let mut lines = Vec::new();
    let mut line = |label: &str, words: String| {
        lines.push(format!("{label:<LABEL_COLUMNS$} {words}"));
    };
    if let Some(lead) = text(lead_to_call.get("leadId")) {
        let status = text(call.and_then(|call| call.get("status")));
        line("lead", status.map_or(lead.clone(), |status| format!("{lead}, {status}")));
    }
    if let Some(origin) = text(lead_to_call.pointer("/scenario/origin")) {
        line("scenario", format!("from the {origin}"));
    }
    if let Some(call) = call
        && let Some(outcome) = text(call.get("outcome"))
    {
        let attempt = call.get("attempts").and_then(Value::as_u64).unwrap_or(1);
        line("call", format!("{outcome}, attempt {attempt}"));
    }
    if let Some(ring) = ring {
        line("rang", format!("{} after the lead came in", human(ring.after_ms)));
        if let Some(floor) = &ring.floor {
            line("floor", format!("{} = {}", human(floor.milliseconds()), floor.derivation));
        }
    }
    Some(lines)
}
