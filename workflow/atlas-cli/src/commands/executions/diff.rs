//! `atlas executions diff`: in what two executions, or two definitions, differ.

use std::{
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use atlas_view::{
    ExecutionView,
    diff::{self, Change, ExecutionDiff, Side, ValueChange, VisitSide},
};
use serde_json::Value;

use super::Desk;
use crate::{
    arguments::executions::Diff,
    duration::human,
    failure::{Failure, Outcome, say},
    label::clean,
    operator::{Mask, Subject, Table, Wanted, arn, execution, portrait, say_missing},
    source,
};

/// One of the two.
enum Compared {
    Execution(Box<Subject>),
    Definition(Value),
}

pub(super) async fn run(desk: &Desk, asked: Diff) -> Outcome {
    let before = compared(desk, &asked.before, &asked).await?;
    let after = compared(desk, &asked.after, &asked).await?;
    let is_same = match (before, after) {
        (Compared::Execution(before), Compared::Execution(after)) => {
            executions(desk, &before, &after)?
        }
        (Compared::Definition(before), Compared::Definition(after)) => {
            definitions(desk, &before, &after)?
        }
        _ => {
            return Err(Failure::ours(
                "an execution and a definition are given; expected two of a kind",
            ));
        }
    };
    if is_same {
        say("they do not differ");
    }
    Ok(if is_same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// An export or a definition in a file, a machine in the account, or an execution.
async fn compared(desk: &Desk, given: &str, asked: &Diff) -> Result<Compared, Failure> {
    if arn::kind(given) == Some(arn::Kind::Machine) {
        let machine = desk.reached.api.machine(given).await?;
        let text = machine["definition"].as_str().unwrap_or_default();
        return Ok(Compared::Definition(parsed(given, text)?));
    }
    let path = Path::new(given);
    if path.is_file() || given.ends_with(".json") {
        let text = source::text(path, "a definition, or an execution's export")?;
        let document = parsed(&source::shown(path), &text)?;
        return Ok(match Subject::of_export(&document) {
            Some(subject) => {
                desk.may_show("diff", &source::shown(path))?;
                Compared::Execution(Box::new(subject))
            }
            None if document["States"].is_object() => Compared::Definition(document),
            None => {
                return Err(Failure::theirs(format_args!(
                    "{}: neither a definition (`States`) nor an execution's export (`history`)",
                    source::shown(path)
                )));
            }
        });
    }
    let machine = asked.machine.as_deref();
    let arn = match execution(&desk.reached, given, machine, Wanted::ToLookAt).await {
        Ok(arn) => arn,
        Err(fault) => return Err(machine_of_that_name(desk, given).await.unwrap_or(fault)),
    };
    desk.may_show("diff", &arn)?;
    let subject = Subject::of(&desk.reached, &arn, &asked.logs).await?;
    Ok(Compared::Execution(Box::new(subject)))
}

/// Where the name is a machine's, what would have been right.
async fn machine_of_that_name(desk: &Desk, given: &str) -> Option<Failure> {
    let machines = desk.reached.api.state_machines().await.ok()?;
    let machine = machines.iter().find(|machine| machine["name"] == given)?;
    let arn = clean(machine["stateMachineArn"].as_str()?);
    Some(Failure::theirs(format_args!("`{}` is a machine; expected its ARN, {arn}", clean(given))))
}

fn parsed(place: &str, text: &str) -> Result<Value, Failure> {
    let fault = |error| Failure::theirs(format_args!("{}: no JSON: {error}", clean(place)));
    serde_json::from_str(text).map_err(fault)
}

/// Prints in what they differ; whether they do not.
fn executions(desk: &Desk, before: &Subject, after: &Subject) -> Result<bool, Failure> {
    let views: [ExecutionView; 2] = [before.view(), after.view()];
    for view in &views {
        say_missing(view);
    }
    let mut found = diff::executions(
        Side { view: &views[0], history: &before.history },
        Side { view: &views[1], history: &after.history },
    );
    let is_same = found.first_difference.is_none() && found.status[0] == found.status[1];
    if desk.json {
        // Below `left` and `right` nobody sees the name by which a value is masked.
        for visit in &mut found.visits {
            for change in visit.input.iter_mut().chain(&mut visit.output) {
                mask(change, desk.mask);
            }
        }
        let document = serde_json::to_value(&found).expect("a difference is JSON");
        print_document(&desk.mask.value(&document))?;
    } else {
        print_executions(desk, &found)?;
    }
    Ok(is_same)
}

fn print_executions(desk: &Desk, found: &ExecutionDiff) -> Result<(), Failure> {
    let took = |at: usize| found.duration_ms[at].map_or("not ended".to_owned(), human);
    let mut out = io::stdout().lock();
    writeln!(out, "{} after {} | {} after {}", found.status[0], took(0), found.status[1], took(1))?;
    drop(out);
    let mut table = Table::new(["", "STATE", "FIRST", "SECOND", "WHERE THE DATA DIFFERS"]);
    for visit in &found.visits {
        let places = visit.input.iter().map(|it| ("input", it));
        let places = places.chain(visit.output.iter().map(|it| ("output", it)));
        let places: Vec<String> =
            places.map(|(of, change)| format!("{of}{}", place(change, desk.mask))).collect();
        table.row([
            mark(visit.change).to_owned(),
            format!("{}{}", "· ".repeat(visit.depth as usize), visit.name),
            side(visit.left.as_ref()),
            side(visit.right.as_ref()),
            places.join("; "),
        ]);
    }
    table.print()?;
    Ok(())
}

/// Prints in what they differ; whether they do not.
fn definitions(desk: &Desk, before: &Value, after: &Value) -> Result<bool, Failure> {
    let found = diff::definitions(before, after);
    let is_same = found.machine.is_empty() && found.states.is_empty();
    // A definition is its author's, and no person's data.
    if desk.json {
        print_document(&serde_json::to_value(&found).expect("a difference is JSON"))?;
        return Ok(is_same);
    }
    let shown = |change: &ValueChange| place(change, Mask::Revealed);
    let mut table = Table::new(["", "STATE", "WHERE", "WHAT"]);
    for change in &found.machine {
        table.row(["~".to_owned(), String::new(), String::new(), shown(change)]);
    }
    for state in &found.states {
        let fields: Vec<String> = state.fields.iter().map(shown).collect();
        let pointer = state.right.as_ref().or(state.left.as_ref());
        table.row([
            mark(state.change).to_owned(),
            state.name.clone(),
            pointer.cloned().unwrap_or_default(),
            fields.join("; "),
        ]);
    }
    table.print()?;
    Ok(is_same)
}

fn print_document(document: &Value) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, document).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

fn mark(change: Change) -> &'static str {
    match change {
        Change::Same => "=",
        Change::Changed => "~",
        Change::Removed => "-",
        Change::Added => "+",
    }
}

fn side(side: Option<&VisitSide>) -> String {
    let Some(side) = side else { return String::new() };
    let mut words = portrait::word(side.status).to_owned();
    if let Some(length) = side.duration_ms {
        words.push_str(&format!(", {}", human(length)));
    }
    if side.attempts > 1 {
        words.push_str(&format!(", {} attempts", side.attempts));
    }
    if let Some(error) = side.failure.as_ref().and_then(|failure| failure.error.as_deref()) {
        words.push_str(&format!(", {}", Mask::Masked.text(error)));
    }
    words
}

/// The place of a change, and what stands there on both sides: masked as a part of its document.
fn place(change: &ValueChange, mask: Mask) -> String {
    let document = mask.value(&named(change));
    let shown = |side: &str| match inner(&document, change)[side] {
        Value::Null => "nothing".to_owned(),
        ref value => value.to_string(),
    };
    format!("{}: {} | {}", change.pointer, shown("left"), shown("right"))
}

/// Masks both sides, as the name of their field asks for.
fn mask(change: &mut ValueChange, mask: Mask) {
    let document = mask.value(&named(change));
    let both = inner(&document, change).clone();
    for (side, value) in [("left", &mut change.left), ("right", &mut change.right)] {
        if value.is_some() {
            *value = Some(both[side].clone());
        }
    }
}

/// Both sides below the name of their field, by which one sees what must be masked.
fn named(change: &ValueChange) -> Value {
    let both = serde_json::json!({ "left": change.left, "right": change.right });
    let name = last_name(change);
    Value::Object(serde_json::Map::from_iter([(name.to_owned(), both)]))
}

fn inner<'a>(document: &'a Value, change: &ValueChange) -> &'a Value {
    // A name may itself be masked.
    document
        .get(last_name(change))
        .or_else(|| document.as_object()?.values().next())
        .unwrap_or(&Value::Null)
}

/// The last field in the pointer that has a name: that of an item is its array's.
fn last_name(change: &ValueChange) -> &str {
    let mut parts = change.pointer.rsplit('/');
    parts.find(|part| part.parse::<u32>().is_err()).unwrap_or_default()
}
