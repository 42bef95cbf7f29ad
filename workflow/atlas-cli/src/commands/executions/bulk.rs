//! Doing something with several executions: which they are, and what became of each.

use std::{
    future::Future,
    io::{self, Write as _},
    process::ExitCode,
};

use serde_json::{Value, json};

use super::{Desk, list::table};
use crate::{
    arguments::{
        executions::Those,
        operator::{Filter, Logs},
    },
    failure::{Failure, Outcome, say},
    label::clean,
    operator::{Listed, Progress, Refusal, Wanted, execution, list, side_by_side},
};

/// What is done, in the words for it.
pub(super) struct Deed {
    /// `stop`.
    pub(super) verb: &'static str,
    /// `stopped`.
    pub(super) done: &'static str,
}

/// The executions that are named, or that the filter finds among those that stand so.
pub(super) async fn those(
    desk: &Desk,
    those: &Those,
    standing: &[&str],
) -> Result<Vec<Listed>, Failure> {
    let filter = &those.filter;
    if those.executions.is_empty() {
        return found(desk, filter, standing).await;
    }
    let only_machine = Filter { machine: filter.machine.clone(), ..Filter::default() };
    let is_filtered = Filter { machine: Vec::new(), ..filter.clone() }.is_given();
    if is_filtered || only_machine.machine.len() > 1 {
        return Err(Failure::ours(
            "executions are named and filtered for; expected either, or names with one --machine",
        ));
    }
    let mut named = Vec::new();
    for given in &those.executions {
        let machine = only_machine.machine.first().map(String::as_str);
        let arn = execution(&desk.reached, given, machine, Wanted::ToChange).await?;
        if named.iter().all(|one: &Listed| one.execution_arn != arn) {
            named.push(Listed::of(&desk.reached.api.describe(&arn).await?));
        }
    }
    Ok(named)
}

async fn found(desk: &Desk, filter: &Filter, standing: &[&str]) -> Result<Vec<Listed>, Failure> {
    if !filter.is_given() {
        return Err(Failure::ours(
            "no execution is named; expected its ARN, or a filter as --machine NAME --since 2h",
        ));
    }
    let mut filter = filter.clone();
    if filter.status.is_empty() {
        filter.status = standing.iter().map(|status| (*status).to_owned()).collect();
    }
    let mut found =
        list(&desk.reached, &filter, &Logs::default(), None, &desk.clock).await?.executions;
    // AWS neither stops nor redrives an EXPRESS execution by its ARN.
    found.retain(|one| !one.execution_arn.contains(":express:"));
    Ok(found)
}

/// Says what would be done.
pub(super) fn only_say(desk: &Desk, deed: &Deed, executions: &[Listed]) -> Outcome {
    if desk.json {
        let documents: Vec<Value> = executions.iter().map(Listed::document).collect();
        writeln!(io::stdout().lock(), "{}", Value::from(documents))?;
    } else {
        table(executions, &desk.clock).print()?;
    }
    say(&format!("would {} {}; nothing was done", deed.verb, counted(executions.len())));
    Ok(ExitCode::SUCCESS)
}

/// `1 execution`, `12 executions`.
pub(super) fn counted(count: usize) -> String {
    if count == 1 { "1 execution".to_owned() } else { format!("{count} executions") }
}

/// Does it with each, whatever becomes of the others, and says what became of them. `left_out` are those that
/// it is not done with, and why.
pub(super) async fn carry_out<F>(
    desk: &Desk,
    deed: &Deed,
    executions: Vec<Listed>,
    left_out: Vec<(String, String)>,
    act: impl Fn(String) -> F,
) -> Outcome
where
    F: Future<Output = Result<Value, Refusal>> + Send + 'static,
{
    let arns: Vec<String> = executions.into_iter().map(|one| one.execution_arn).collect();
    let progress = Progress::of(arns.len(), deed.verb);
    let answers = side_by_side(arns.clone(), act, || progress.step()).await;
    drop(progress);
    // All that failed because nobody answers did so for one reason.
    if let ([Err(refusal @ Refusal::Unanswered { .. })], []) =
        (answers.as_slice(), left_out.as_slice())
    {
        return Err(refusal.clone().into());
    }
    let answers =
        answers.into_iter().map(|answer| answer.map(drop).map_err(|fault| fault.to_string()));
    let mut results: Vec<(String, Result<(), String>)> = arns.into_iter().zip(answers).collect();
    results.extend(left_out.into_iter().map(|(arn, why)| (arn, Err(why))));
    let failed = results.iter().filter(|(_, result)| result.is_err()).count();
    report(desk, deed, &results)?;
    if results.len() > 1 {
        say(&format!("{} {}, {failed} not", results.len() - failed, deed.done));
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn report(
    desk: &Desk,
    deed: &Deed,
    results: &[(String, Result<(), String>)],
) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if desk.json {
        let documents: Vec<Value> = results
            .iter()
            .map(|(arn, result)| match result {
                Ok(()) => json!({ "executionArn": arn, "result": deed.done }),
                Err(why) => json!({ "executionArn": arn, "result": "failed", "why": why }),
            })
            .collect();
        writeln!(out, "{}", Value::from(documents))?;
        return Ok(());
    }
    for (arn, result) in results {
        match result {
            Ok(()) => writeln!(out, "{}\t{}", clean(arn), deed.done)?,
            Err(why) => say(&format!("{} is not {}: {why}", clean(arn), deed.done)),
        }
    }
    Ok(())
}
