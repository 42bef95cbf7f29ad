//! Executions of somebody, and the records that machines log of them: in a folder, at an Atlas server, or in
//! AWS, which lets nobody delete one.

use std::{collections::BTreeSet, path::Path};

use atlas_engine::{Person, PersonalRecords, archive::Status};
use atlas_journal::DataFolder;
use definitions::call;
use serde_json::Value;

use super::{Part, Report};
use crate::{
    failure::Failure,
    label::clean,
    operator::{Machine, Reached, arn, console},
};

/// AWS keeps the history of a STANDARD execution for so long behind its end.
const KEPT_DAYS: i64 = 90;
/// What a stopped execution says of its end.
const STOPPED_BECAUSE: &str = "Atlas.Erased";

/// Where executions are.
pub(super) enum Executions {
    Folder(DataFolder),
    Elsewhere(Box<Reached>),
}

/// What was found there.
#[derive(Default)]
pub(super) struct Found {
    folder: PersonalRecords,
    /// ARN and status of each.
    executions: Vec<(String, String)>,
    /// ARN of each, and until when AWS keeps it.
    in_aws: Vec<(String, String)>,
    log_records: u64,
    mentioned_in: BTreeSet<String>,
    has_leftovers: bool,
}

impl Executions {
    pub(super) fn of_folder(path: &Path) -> Result<Self, Failure> {
        Ok(Self::Folder(DataFolder::open(path)?))
    }

    /// What there is of somebody, who becomes known by more keys thereby.
    pub(super) async fn find(
        &self,
        person: &mut Person,
        asked: &Value,
        stack: &str,
    ) -> Result<Found, Failure> {
        match self {
            Self::Folder(folder) => {
                let folder = folder.find_person(person)?;
                Ok(Found {
                    executions: folder
                        .executions
                        .iter()
                        .map(|it| (it.execution_arn.to_string(), it.status.as_str().to_owned()))
                        .collect(),
                    log_records: folder.log_records,
                    mentioned_in: folder.mentioned_in.clone(),
                    has_leftovers: folder.has_leftovers,
                    folder,
                    ..Found::default()
                })
            }
            Self::Elsewhere(reached) => {
                match console::erase(reached, &with_keys(asked, person, "look")).await? {
                    Some(answer) => Ok(of_server(&answer, person)),
                    None => of_aws(reached, person, stack).await,
                }
            }
        }
    }

    /// Stops those that run.
    pub(super) async fn stop(&self, found: &Found) -> Result<(), Failure> {
        // Of a folder that nobody serves, nothing runs: they are erased as they stand.
        let Self::Elsewhere(reached) = self else { return Ok(()) };
        for execution_arn in found.running() {
            reached.api.stop(execution_arn, Some(STOPPED_BECAUSE), None).await?;
        }
        Ok(())
    }

    /// Erases what can be erased.
    pub(super) async fn erase(
        self,
        person: &Person,
        asked: &Value,
        found: &Found,
    ) -> Result<(), Failure> {
        match self {
            Self::Folder(folder) => Ok(folder.erase_person(person, &found.folder)?),
            Self::Elsewhere(reached) => {
                console::erase(&reached, &with_keys(asked, person, "erase")).await?;
                Ok(())
            }
        }
    }
}

impl Found {
    pub(super) fn running(&self) -> impl Iterator<Item = &str> {
        let running =
            self.executions.iter().filter(|(_, status)| status == Status::Running.as_str());
        running.map(|(arn, _)| arn.as_str())
    }

    pub(super) fn tell(&self, report: &mut Report) {
        let names = self.executions.iter().filter(|(arn, _)| !self.is_in_aws(arn));
        report.erased(Part::Executions, "executions", names.map(|(arn, _)| arn.clone()).collect());
        let logged = "log records of executions";
        report.erased_some(Part::Executions, logged, self.log_records, Vec::new());
        if self.has_leftovers {
            report.erased_some(
                Part::Executions,
                "journal that was written anew, for what was freed in it",
                1,
                Vec::new(),
            );
        }
        if !self.mentioned_in.is_empty() {
            let names = self.mentioned_in.iter().cloned().collect();
            report.not_reached(
                "executions of others that mention them",
                "look with `atlas executions show EXECUTION --data --reveal`, and decide; naming such an \
                 interaction with --key erases it",
                names,
            );
        }
        if !self.in_aws.is_empty() {
            let until = |(arn, until): &(String, String)| format!("{arn} until {until}");
            report.not_reached(
                "Step Functions histories",
                "AWS deletes them 90 days after their end, and nobody earlier. Do not redrive these executions: a \
                 redrive would need the records that are erased, and without them may call again; --suppress \
                 prevents a ring",
                self.in_aws.iter().map(until).collect(),
            );
        }
    }

    fn is_in_aws(&self, execution_arn: &str) -> bool {
        self.in_aws.iter().any(|(arn, _)| arn == execution_arn)
    }
}

fn with_keys(asked: &Value, person: &Person, what: &str) -> Value {
    let mut asked = asked.clone();
    asked["keys"] = person.keys().collect();
    asked["do"] = what.into();
    asked
}

fn of_server(answer: &Value, person: &mut Person) -> Found {
    let texts =
        |name: &str| answer[name].as_array().into_iter().flatten().filter_map(Value::as_str);
    for key in texts("keys") {
        person.learn(key);
    }
    let executions = answer["executions"].as_array().into_iter().flatten();
    Found {
        executions: executions
            .filter_map(|told| {
                let text = |name: &str| Some(told[name].as_str()?.to_owned());
                Some((text("executionArn")?, text("status")?))
            })
            .collect(),
        log_records: answer["logRecords"].as_u64().unwrap_or_default(),
        mentioned_in: texts("mentionedIn").map(clean).collect(),
        has_leftovers: answer["hasLeftovers"] == true,
        ..Found::default()
    }
}

/// The executions of the calls, which are named by their key.
async fn of_aws(reached: &Reached, person: &Person, stack: &str) -> Result<Found, Failure> {
    let mut found = Found::default();
    let machine = Machine::named(&reached.api, &atlas_deploy::name_in(stack, call::NAME)).await?;
    for key in person.keys() {
        let execution_arn = arn::execution_arn(&machine.arn, &format!("call-{key}"));
        match reached.api.describe(&execution_arn).await {
            Ok(told) => {
                let status = told["status"].as_str().unwrap_or_default().to_owned();
                found.in_aws.push((execution_arn.clone(), kept_until(&told)));
                found.executions.push((execution_arn, status));
            }
            Err(refusal) if ["ExecutionDoesNotExist", "InvalidArn"].contains(&refusal.code()) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok(found)
}

fn kept_until(told: &Value) -> String {
    let ended = told["stopDate"].as_f64().map(|seconds| seconds as i64);
    let ended = ended.and_then(|second| jiff::Timestamp::from_second(second).ok());
    let until =
        ended.and_then(|at| at.checked_add(jiff::SignedDuration::from_hours(24 * KEPT_DAYS)).ok());
    match until {
        Some(until) => until.strftime("%Y-%m-%d").to_string(),
        None => "90 days after it has ended".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_erases_in_aws_is_told_not_to_redrive_what_stays_there() {
        let arn = "arn:aws:states:us-east-1:1:execution:M:call-key".to_owned();
        let mut report = Report::default();
        Found { in_aws: vec![(arn.clone(), "2027-01-01".to_owned())], ..Found::default() }
            .tell(&mut report);
        let told = report.document();
        for words in [&arn, "Do not redrive", "--suppress"] {
            assert!(told.contains(words), "{words}: {told}");
        }
    }
}
