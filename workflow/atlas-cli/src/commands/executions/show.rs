//! `atlas executions show`: why an execution is where it is.

use std::{
    collections::BTreeSet,
    io::{self, Write as _},
    process::ExitCode,
};

use atlas_view::{ExecutionView, view::ChildKind};
use serde_json::{Value, json};

use super::Desk;
use crate::{
    arguments::{executions::Show, operator::Logs},
    failure::{Failure, Outcome, say},
    operator::{Subject, data, missing, portrait},
};

/// Executions that start each other are followed so far.
const DEEPEST: usize = 8;

pub(super) async fn run(desk: &Desk, asked: Show) -> Outcome {
    let execution_arn = desk.execution(&asked.which).await?;
    desk.may_show("show", &execution_arn)?;
    let mut shown = BTreeSet::from([execution_arn.clone()]);
    let mut wanted = vec![(execution_arn, asked.which.logs.clone(), 0)];
    let mut documents = Vec::new();
    while let Some((execution_arn, logs, depth)) = wanted.pop() {
        let mut subject = match Subject::of(&desk.reached, &execution_arn, &logs).await {
            Ok(subject) => subject,
            // One that it started may be gone, or be of another account.
            Err(fault) if depth > 0 => {
                fault.say();
                continue;
            }
            Err(fault) => return Err(fault),
        };
        if !logs.are_given() {
            subject.look_for_parent(&desk.reached).await;
        }
        let view = subject.view();
        if asked.children && depth < DEEPEST {
            for child in view.children.iter().rev().filter(|it| it.kind == ChildKind::Execution) {
                if shown.insert(child.execution_arn.clone()) {
                    wanted.push((child.execution_arn.clone(), Logs::default(), depth + 1));
                }
            }
        }
        if desk.json {
            documents.push(document(desk, &subject, &view, asked.data.as_deref())?);
        } else {
            print(desk, &subject, &view, asked.data.as_deref())?;
        }
    }
    if desk.json {
        let document = match asked.children {
            true => Value::from(documents),
            false => documents.remove(0),
        };
        let mut out = io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &document).map_err(io::Error::from)?;
        writeln!(out)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print(
    desk: &Desk,
    subject: &Subject,
    view: &ExecutionView,
    state: Option<&str>,
) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    write!(out, "{}", portrait::head(subject, view, &desk.clock, desk.mask))?;
    drop(out);
    portrait::states(view, &desk.clock, desk.mask).print()?;
    if let Some(state) = state {
        let text = data::words(subject, view, state, desk.mask)?;
        write!(io::stdout().lock(), "{text}")?;
    }
    if let Some(words) = missing(view) {
        say(&words);
    }
    writeln!(io::stdout().lock())?;
    Ok(())
}

/// The view, and what is told of the execution besides.
fn document(
    desk: &Desk,
    subject: &Subject,
    view: &ExecutionView,
    state: Option<&str>,
) -> Result<Value, Failure> {
    let view_document = serde_json::to_value(view).expect("a view is JSON");
    let mut document = json!({ "execution": subject.description, "view": view_document });
    if let Some(state) = state {
        document["data"] = data::document(subject, view, state)?;
    }
    Ok(desk.mask.value(&document))
}
