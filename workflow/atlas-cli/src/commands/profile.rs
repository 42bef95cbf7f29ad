//! `atlas profile`: where the time of executions goes, and what a change would gain.

use std::{
    fs,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use atlas_profile::{Comparison, Goal, Report, compare, report_until};

use crate::{
    arguments::{Profile, ReportFormat},
    failure::{Failure, Outcome},
    profile::{self, Recorded},
    source,
};

/// The call that rings the phone: what the pipeline is for.
const RING: (&str, &str) = ("connect", "StartOutboundVoiceContact");

pub(crate) fn run(asked: Profile) -> Outcome {
    let mut recorded = match (&asked.histories, asked.last) {
        (Some(folder), _) => profile::read(folder)?,
        (None, Some(last)) => profile::read_served(&asked, last.get())?,
        (None, None) => profile::run(&asked)?,
    };
    for file in &asked.xray {
        recorded.traces.push((source::shown(file), json_of(file)?));
    }
    if let Some(folder) = &asked.keep {
        keep(&recorded, folder)?;
    }
    let goal = goal(&asked);
    let report = report(&recorded, &goal)?;
    if report.runs == 0 {
        return Err(Failure::theirs(format_args!(
            "of {} runs none got to {}; `--until end` looks at whole runs",
            report.left_out, report.goal
        )));
    }
    let text = match &asked.compare {
        None => written(&report, asked.format),
        Some(folder) => {
            let before = self::report(&profile::read(folder)?, &goal)?;
            written_comparison(&compare(&before, &report), asked.format)
        }
    };
    match &asked.out {
        Some(file) => fs::write(file, text).map_err(|error| {
            Failure::ours(format_args!("{}: cannot be written: {error}", source::shown(file)))
        })?,
        None => io::stdout().lock().write_all(text.as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn goal(asked: &Profile) -> Goal {
    let is_run_here = asked.histories.is_none() && asked.last.is_none();
    let is_pipeline = is_run_here && asked.definition.is_empty();
    asked.until.clone().unwrap_or_else(|| match RING {
        (service, operation) if is_pipeline => {
            Goal::Call { service: service.to_owned(), operation: operation.to_owned() }
        }
        _ => Goal::End,
    })
}

fn report(recorded: &Recorded, goal: &Goal) -> Result<Report, Failure> {
    Ok(report_until(&recorded.runs()?, &recorded.traces()?, goal))
}

fn written(report: &Report, format: ReportFormat) -> String {
    match format {
        ReportFormat::Markdown => atlas_profile::markdown(report),
        ReportFormat::Html => atlas_profile::html(report),
        ReportFormat::Json => as_json(report),
    }
}

fn written_comparison(comparison: &Comparison, format: ReportFormat) -> String {
    match format {
        ReportFormat::Markdown => atlas_profile::markdown_of_comparison(comparison),
        ReportFormat::Html => atlas_profile::html_of_comparison(comparison),
        ReportFormat::Json => as_json(comparison),
    }
}

fn as_json(told: &impl serde::Serialize) -> String {
    let mut text = serde_json::to_string_pretty(told).expect("a report is JSON");
    text.push('\n');
    text
}

fn json_of(file: &Path) -> Result<serde_json::Value, Failure> {
    let shown = source::shown(file);
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::ours(format_args!("{shown}: cannot be read: {error}")))?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::theirs(format_args!("{shown}: {error}; expected X-Ray traces")))
}

/// Writes a file for each execution, and one of the traces. Their owner alone can read them.
fn keep(recorded: &Recorded, folder: &Path) -> Result<(), Failure> {
    let cannot = |error| {
        Failure::ours(format_args!("{}: cannot be written: {error}", source::shown(folder)))
    };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder).map_err(cannot)?;
    let executions = recorded.executions.iter().map(|(_, document)| document);
    for (number, document) in executions.enumerate() {
        let file = folder.join(format!("execution-{:05}.json", number + 1));
        fs::write(file, document.to_string()).map_err(cannot)?;
    }
    for (number, (_, document)) in recorded.traces.iter().enumerate() {
        let file = folder.join(format!("traces-{}.json", number + 1));
        fs::write(file, document.to_string()).map_err(cannot)?;
    }
    Ok(())
}
