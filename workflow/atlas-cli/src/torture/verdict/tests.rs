//! The verdict finds what a broken engine would do: each case breaks one thing of a round in which all is well.

use serde_json::json;

use super::*;
use crate::torture::testimony::Event;

/// A round of one execution of each of a few shapes.
struct Story {
    records: Records,
    testimony: Testimony,
}

const SENT: &str = r#"{"id":"callback","ending":7}"#;

impl Story {
    /// All is well.
    fn told() -> Self {
        let mut story = Self { records: Records::default(), testimony: Testimony::default() };
        story.tell(Shape::Chain, "chain", json!({"id": "chain", "through": 4}));
        story.tell(Shape::Callback, "callback", serde_json::from_str(SENT).unwrap());
        let callback = Shape::Callback.execution_arn("callback");
        story.records.sent.push(Sent {
            execution: callback.clone(),
            ending: Ending::Success(SENT.to_owned()),
            effect: Effect::Acknowledged,
        });
        story.records.asked.insert(callback);
        story.tell(Shape::Nested, "nested", json!({"id": "nested", "through": 4}));
        story.tell(Shape::Child, "nested", json!({"id": "nested", "through": 4}));
        story.records.starts.retain(|start| start.shape != Shape::Child);
        story.tell(Shape::Long, "long", json!(null));
        let long = story.execution(Shape::Long, "long");
        "ABORTED".clone_into(&mut long.status);
        long.output = None;
        long.history[1] = event(2, "ExecutionAborted", json!({}));
        story.start("long").stop = Some(Effect::Acknowledged);
        story
    }

    fn tell(&mut self, shape: Shape, name: &str, output: Value) {
        let arn = shape.execution_arn(name);
        let mut history = vec![event(1, "ExecutionStarted", json!({}))];
        if shape == Shape::Callback {
            let details = json!({"output": output.to_string()});
            history.push(event(2, "TaskSucceeded", json!({"taskSucceededEventDetails": details})));
        }
        let last = history.len() as u64 + 1;
        history.push(event(last, "ExecutionSucceeded", json!({})));
        let status = "SUCCEEDED".to_owned();
        let told = Told { status, input: json!({"id": name}), output: Some(output), history };
        self.testimony.told.insert(arn.clone(), told);
        self.testimony.listed.push(arn.clone());
        let name = name.to_owned();
        let effect = Effect::Acknowledged;
        self.records.starts.push(Start { arn, name, shape, effect, stop: None, redrive: None });
    }

    fn start(&mut self, name: &str) -> &mut Start {
        self.records.starts.iter_mut().find(|start| start.name == name).unwrap()
    }

    fn execution(&mut self, shape: Shape, name: &str) -> &mut Told {
        self.testimony.told.get_mut(&shape.execution_arn(name)).unwrap()
    }

    fn lose(&mut self, shape: Shape, name: &str) {
        let arn = shape.execution_arn(name);
        self.testimony.listed.retain(|listed| *listed != arn);
        self.testimony.told.remove(&arn);
    }
}

fn event(id: u64, kind: &str, details: Value) -> Event {
    Event { id, previous: id - 1, timestamp: 5.0, kind: kind.to_owned(), details }
}

/// What is found where this is done to a round in which all is well: of which execution, and words of it.
#[track_caller]
fn check(break_it: impl FnOnce(&mut Story), execution: &str, words: &str) {
    let mut story = Story::told();
    break_it(&mut story);
    let found = violations(&story.records, &story.testimony);
    let is_found =
        found.iter().any(|it| it.execution.ends_with(execution) && it.what.contains(words));
    assert!(is_found, "`{words}` is missing in {found:?}");
}

#[test]
fn nothing_is_wrong_with_a_round_in_which_all_is_well() {
    let story = Story::told();
    assert_eq!(violations(&story.records, &story.testimony), []);
}

#[test]
fn a_start_that_was_acknowledged_and_is_gone_is_found() {
    check(
        |story| story.lose(Shape::Chain, "chain"),
        ":chain",
        "was acknowledged, and it does not exist",
    );
    let mut story = Story::told();
    story.start("chain").effect = Effect::Unknown;
    story.lose(Shape::Chain, "chain");
    assert_eq!(violations(&story.records, &story.testimony), []);
}

#[test]
fn an_execution_that_is_there_twice_or_that_nobody_asked_for_is_found() {
    let twice = |story: &mut Story| {
        let arn = Shape::Chain.execution_arn("chain");
        story.testimony.listed.push(arn);
    };
    check(twice, ":chain", "listed twice");
    check(
        |story| story.tell(Shape::Child, "stranger", json!({})),
        "Child",
        "2 were started, 1 of them",
    );
    let unasked = |story: &mut Story| story.records.starts.retain(|start| start.name != "chain");
    check(unasked, ":chain", "nobody asked for it");
    let refused = |story: &mut Story| story.start("chain").effect = Effect::Refused;
    check(refused, ":chain", "was refused, and it exists");
}

#[test]
fn an_end_that_must_not_be_is_found() {
    let output = |story: &mut Story| {
        story.execution(Shape::Chain, "chain").output = Some(json!({"id": "other", "through": 4}));
    };
    check(output, ":chain", "its output is");
    let runs = |story: &mut Story| {
        "RUNNING".clone_into(&mut story.execution(Shape::Callback, "callback").status);
    };
    check(runs, ":callback", "it is RUNNING; its tasks were ended by [\"Acknowledged");
    let input = |story: &mut Story| {
        story.execution(Shape::Chain, "chain").input = json!({"id": "other"});
    };
    check(input, ":chain", "its input is");
}

#[test]
fn a_task_that_ended_twice_or_not_or_otherwise_is_found() {
    let twice = |story: &mut Story| {
        let history = &mut story.execution(Shape::Callback, "callback").history;
        let again = history[1].clone();
        history.insert(1, again);
    };
    check(twice, ":callback", "happened 2 times");
    let lost = |story: &mut Story| {
        story.execution(Shape::Callback, "callback").history.remove(1);
    };
    check(lost, ":callback", "was acknowledged, and did not happen");
    let refused = |story: &mut Story| story.records.sent[0].effect = Effect::Refused;
    check(refused, ":callback", "was refused, and happened");
    check(|story| story.records.sent.clear(), ":callback", "its output is");
}

#[test]
fn a_stop_or_a_redrive_that_was_lost_or_that_nobody_wanted_is_found() {
    let never_stopped = |story: &mut Story| story.start("long").stop = None;
    check(never_stopped, ":long", "nobody stopped it");
    let lost = |story: &mut Story| {
        "SUCCEEDED".clone_into(&mut story.execution(Shape::Long, "long").status);
    };
    check(lost, ":long", "its stop was acknowledged, and it is SUCCEEDED");
    let redriven = |story: &mut Story| story.start("chain").redrive = Some(Effect::Acknowledged);
    check(redriven, ":chain", "its redrive was acknowledged, and did not happen");
}

#[test]
fn a_task_of_no_execution_and_a_nested_one_that_began_twice_are_found() {
    let asked = |story: &mut Story| {
        story.records.asked.insert(Shape::Invoke.execution_arn("ghost"));
    };
    check(asked, ":ghost", "a task of it ran, and it does not exist");
    let twice = |story: &mut Story| {
        story.tell(Shape::Child, "second", json!({}));
        story.records.starts.retain(|start| start.shape != Shape::Child);
        story.execution(Shape::Child, "second").input = json!({"id": "nested"});
    };
    check(twice, ":nested", "started 2 others instead of one");
    check(|story| story.lose(Shape::Child, "nested"), "Nested:nested", "started 0 others");
}

#[test]
fn a_gap_in_a_history_is_found() {
    let gap = |story: &mut Story| story.execution(Shape::Chain, "chain").history[1].id = 3;
    check(gap, ":chain", "event 2 of its history has the id 3");
}
