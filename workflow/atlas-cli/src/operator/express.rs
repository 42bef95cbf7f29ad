//! The events of EXPRESS executions, which AWS delivers to CloudWatch Logs and nowhere else: late, out of order,
//! and now and then not at all. They are read from a log group, or from a file with such records.

use std::{collections::HashSet, path::Path};

use aws_sdk_cloudwatchlogs::Client;
use serde_json::Value;

use super::{Listed, Progress, Reached, Refusal, arn};
use crate::{arguments::operator::Logs, failure::Failure, failure::say, label::clean, source};

/// What a file of records should hold.
const WHAT: &str = "records of CloudWatch Logs, one JSON document a line";

/// The records of one execution, by id, each once.
pub(crate) async fn records(
    reached: &Reached,
    execution_arn: &str,
    logs: &Logs,
) -> Result<Vec<Value>, Failure> {
    let mut records = match &logs.log_file {
        Some(file) => of_file(file)?,
        None => {
            of_group(
                reached,
                &group(reached, execution_arn, logs).await?,
                Some(execution_arn),
                None,
            )
            .await?
        }
    };
    records.retain(|record| record["execution_arn"] == execution_arn);
    if records.is_empty() {
        return Err(Failure::theirs(format_args!(
            "no record is of `{}`; it may have been logged elsewhere, or at another level (expected the \
             machine's level ALL), or not yet",
            clean(execution_arn)
        )));
    }
    let mut seen = HashSet::new();
    records.retain(|record| seen.insert(id(record)));
    records.sort_by_key(id);
    Ok(records)
}

/// The executions that records tell of, the newest first.
pub(crate) async fn executions(
    reached: &Reached,
    logs: &Logs,
    since: Option<i64>,
) -> Result<Vec<Listed>, Failure> {
    let records = match (&logs.log_file, &logs.log_group) {
        (Some(file), _) => of_file(file)?,
        (None, Some(group)) => of_group(reached, group, None, since).await?,
        (None, None) => Vec::new(),
    };
    let mut executions: Vec<Listed> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for record in &records {
        let Ok((execution_arn, event)) = atlas_view::Event::of_log_record(record) else { continue };
        let place = *places.entry(execution_arn.clone()).or_insert_with(|| {
            executions.push(Listed {
                machine_arn: arn::machine_arn(&execution_arn),
                name: execution_arn.splitn(8, ':').nth(7).unwrap_or_default().to_owned(),
                execution_arn,
                status: "RUNNING".to_owned(),
                started_at: event.at_ms,
                ended_at: None,
                redrive_count: 0,
            });
            executions.len() - 1
        });
        let one = &mut executions[place];
        one.started_at = one.started_at.min(event.at_ms);
        let ended = match event.event_type.as_str() {
            "ExecutionSucceeded" => "SUCCEEDED",
            "ExecutionFailed" => "FAILED",
            "ExecutionTimedOut" => "TIMED_OUT",
            "ExecutionAborted" => "ABORTED",
            _ => continue,
        };
        one.status = ended.to_owned();
        one.ended_at = Some(event.at_ms);
    }
    executions.sort_by_key(|one| std::cmp::Reverse(one.started_at));
    Ok(executions)
}

/// The definition as it is now: nobody knows what it was.
pub(crate) async fn definition(reached: &Reached, execution_arn: &str) -> Option<Value> {
    let machine = reached.api.machine(&arn::machine_arn(execution_arn)).await.ok()?;
    serde_json::from_str(machine["definition"].as_str()?).ok()
}

/// The group that is named, or the machine's own.
async fn group(reached: &Reached, execution_arn: &str, logs: &Logs) -> Result<String, Failure> {
    if let Some(group) = &logs.log_group {
        return Ok(group.clone());
    }
    let machine = reached.api.machine(&arn::machine_arn(execution_arn)).await?;
    let destination = &machine["loggingConfiguration"]["destinations"][0];
    let group = destination["cloudWatchLogsLogGroup"]["logGroupArn"].as_str().unwrap_or_default();
    // arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*
    match group.split(':').nth(6) {
        Some(name) if !name.is_empty() => Ok(name.to_owned()),
        _ => Err(Failure::theirs(
            "the machine logs its EXPRESS executions nowhere, and AWS keeps them nowhere else; expected \
             --log-group, --log-file or a loggingConfiguration",
        )),
    }
}

async fn of_group(
    reached: &Reached,
    group: &str,
    execution_arn: Option<&str>,
    since: Option<i64>,
) -> Result<Vec<Value>, Failure> {
    let client = Client::new(&reached.config);
    // Text in double quotes is a term that has to be there as it stands (CloudWatch Logs, "Filter pattern syntax").
    let pattern = execution_arn.map(|arn| format!("\"{arn}\""));
    let mut pages = client
        .filter_log_events()
        .log_group_name(group)
        .set_filter_pattern(pattern)
        .set_start_time(since)
        .into_paginator()
        .send();
    let progress = Progress::open("reading log events");
    let mut records = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| Refusal::of("FilterLogEvents", &error))?;
        let messages = page.events().iter().filter_map(|event| event.message());
        records.extend(messages.filter_map(|message| serde_json::from_str::<Value>(message).ok()));
        progress.at(records.len());
    }
    Ok(records)
}

/// Records of a file: lines of JSON, as the engine writes them and an export to S3 has them behind a
/// timestamp, or one answer of `aws logs filter-log-events`.
fn of_file(file: &Path) -> Result<Vec<Value>, Failure> {
    let text = source::text(file, WHAT)?;
    if let Ok(Value::Object(answer)) = serde_json::from_str::<Value>(&text)
        && let Some(Value::Array(events)) = answer.get("events")
    {
        let messages = events.iter().filter_map(|event| event["message"].as_str());
        return Ok(messages.filter_map(|message| serde_json::from_str(message).ok()).collect());
    }
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let read = |line: &str| serde_json::from_str::<Value>(&line[line.find('{')?..]).ok();
    let mut unreadable = 0_usize;
    let mut records = Vec::new();
    for line in lines {
        match read(line).filter(|record| record["execution_arn"].is_string()) {
            Some(record) => records.push(record),
            None => unreadable += 1,
        }
    }
    if records.is_empty() && unreadable > 0 {
        return Err(Failure::theirs(format_args!(
            "{}: no line is a record; expected {WHAT}",
            source::shown(file)
        )));
    }
    if unreadable > 0 {
        say(&format!("lines that are no records, which are left out: {unreadable}"));
    }
    Ok(records)
}

fn id(record: &Value) -> u64 {
    let id = &record["id"];
    id.as_u64().or_else(|| id.as_str()?.parse().ok()).unwrap_or_default()
}
