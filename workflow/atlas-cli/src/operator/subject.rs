//! All that is known of one execution, from wherever it is told.

use atlas_view::{Event, ExecutionView, History, Told, view};
use serde_json::{Value, json};

use super::{Progress, Reached, Refusal, api::is_end, arn, console, express};
use crate::{arguments::operator::Logs, failure::Failure, failure::say};

/// One execution.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) told: Told,
    /// What `DescribeExecution` answered, where it did.
    pub(crate) description: Value,
    /// Its events as they were served: AWS's JSON, or records of CloudWatch Logs.
    pub(crate) events: Vec<Value>,
    pub(crate) history: History,
    pub(crate) definition: Option<Value>,
}

impl Subject {
    /// Everything of an execution.
    pub(crate) async fn of(
        reached: &Reached,
        execution_arn: &str,
        logs: &Logs,
    ) -> Result<Self, Failure> {
        if logs.are_given() || arn::kind(execution_arn) == Some(arn::Kind::Express) {
            return Self::of_express(reached, execution_arn, logs).await;
        }
        let description = reached.api.describe(execution_arn).await?;
        let progress = Progress::open("reading events");
        let events = reached.api.history(execution_arn, |count| progress.at(count)).await?;
        let definition = match reached.api.machine_of(execution_arn).await {
            Ok(machine) => {
                machine["definition"].as_str().and_then(|it| serde_json::from_str(it).ok())
            }
            // Less is said without it; who may look at executions need not be let to see their machine.
            Err(refusal @ Refusal::Refused { .. }) => {
                say(&format!("without its definition: {refusal}"));
                None
            }
            Err(refusal @ Refusal::Unanswered { .. }) => return Err(refusal.into()),
        };
        let told = Told::of_api(&description);
        Ok(Self { told, description, history: history(&events), events, definition })
    }

    /// AWS describes no EXPRESS execution: an Atlas server does, and elsewhere its events are logged.
    async fn of_express(
        reached: &Reached,
        execution_arn: &str,
        logs: &Logs,
    ) -> Result<Self, Failure> {
        if !logs.are_given()
            && let Some(description) = console::told(reached, execution_arn).await?
        {
            let events = console::events(reached, execution_arn).await?.unwrap_or_default();
            let definition = console::definition(reached, execution_arn).await?;
            let told =
                Told { execution_arn: execution_arn.to_owned(), ..Told::of_api(&description) };
            return Ok(Self { told, description, history: history(&events), events, definition });
        }
        let records = express::records(reached, execution_arn, logs).await?;
        let definition = match logs.log_file {
            Some(_) => None,
            None => express::definition(reached, execution_arn).await,
        };
        let mut told = Told::of_arn(execution_arn);
        let mut events = Vec::new();
        for record in &records {
            if let Ok((_, event)) = Event::of_log_record(record) {
                events.push(event);
            }
        }
        let history = History::of(events);
        told.started_ms = history.events.first().map(|event| event.at_ms);
        Ok(Self { told, description: Value::Null, events: records, history, definition })
    }

    /// Takes in what started it, which an Atlas server alone tells.
    pub(crate) async fn look_for_parent(&mut self, reached: &Reached) {
        // Less is said where nobody tells.
        let told = console::told(reached, &self.told.execution_arn).await.ok().flatten();
        let parent = told.as_ref().and_then(|told| told["parentArn"].as_str());
        if let Some(parent) = parent {
            self.told.parent_arn = Some(parent.to_owned());
        }
    }

    /// Takes in what has happened meanwhile.
    pub(crate) async fn look_again(
        &mut self,
        reached: &Reached,
        logs: &Logs,
    ) -> Result<(), Failure> {
        let execution_arn = self.told.execution_arn.clone();
        if self.description.is_null() || arn::kind(&execution_arn) == Some(arn::Kind::Express) {
            *self = Self::of(reached, &execution_arn, logs).await?;
            return Ok(());
        }
        let last = self.history.events.last().map_or(0, |event| event.id);
        self.events.extend(reached.api.events_after(&execution_arn, last).await?);
        self.history = history(&self.events);
        if self.events.last().is_some_and(is_end) {
            self.description = reached.api.describe(&execution_arn).await?;
            self.told = Told::of_api(&self.description);
        }
        Ok(())
    }

    /// As an operator sees it.
    pub(crate) fn view(&self) -> ExecutionView {
        view(&self.told, &self.history, self.definition.as_ref())
    }

    /// One that was exported.
    pub(crate) fn of_export(document: &Value) -> Option<Self> {
        let events = document["history"].as_array()?.clone();
        let description = document["execution"].clone();
        let definition = document["definition"].as_object().map(|it| it.clone().into());
        let told = Told::of_api(&description);
        let of_log = |record: &Value| Event::of_log_record(record).map(|(_, event)| event);
        let read = events.iter().filter_map(|it| Event::of_api(it).or_else(|_| of_log(it)).ok());
        let history = History::of(read);
        Some(Self { told, description, history, events, definition })
    }

    /// Everything, to be kept.
    pub(crate) fn document(&self) -> Value {
        let execution = match &self.description {
            Value::Null => json!({ "executionArn": self.told.execution_arn }),
            description => description.clone(),
        };
        json!({ "execution": execution, "definition": self.definition, "history": self.events })
    }
}

/// What of an execution's events is missing, in words; nothing where all are there.
pub(crate) fn missing(view: &ExecutionView) -> Option<String> {
    if view.gaps.is_empty() {
        let is_over = view.status != "RUNNING";
        return (is_over && !view.is_complete)
            .then(|| "incomplete: its last events are missing".to_owned());
    }
    let gaps = view.gaps.iter().map(|(from, to)| match from == to {
        true => from.to_string(),
        false => format!("{from}–{to}"),
    });
    let gaps: Vec<String> = gaps.collect();
    let is_one = view.gaps.len() == 1 && view.gaps[0].0 == view.gaps[0].1;
    let (noun, verb) = if is_one { ("event", "is") } else { ("events", "are") };
    Some(format!("incomplete: {noun} {} {verb} missing", gaps.join(", ")))
}

/// Says on stderr what of the events is missing.
pub(crate) fn say_missing(view: &ExecutionView) {
    if let Some(words) = missing(view) {
        say(&words);
    }
}

fn history(events: &[Value]) -> History {
    History::of(events.iter().filter_map(|event| Event::of_api(event).ok()))
}
