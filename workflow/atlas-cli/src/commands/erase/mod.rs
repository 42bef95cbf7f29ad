//! `atlas erase`: finds and erases a person wherever this workflow keeps something of them, and says what it
//! could not reach.
//!
//! First all is looked for, then all is erased, the lead's record last: by it the rest is found again where
//! this is interrupted.

mod whom;

mod report;

mod executions;

mod exported;

mod records;

mod elsewhere;

mod act;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use atlas_engine::Person;
use serde_json::json;

use self::{
    act::{All, act},
    executions::Executions,
    exported::ExportedFiles,
    records::{Queues, Records},
    report::{Part, Report, ReportFile},
    whom::{Whom, whom},
};
use crate::{
    arguments::Erase,
    failure::{Failure, Outcome, say},
    operator::{confirm, connect},
};

/// A key leads to others in no more steps: a lead, its interaction, its call, its contact.
const MOST_ROUNDS: usize = 6;

pub(crate) fn run(asked: Erase) -> Outcome {
    let whom = whom(&asked)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::ours(format_args!("cannot start a runtime: {error}")))?;
    runtime.block_on(erase(&asked, &whom))
}

async fn erase(asked: &Erase, whom: &Whom) -> Outcome {
    let phones: Vec<&str> = whom.phones.iter().map(|phone| phone.reveal()).collect();
    let emails: Vec<&str> = whom.emails.iter().map(|email| email.reveal()).collect();
    let mut person =
        Person::new(phones.clone(), emails.clone(), whom.keys.iter().map(String::as_str));
    let queues = Queues::of(asked);
    let question = json!({ "phones": phones, "emails": emails, "stopRunning": asked.stop_running });
    let (executions, records) = match &asked.data {
        Some(folder) => {
            (Executions::of_folder(folder)?, Records::of_process(&asked.reach, &asked.stack).await?)
        }
        None => {
            let reached = connect(&asked.reach).await?;
            let records = Records::of(&reached, &asked.stack).await?;
            (Executions::Elsewhere(Box::new(reached)), records)
        }
    };
    if records.is_none() && (asked.suppress || asked.forget_suppression) {
        return Err(Failure::ours(
            "nothing was done: it is not known where the list of numbers that must not be called is; expected \
             --dynamodb-endpoint or AWS_ENDPOINT_URL_DYNAMODB",
        ));
    }
    let mut rounds = 0;
    let (kept, found, exported) = loop {
        let known = person.keys().count();
        let kept = match &records {
            Some(records) => records.find(whom, &mut person).await?,
            None => Vec::new(),
        };
        let found = executions.find(&mut person, &question, &asked.stack).await?;
        let exported = ExportedFiles::find(&asked.exported, &mut person)?;
        rounds += 1;
        if person.keys().count() == known || rounds == MOST_ROUNDS {
            break (kept, found, exported);
        }
    };
    let running: Vec<String> = found.running().map(str::to_owned).collect();
    if !running.is_empty() && !asked.stop_running && !asked.dry_run {
        let mut faults = vec![
            "nothing was erased: these executions of theirs still run; wait for their end, or expected \
             --stop-running"
                .to_owned(),
        ];
        faults.extend(running);
        return Err(Failure::all_theirs(faults));
    }
    let mut report = Report {
        is_dry_run: true,
        at: jiff::Timestamp::now().to_string(),
        keys: person.keys().map(str::to_owned).collect(),
        ..Report::default()
    };
    found.tell(&mut report);
    let names = |paths: &std::collections::BTreeSet<std::path::PathBuf>| -> Vec<String> {
        paths.iter().map(|path| crate::source::shown(path)).collect()
    };
    report.erased(Part::Files, "exported files", names(&exported.theirs));
    if !exported.mentioning.is_empty() {
        let how = "they hold more than what is theirs, are of no known form, or are links: look, and remove \
                   them or a part of them";
        report.not_reached("files that mention them", how, names(&exported.mentioning));
    }
    if let Some(records) = &records {
        records.tell(&kept, &person, &queues, &mut report).await;
    } else {
        report.failed.push(unlooked_at(whom));
    }
    if asked.stop_running && !running.is_empty() {
        report.not_reached(
            "calls of executions that are stopped",
            "a call that rings or is spoken on goes on, and its end may write a record again: run this once more \
             behind it, with each of these keys as --key",
            person.keys().map(str::to_owned).collect(),
        );
    }
    let is_of_aws =
        matches!(&executions, Executions::Elsewhere(reached) if reached.endpoint.is_none());
    if !report.found_nothing() || !kept.is_empty() {
        elsewhere::tell(&kept, &person, is_of_aws.then_some(&asked.stack), &mut report);
    }
    let has_to_act = !report.found_nothing() || asked.suppress || asked.forget_suppression;
    let acts = has_to_act && !asked.dry_run;
    if acts {
        // Whoever is asked has seen what about; stdout holds what was done, once it was.
        if !asked.yes {
            report.announce(io::stderr().lock())?;
        }
        confirm("Erase all of this? It cannot be brought back.", asked.yes)?;
    }
    // What cannot be told of is not begun: the keys that lead elsewhere are found no more once all is erased.
    let mut file = asked.report.as_deref().map(ReportFile::make).transpose()?;
    if acts {
        if let Some(file) = &mut file {
            file.write(&report)?;
        }
        let all = All {
            found: &found,
            exported: &exported,
            records: records.as_ref(),
            kept: &kept,
            queues: &queues,
        };
        act(executions, (&person, &question), all, &mut report).await;
    }
    report.is_dry_run = asked.dry_run;
    if let Some(records) = &records {
        records.settle_suppression(asked, whom, &mut report).await;
    }
    let written = file.map_or(Ok(()), |mut file| file.write(&report));
    if asked.json {
        io::stdout().lock().write_all(report.document().as_bytes())?;
    } else {
        report.print()?;
    }
    written?;
    if asked.dry_run && !running.is_empty() {
        say("some of these executions still run: erasing needs --stop-running, or their end");
    }
    Ok(if report.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Why nothing is known of the records, and what of the rest is not found therefore.
fn unlooked_at(whom: &Whom) -> String {
    let mut words = "records of leads and calls, caches and dead letters were not looked at: it is not known where \
                     they are; expected --dynamodb-endpoint or AWS_ENDPOINT_URL_DYNAMODB, and the other variables \
                     of the handlers"
        .to_owned();
    if whom.phones.is_empty() && whom.keys.is_empty() {
        words += ". Without them an address alone finds no call; expected --phone or --key as well";
    }
    words
}
