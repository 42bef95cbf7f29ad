//! Whether what a server tells after all is what its clients remember.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    history_check,
    records::{Effect, Ending, Records, Sent, Start},
    shape::Shape,
    testimony::{Testimony, Told},
};

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Violation {
    /// Which execution it concerns, by its ARN.
    pub(super) execution: String,
    pub(super) what: String,
}

/// All that is wrong.
pub(super) fn violations(records: &Records, testimony: &Testimony) -> Vec<Violation> {
    let mut judge = Judge { records, testimony, found: Vec::new() };
    judge.listings();
    for start in &records.starts {
        judge.start(start);
    }
    judge.children();
    for sent in &records.sent {
        judge.sent(sent);
    }
    for arn in &records.asked {
        if !testimony.told.contains_key(arn) {
            judge.find(arn, "a task of it ran, and it does not exist");
        }
    }
    for (arn, told) in &testimony.told {
        for fault in history_check::faults(told) {
            judge.find(arn, fault);
        }
    }
    judge.found
}

struct Judge<'a> {
    records: &'a Records,
    testimony: &'a Testimony,
    found: Vec<Violation>,
}

impl<'a> Judge<'a> {
    fn find(&mut self, execution: &str, what: impl Into<String>) {
        self.found.push(Violation { execution: execution.to_owned(), what: what.into() });
    }

    fn told(&self, arn: &str) -> Option<&'a Told> {
        self.testimony.told.get(arn)
    }

    /// Each execution is listed once, and somebody asked for it.
    fn listings(&mut self) {
        let mut listed = BTreeSet::new();
        let asked_for: BTreeSet<&str> = self.records.starts.iter().map(|it| &*it.arn).collect();
        for arn in &self.testimony.listed {
            if !listed.insert(arn) {
                self.find(arn, "it is listed twice");
            }
            let is_child = Shape::of_execution(arn) == Some(Shape::Child);
            if !is_child && !asked_for.contains(&**arn) {
                self.find(arn, "nobody asked for it");
            }
        }
    }

    fn start(&mut self, start: &Start) {
        let Start { arn, effect, .. } = start;
        match (self.told(arn), effect) {
            (None, Effect::Acknowledged) => {
                self.find(arn, "its start was acknowledged, and it does not exist");
            }
            (None, Effect::Unknown | Effect::Refused) => {}
            (Some(_), Effect::Refused) => self.find(arn, "its start was refused, and it exists"),
            (Some(told), Effect::Acknowledged | Effect::Unknown) => {
                if told.input["id"] != *start.name {
                    self.find(arn, format!("its input is {}", told.input));
                }
                self.stopped(start, told);
                self.redriven(start, told);
                self.end(start, told);
            }
        }
    }

    fn stopped(&mut self, start: &Start, told: &Told) {
        let Start { arn, stop, .. } = start;
        match (told.status.as_str(), stop) {
            ("ABORTED", None | Some(Effect::Refused)) => {
                self.find(arn, "it is ABORTED, and nobody stopped it");
            }
            (status, Some(Effect::Acknowledged))
                if start.shape == Shape::Long && status != "ABORTED" =>
            {
                self.find(arn, format!("its stop was acknowledged, and it is {status}"));
            }
            _ => {}
        }
    }

    fn redriven(&mut self, start: &Start, told: &Told) {
        let redrives = told.history.iter().filter(|it| it.kind == "ExecutionRedriven").count();
        let what = match (start.redrive, redrives) {
            (Some(Effect::Acknowledged), 1) | (Some(Effect::Unknown), 0 | 1) => return,
            (None | Some(Effect::Refused), 0) => return,
            (Some(Effect::Acknowledged), 0) => "its redrive was acknowledged, and did not happen",
            (None | Some(_), _) => "it was redriven more often than anybody asked for",
        };
        self.find(&start.arn, what);
    }

    /// What did not stop or fail on purpose succeeds, with the output that it must have.
    fn end(&mut self, start: &Start, told: &Told) {
        let Start { arn, name, shape, .. } = start;
        let is_stopped = told.status == "ABORTED" && start.stop.is_some();
        // Somebody gave it up before it failed, or after.
        let is_left_failed =
            *shape == Shape::Redriven && told.status == "FAILED" && start.stop.is_some();
        if is_stopped || is_left_failed {
            return;
        }
        if told.status != "SUCCEEDED" {
            let sent = self.sent_to(arn);
            self.find(arn, format!("it is {}; its tasks were ended by {sent:?}", told.status));
            return;
        }
        let output = told.output.clone().unwrap_or_default();
        let is_right = match shape {
            Shape::Chain | Shape::Wait | Shape::Rest | Shape::Invoke => {
                shape.own_output(name) == Some(output.clone())
            }
            Shape::Work | Shape::Callback | Shape::Child | Shape::Redriven => {
                self.was_sent(arn, &output)
            }
            Shape::Parallel => {
                let own = |shape: Shape| shape.own_output(name).unwrap_or_default();
                output[0] == own(Shape::Chain)
                    && self.was_sent(arn, &output[1])
                    && output[2] == own(Shape::Wait)
            }
            Shape::Nested => self.children_of(name).any(|(_, child)| child.output == told.output),
            Shape::Long => false,
        };
        if !is_right {
            self.find(arn, format!("its output is {output}"));
        }
    }

    /// How its tasks were ended, in words.
    fn sent_to(&self, arn: &str) -> Vec<String> {
        let sent = self.records.sent.iter().filter(|sent| sent.execution == arn);
        sent.map(|sent| format!("{:?}: {:?}", sent.effect, sent.ending)).collect()
    }

    fn was_sent(&self, arn: &str, output: &Value) -> bool {
        self.records.sent.iter().filter(|sent| sent.execution == arn).any(|sent| {
            match &sent.ending {
                Ending::Success(sent) => {
                    serde_json::from_str::<Value>(sent).ok().as_ref() == Some(output)
                }
                Ending::Failure(_) => false,
            }
        })
    }

    fn children_of(&self, name: &str) -> impl Iterator<Item = (&'a String, &'a Told)> {
        let told = self.testimony.told.iter();
        let children = told.filter(|(arn, _)| Shape::of_execution(arn) == Some(Shape::Child));
        children.filter(move |(_, child)| child.input["id"] == *name)
    }

    /// Who starts another starts it once; who was stopped takes it along.
    fn children(&mut self) {
        let mut of_parents: BTreeMap<&str, usize> = BTreeMap::new();
        for start in self.records.starts.iter().filter(|start| start.shape == Shape::Nested) {
            let Some(told) = self.told(&start.arn) else { continue };
            let count = self.children_of(&start.name).count();
            of_parents.insert(&start.name, count);
            if count > 1 || (count == 0 && told.status == "SUCCEEDED") {
                self.find(&start.arn, format!("it started {count} others instead of one"));
            }
            let children: Vec<_> = self.children_of(&start.name).collect();
            for (arn, child) in children {
                let is_taken_along = child.status == "ABORTED" && told.status == "ABORTED";
                if child.status != "SUCCEEDED" && !is_taken_along {
                    let sent = self.sent_to(arn);
                    let what =
                        format!("it is {}, and who started it is {}", child.status, told.status);
                    self.find(arn, format!("{what}; its tasks were ended by {sent:?}"));
                }
            }
        }
        let known: u64 = of_parents.values().map(|count| *count as u64).sum();
        let all = self.testimony.listed.iter();
        let all = all.filter(|arn| Shape::of_execution(arn) == Some(Shape::Child)).count() as u64;
        if known != all {
            let arn = Shape::Child.machine_arn();
            self.find(
                &arn,
                format!("{all} were started, {known} of them by somebody who is known"),
            );
        }
    }

    /// Its output, or its cause, is in the history as often as it took effect.
    fn sent(&mut self, sent: &Sent) {
        let Sent { execution, ending, effect } = sent;
        let Some(told) = self.told(execution) else {
            // That it is not there is said elsewhere.
            return;
        };
        let (kinds, detail, text) = match ending {
            Ending::Success(output) => (["TaskSucceeded", "ActivitySucceeded"], "output", output),
            Ending::Failure(cause) => (["TaskFailed", "ActivityFailed"], "cause", cause),
        };
        let is_it = |details: &Value| {
            let details = details.as_object().into_iter().flatten();
            details.filter_map(|(_, details)| details[detail].as_str()).any(|it| it == text)
        };
        let times = told
            .history
            .iter()
            .filter(|event| kinds.contains(&&*event.kind) && is_it(&event.details))
            .count();
        let what = match (effect, times) {
            (Effect::Acknowledged, 1) | (Effect::Unknown, 0 | 1) | (Effect::Refused, 0) => return,
            (Effect::Acknowledged, 0) => "was acknowledged, and did not happen".to_owned(),
            (Effect::Refused, _) => "was refused, and happened".to_owned(),
            (Effect::Acknowledged | Effect::Unknown, _) => format!("happened {times} times"),
        };
        self.find(execution, format!("the end of its task with `{text}` {what}"));
    }
}

#[cfg(test)]
mod tests;
