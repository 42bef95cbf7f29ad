//! What was found, for people: a finding with what to do, what came of trying, and the changes.

use std::io::{self, Write};

use atlas_asl::diagnostic::Position;
use atlas_import::{
    Examination,
    diff::unified,
    examine::FILLED_IN,
    findings::{Finding, Rewriting},
    trial::{NotRunnable, Trial},
};

use super::{Examined, machines::Found};
use crate::{
    failure::Failure,
    label::{clean, columns},
    personal::hidden,
    terminal,
};

pub(super) fn print(examined: &[Examined]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for (number, one) in examined.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        machine(&mut out, one)?;
    }
    Ok(())
}

fn machine(out: &mut impl Write, one: &Examined) -> io::Result<()> {
    let found = &one.found;
    let name = found.name.as_ref().map_or(String::new(), |name| format!(" {}", clean(name)));
    writeln!(out, "{}{name} ({})", found.file, one.execution_type.as_str())?;
    for diagnostic in &one.examination.diagnostics {
        let place = place(found, &diagnostic.pointer, diagnostic.position);
        let mut said = diagnostic.clone();
        said.position = None;
        wrapped(out, "", &format!("{place}: {}", safe(&said.to_string())))?;
    }
    for finding in &one.examination.findings {
        self::finding(out, found, finding)?;
    }
    if one.examination.findings.is_empty() && one.examination.diagnostics.is_empty() {
        writeln!(out, "nothing to be said against it")?;
    }
    if let [_, ..] = &one.examination.filled_in[..] {
        let places = one.examination.filled_in.join(", ");
        let words = format!(
            "not rewritten: the template fills in a number at {}, which is taken for {FILLED_IN} here",
            safe(&places)
        );
        wrapped(out, "", &words)?;
    }
    outcome(out, found, &one.examination)?;
    if let Some(proposal) = &one.proposal {
        writeln!(out)?;
        wrapped(out, "", "with what somebody has to confirm, which --with-unconfirmed writes:")?;
        outcome(out, found, proposal)?;
    }
    if one.examination.rewritten.is_some() || one.proposal.is_some() {
        to_deploy(out, found)?;
    }
    Ok(())
}

/// What came of trying, and the changes.
fn outcome(out: &mut impl Write, found: &Found, examination: &Examination) -> io::Result<()> {
    if let Some(trial) = &examination.trial {
        writeln!(out)?;
        tried(out, trial, examination.rewritten.is_some())?;
    }
    let Some((original, rewritten)) = &examination.rewritten else { return Ok(()) };
    let layout = found.source.layout();
    let file = if found.source.is_template {
        format!("{}.asl.json", found.name.as_deref().map_or("definition".to_owned(), clean))
    } else {
        found.file.clone()
    };
    writeln!(out)?;
    let changes = unified(&layout.shown(original), &layout.shown(rewritten), &file);
    for line in changes.lines() {
        writeln!(out, "{}", clean(line))?;
    }
    Ok(())
}

fn finding(out: &mut impl Write, found: &Found, finding: &Finding) -> io::Result<()> {
    let place = place(found, &finding.pointer, finding.position);
    let (severity, code) = (finding.severity.as_str(), finding.code);
    wrapped(out, "", &format!("{place}: {severity} {code}: {}", safe(&finding.message)))?;
    wrapped(out, "    ", &format!("do: {}", safe(&finding.remedy)))?;
    if let Some(gain) = &finding.gain {
        wrapped(out, "    ", &format!("gain: {}", safe(gain)))?;
    }
    match &finding.rewriting {
        Rewriting::Advice => Ok(()),
        Rewriting::Safe => writeln!(out, "    rewritten, with the same outputs"),
        Rewriting::ToConfirm(orders) => {
            writeln!(out, "    rewritten, if this may be:")?;
            confirm(out, orders)
        }
        Rewriting::Unconfirmed(orders) => {
            writeln!(out, "    not rewritten; --with-unconfirmed does it, if this may be:")?;
            confirm(out, orders)
        }
        Rewriting::Withdrawn(why) => wrapped(out, "    ", &format!("not rewritten: {}", safe(why))),
    }
}

fn confirm(out: &mut impl Write, orders: &[String]) -> io::Result<()> {
    orders.iter().try_for_each(|it| wrapped(out, "    ", &format!("- {}", safe(it))))
}

/// A paragraph, as wide as the terminal; what follows its first line is indented by four more.
fn wrapped(out: &mut impl Write, indent: &str, text: &str) -> io::Result<()> {
    let width = terminal::width();
    let mut line = indent.to_owned();
    let mut is_begun = false;
    for word in text.split(' ') {
        if is_begun && columns(&line) + 1 + columns(word) > width {
            writeln!(out, "{line}")?;
            line = format!("{indent}    {word}");
            continue;
        }
        if is_begun {
            line.push(' ');
        }
        line.push_str(word);
        is_begun = true;
    }
    writeln!(out, "{line}")
}

fn tried(
    out: &mut impl Write,
    trial: &Result<Trial, NotRunnable>,
    is_rewritten: bool,
) -> io::Result<()> {
    let trial = match trial {
        Ok(trial) => trial,
        Err(error) => return writeln!(out, "not tried: {}", safe(&error.to_string())),
    };
    let Some(timed) = &trial.timed else { return unsuccessful(out, trial) };
    let percent = |before: i64, after: i64| 100 - (after * 100).checked_div(before).unwrap_or(100);
    let cut = if trial.is_cut { ", and there would be more" } else { "" };
    let unended = match trial.unended {
        0 => String::new(),
        some => format!("; {some} did not end"),
    };
    let children = match timed.express_children {
        0 => String::new(),
        some => format!(", beside {some} EXPRESS executions of a distributed Map"),
    };
    if !is_rewritten {
        let tried = format!(
            "tried: {} cases, of which {} succeed{unended}{cut}; where {}, it takes {} ms and {} transitions\
             {children}",
            trial.cases,
            trial.succeeded,
            safe(&timed.case),
            timed.original_millis,
            timed.original_entered
        );
        return wrapped(out, "", &tried);
    }
    writeln!(
        out,
        "tried: {} cases, of which {} succeed{unended}{cut}: rewritten, it ends the same in all of them",
        trial.cases, trial.succeeded
    )?;
    for (calls, words) in [
        (&trial.further_calls, "is also called"),
        (&trial.left_out_calls, "is not called any more"),
    ] {
        for (state, count) in calls {
            writeln!(
                out,
                "    `{}` {words} in {count} of those where something fails",
                safe(state)
            )?;
        }
    }
    let timed = format!(
        "where {}: {} ms instead of {} ms ({} % less), {} transitions instead of {}{children}, at most {} bytes \
         instead of {}",
        safe(&timed.case),
        timed.rewritten_millis,
        timed.original_millis,
        percent(timed.original_millis, timed.rewritten_millis),
        timed.rewritten_entered,
        timed.original_entered,
        timed.rewritten_bytes,
        timed.original_bytes,
    );
    wrapped(out, "", &timed)?;
    writeln!(out, "times are assumed where neither --latency nor --history tells them")
}

/// Nothing is known of where all goes well, so nothing is said of it.
fn unsuccessful(out: &mut impl Write, trial: &Trial) -> io::Result<()> {
    let first = trial.unsuccessful.as_ref();
    let how = first.map_or(String::new(), |it| format!("; where {}: {}", it.case, it.ended));
    let none =
        format!("tried: none of {} cases succeeds, so nothing is rewritten{how}", trial.cases);
    wrapped(out, "", &safe(&none))?;
    writeln!(out, "--mocks FILE tries answers of your own, and --latency STATE=MS other times")
}

/// What has to be changed in a template that is not rewritten itself.
fn to_deploy(out: &mut impl Write, found: &Found) -> io::Result<()> {
    let is_yaml = found.source.format == atlas_import::reading::Format::Yaml;
    if !is_yaml {
        return Ok(());
    }
    writeln!(out)?;
    if !found.source.is_template {
        return writeln!(out, "--out FILE writes it as JSON, which says the same as YAML");
    }
    let name = found.name.as_deref().map_or("definition".to_owned(), clean);
    writeln!(out, "write it with --out {name}.asl.json, and put in the place of its definition:")?;
    writeln!(out, "  DefinitionUri: {name}.asl.json  # of AWS::Serverless::StateMachine")?;
    let placeholders = found.text.placeholders.list();
    if !placeholders.is_empty() {
        writeln!(out, "  DefinitionSubstitutions:  # beside those that are there")?;
    }
    for placeholder in placeholders {
        writeln!(out, "    {}: {}", clean(&placeholder.name), clean(&placeholder.is.to_string()))?;
    }
    Ok(())
}

fn place(found: &Found, pointer: &str, within: Option<Position>) -> String {
    match found.text.place(pointer, within) {
        Some(Position { line, column }) if found.text.is_within_text() && !pointer.is_empty() => {
            format!("{}:{line}:{column} at {}", found.file, clean(pointer))
        }
        Some(Position { line, column }) => format!("{}:{line}:{column}", found.file),
        None => found.file.clone(),
    }
}

fn safe(text: &str) -> String {
    hidden(&clean(text))
}
