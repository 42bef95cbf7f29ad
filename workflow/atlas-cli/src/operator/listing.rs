//! The executions that a filter lets through, of all machines together, the newest first.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::{
    Api, Clock, Machine, Progress, Reached, Refusal, arn, console, express, find, moments::iso,
    side_by_side,
};
use crate::{
    arguments::operator::{Filter, Logs},
    failure::Failure,
};

/// An execution as it is listed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Listed {
    pub(crate) execution_arn: String,
    pub(crate) machine_arn: String,
    pub(crate) name: String,
    pub(crate) status: String,
    pub(crate) started_at: i64,
    pub(crate) ended_at: Option<i64>,
    pub(crate) redrive_count: u64,
}

/// What was found.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) executions: Vec<Listed>,
    /// Machines whose executions are listed nowhere.
    pub(crate) express: Vec<String>,
    /// There may be more.
    pub(crate) is_cut: bool,
}

impl Listed {
    /// An entry of `ListExecutions`, or an answer of `DescribeExecution`.
    pub(crate) fn of(told: &Value) -> Self {
        let told = atlas_view::Told::of_api(told);
        Self {
            machine_arn: told.state_machine_arn.unwrap_or_default(),
            name: told.name.unwrap_or_default(),
            status: told.status.unwrap_or_default(),
            started_at: told.started_ms.unwrap_or_default(),
            ended_at: told.ended_ms,
            redrive_count: told.redrive_count.unwrap_or_default(),
            execution_arn: told.execution_arn,
        }
    }

    /// An entry of an Atlas server's console.
    pub(super) fn of_console(told: &Value) -> Self {
        let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        Self {
            execution_arn: text("executionArn"),
            machine_arn: text("stateMachineArn"),
            name: text("name"),
            status: text("status"),
            started_at: told["startedAt"].as_i64().unwrap_or_default(),
            ended_at: told["endedAt"].as_i64(),
            redrive_count: told["redriveCount"].as_u64().unwrap_or_default(),
        }
    }

    /// As scripts read it, in AWS's names.
    pub(crate) fn document(&self) -> Value {
        let mut document = json!({
            "executionArn": self.execution_arn,
            "stateMachineArn": self.machine_arn,
            "name": self.name,
            "status": self.status,
            "startDate": iso(self.started_at),
        });
        if let Some(ended_at) = self.ended_at {
            document["stopDate"] = iso(ended_at).into();
        }
        document["redriveCount"] = self.redrive_count.into();
        document
    }
}

/// Lists them; all of them where `at_most` says nothing else.
pub(crate) async fn list(
    reached: &Reached,
    filter: &Filter,
    logs: &Logs,
    at_most: Option<usize>,
    clock: &Clock,
) -> Result<Listing, Failure> {
    let wanted = Wanted::new(filter, at_most, clock);
    if logs.are_given() {
        let since = filter.since.map(|moment| moment.at(clock.now()));
        let mut executions = express::executions(reached, logs, since).await?;
        let is_named = |one: &Listed, named: &String| {
            named == arn::machine_name(&one.execution_arn) || *named == one.machine_arn
        };
        executions.retain(|one| {
            (filter.machine.is_empty() || filter.machine.iter().any(|named| is_named(one, named)))
                && wanted.takes(one)
                && wanted.has_status(one)
        });
        return Ok(wanted.listing(executions, Vec::new()));
    }
    if let Some(key) = &filter.key {
        let mut executions = find(reached, key, filter).await?;
        if !filter.machine.is_empty() {
            let machines = Machine::those(&reached.api, &filter.machine).await?;
            executions.retain(|one| machines.iter().any(|machine| machine.arn == one.machine_arn));
        }
        executions.retain(|one| wanted.takes(one) && wanted.has_status(one));
        return Ok(wanted.listing(executions, Vec::new()));
    }
    let machines = Machine::those(&reached.api, &filter.machine).await?;
    let (express, standard): (Vec<_>, Vec<_>) =
        machines.into_iter().partition(|machine| machine.is_express);
    let (mut executions, mut unlisted) = (Vec::new(), Vec::new());
    for machine in express {
        let listed =
            console::executions(reached, &machine.arn, &filter.status, wanted.each_at_most).await?;
        match listed {
            Some(listed) => executions.extend(listed.into_iter().filter(|one| wanted.takes(one))),
            None => unlisted.push(machine.name),
        }
    }
    let statuses: Vec<Option<String>> = match filter.status.is_empty() {
        true => vec![None],
        false => filter.status.iter().cloned().map(Some).collect(),
    };
    let streams: Vec<(Machine, Option<String>)> = standard
        .iter()
        .flat_map(|machine| statuses.iter().map(|status| (machine.clone(), status.clone())))
        .collect();
    let progress = Progress::of(streams.len(), "reading lists of executions");
    let call = |(machine, status): (Machine, Option<String>)| {
        let (api, wanted) = (reached.api.clone(), wanted.clone());
        async move { stream(&api, &machine.arn, status.as_deref(), &wanted).await }
    };
    for listed in side_by_side(streams, call, || progress.step()).await {
        executions.extend(listed?);
    }
    Ok(wanted.listing(executions, unlisted))
}

/// What is wanted, apart from whose and in which status.
#[derive(Debug, Clone)]
struct Wanted {
    since: i64,
    until: i64,
    name: Option<String>,
    statuses: Vec<String>,
    at_most: Option<usize>,
    /// One more than that, by which one knows that there are more.
    each_at_most: usize,
}

impl Wanted {
    fn new(filter: &Filter, at_most: Option<usize>, clock: &Clock) -> Self {
        Self {
            since: filter.since.map_or(i64::MIN, |moment| moment.at(clock.now())),
            until: filter.until.map_or(i64::MAX, |moment| moment.at(clock.now())),
            name: filter.name.clone(),
            statuses: filter.status.clone(),
            at_most,
            each_at_most: at_most.map_or(usize::MAX, |most| most.saturating_add(1)),
        }
    }

    fn takes(&self, one: &Listed) -> bool {
        let named = self.name.as_ref().is_none_or(|name| one.name.contains(name.as_str()));
        named && (self.since..self.until).contains(&one.started_at)
    }

    fn has_status(&self, one: &Listed) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&one.status)
    }

    fn listing(&self, mut executions: Vec<Listed>, express: Vec<String>) -> Listing {
        executions.sort_by_key(|one| Reverse(one.started_at));
        let is_cut = self.at_most.is_some_and(|most| executions.len() > most);
        executions.truncate(self.at_most.unwrap_or(usize::MAX));
        Listing { executions, express, is_cut }
    }
}

/// One machine's executions of one status, which AWS lists by when they began, the newest first.
async fn stream(
    api: &Api,
    machine_arn: &str,
    status: Option<&str>,
    wanted: &Wanted,
) -> Result<Vec<Listed>, Refusal> {
    let mut taken = Vec::new();
    let mut next = None;
    loop {
        let page = api.executions(machine_arn, status, wanted.each_at_most, next).await?;
        let listed: Vec<Listed> = page.items.iter().map(Listed::of).collect();
        let is_before = listed.last().is_some_and(|last| last.started_at < wanted.since);
        taken.extend(listed.into_iter().filter(|one| wanted.takes(one)));
        next = page.next;
        if next.is_none() || is_before || taken.len() >= wanted.each_at_most {
            return Ok(taken);
        }
    }
}
