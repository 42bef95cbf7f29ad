//! Doing something with several executions: which they are, and what became of each.

use std::{
    collections::BTreeSet,
    future::Future,
    io::{self, Write as _},
    process::ExitCode,
    sync::Arc,
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
    operator::{Listed, Progress, Reached, Refusal, Wanted, arn, execution, list, side_by_side},
    personal::hidden,
};

/// What is done, in the words for it.
pub(super) struct Deed {
    /// `stop`.
    pub(super) verb: &'static str,
    /// `stopped`.
    pub(super) done: &'static str,
}

/// Why nothing is done with an execution of a kind that AWS neither stops nor redrives by its ARN.
const EXPRESS: &str =
    "can be neither stopped nor redriven, being EXPRESS (parked leads: `atlas parked replay`)";

/// An execution that nothing is done with, and why.
pub(super) type LeftOut = (String, String);

/// What something is to be done with.
pub(super) struct Chosen {
    pub(super) executions: Vec<Listed>,
    pub(super) left_out: Vec<LeftOut>,
}

/// The executions that are named, or that the filter finds; of both those that stand so.
pub(super) async fn those(
    desk: &Desk,
    those: &Those,
    standing: &[&str],
) -> Result<Chosen, Failure> {
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
    let progress = Progress::of(those.executions.len(), "looking for them");
    let call = |given: String| {
        let (reached, machine) = (Arc::clone(&desk.reached), only_machine.machine.first().cloned());
        async move { named(&reached, &given, machine.as_deref()).await }
    };
    let answers = side_by_side(those.executions.clone(), call, || progress.step()).await;
    drop(progress);
    let (read, left_out) = apart(those.executions.clone(), answers)?;
    let left_out = left_out.into_iter().map(|(given, why)| (hidden(&clean(&given)), why)).collect();
    let mut chosen = Chosen { executions: Vec::new(), left_out };
    let mut known = BTreeSet::new();
    for (_, named) in read {
        let arn = match &named {
            Named::Standard(one) => one.execution_arn.clone(),
            Named::Express(arn) => arn.clone(),
        };
        if !known.insert(arn.clone()) {
            continue;
        }
        match named {
            Named::Express(_) => chosen.left_out.push((arn, format!("it {EXPRESS}"))),
            Named::Standard(one) if standing.contains(&one.status.as_str()) => {
                chosen.executions.push(one);
            }
            Named::Standard(one) if one.ended_at.is_some() => {
                chosen.left_out.push((arn, format!("it has already {}", clean(&one.status))));
            }
            Named::Standard(one) => {
                chosen.left_out.push((arn, format!("it is {}", clean(&one.status))));
            }
        }
    }
    Ok(chosen)
}

/// An execution that somebody named.
enum Named {
    Standard(Listed),
    Express(String),
}

async fn named(reached: &Reached, given: &str, machine: Option<&str>) -> Result<Named, Failure> {
    let arn = execution(reached, given, machine, Wanted::ToChange).await?;
    if arn::kind(&arn) == Some(arn::Kind::Express) {
        return Ok(Named::Express(arn));
    }
    Ok(Named::Standard(Listed::of(&reached.api.describe(&arn).await?)))
}

/// What was answered, and what was not, with why.
type Apart<T, R> = (Vec<(T, R)>, Vec<(T, String)>);

/// What could be read, and what is left out because it could not: a fault of one is none of the others. Of one
/// alone it is the command's.
pub(super) fn apart<T, R>(
    asked: Vec<T>,
    answers: Vec<Result<R, Failure>>,
) -> Result<Apart<T, R>, Failure> {
    let is_one = asked.len() == 1;
    let (mut read, mut left_out) = (Vec::new(), Vec::new());
    for (one, answer) in asked.into_iter().zip(answers) {
        match answer {
            Ok(answer) => read.push((one, answer)),
            Err(fault) if is_one => return Err(fault),
            Err(fault) => left_out.push((one, fault.words())),
        }
    }
    Ok((read, left_out))
}

async fn found(desk: &Desk, filter: &Filter, standing: &[&str]) -> Result<Chosen, Failure> {
    if !filter.is_given() {
        return Err(Failure::ours(
            "no execution is named; expected its ARN, or a filter as --machine NAME --since 2h",
        ));
    }
    let mut filter = filter.clone();
    if filter.status.is_empty() {
        filter.status = standing.iter().map(|status| (*status).to_owned()).collect();
    }
    let listing = list(&desk.reached, &filter, &Logs::default(), None, &desk.clock).await?;
    let (express, executions): (Vec<_>, Vec<_>) = listing
        .executions
        .into_iter()
        .partition(|one| arn::kind(&one.execution_arn) == Some(arn::Kind::Express));
    if !express.is_empty() {
        let (noun, verb) =
            if express.len() == 1 { ("execution", "is") } else { ("executions", "are") };
        say(&format!("{} EXPRESS {noun} {verb} left out: such {EXPRESS}", express.len()));
    }
    if !listing.express.is_empty() && !filter.machine.is_empty() {
        let machines: Vec<String> = listing.express.iter().map(|name| clean(name)).collect();
        say(&format!("executions of {} {EXPRESS}", machines.join(", ")));
    }
    Ok(Chosen { executions, left_out: Vec::new() })
}

/// Says what would be done; of each a document.
pub(super) fn only_say(
    desk: &Desk,
    deed: &Deed,
    executions: &[Listed],
    left_out: &[LeftOut],
    document: impl Fn(&Listed) -> Value,
) -> Outcome {
    if desk.json {
        let would = executions.iter().map(document);
        let would_not =
            left_out.iter().map(|(arn, why)| json!({ "executionArn": arn, "leftOut": why }));
        let documents: Vec<Value> = would.chain(would_not).collect();
        writeln!(io::stdout().lock(), "{}", Value::from(documents))?;
    } else {
        table(executions, &desk.clock).print()?;
        for (arn, why) in left_out {
            say(&format!("{} would not be {}: {why}", clean(arn), deed.done));
        }
    }
    say(&format!("would {} {}; nothing was done", deed.verb, counted(executions.len())));
    Ok(if left_out.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Says that there is nothing to be done.
pub(super) fn none(desk: &Desk) -> Outcome {
    if desk.json {
        writeln!(io::stdout().lock(), "[]")?;
    }
    say("no execution is so; nothing was done");
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
    left_out: Vec<LeftOut>,
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
