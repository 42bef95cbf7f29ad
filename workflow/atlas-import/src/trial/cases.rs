//! What is tried: no call fails, each decision otherwise, each state failing once and for ever.

use std::collections::BTreeSet;

use atlas_asl::{
    model::{Retrier, StateKind, StateMachine},
    resource::{Pattern, Resource},
};
use serde_json::{Value, json};

use super::{document::Shape, paths};
use crate::limits::MOST_CASES;

/// What a call comes back with.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// A result.
    Return(Value),
    /// An error.
    Throw {
        /// Its name.
        error: String,
        /// Its cause.
        cause: String,
    },
}

/// Which of a state's calls one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn<'a> {
    /// Its number among all calls of the state, from 0, whichever item of a Map they are for.
    pub overall: u32,
    /// The index of the item that each inline Map around it is at, the innermost first.
    pub items: &'a [u32],
    /// Its number among those for the same items: how far others have come makes no difference to it.
    pub number: u32,
}

/// Answers the calls of a case.
pub trait Answers {
    /// The answer to a state's call.
    fn answer(&self, state: &str, resource: &Resource, turn: Turn<'_>) -> Answer;
}

/// A case that somebody wrote.
pub struct GivenCase {
    /// Its name.
    pub name: String,
    /// The execution's input.
    pub input: Value,
    /// Its answers.
    pub answers: Box<dyn Answers>,
}

impl std::fmt::Debug for GivenCase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GivenCase").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A case made up for a machine.
pub(super) struct Case<'s> {
    pub(super) name: String,
    shape: &'s Shape,
    /// A deciding field, and which of its values it has at first.
    decision: Option<(String, usize)>,
    failing: Option<Failing>,
}

struct Failing {
    state: String,
    error: String,
    /// How many calls fail.
    times: u32,
}

/// The cases of a machine; whether some were left out.
pub(super) fn all<'s>(
    machine: &StateMachine,
    rewritten: &StateMachine,
    shape: &'s Shape,
) -> (Vec<Case<'s>>, bool) {
    let mut cases =
        vec![Case { name: "no call fails".to_owned(), shape, decision: None, failing: None }];
    for (field, values) in &shape.deciding {
        for number in 1..*values {
            cases.push(Case {
                name: format!("`{field}` has value {} of {values}", number + 1),
                shape,
                decision: Some((field.clone(), number)),
                failing: None,
            });
        }
    }
    for (state, error, times) in failures(machine, rewritten) {
        let how = if times == u32::MAX { "" } else { " once" };
        cases.push(Case {
            name: format!("`{state}` fails{how} with `{error}`"),
            shape,
            decision: None,
            failing: Some(Failing { state, error, times }),
        });
    }
    let is_cut = cases.len() > MOST_CASES;
    cases.truncate(MOST_CASES);
    (cases, is_cut)
}

/// Each Task, with each error that its own handling or that around it names, and one that nobody names. What only
/// the rewritten one retries fails for ever, so that further calls are seen; failing once, it is to come out better.
fn failures(machine: &StateMachine, rewritten: &StateMachine) -> Vec<(String, String, u32)> {
    let states = machine.states();
    let mut around: BTreeSet<&str> = BTreeSet::new();
    for located in &states {
        if matches!(located.state.kind, StateKind::Parallel(_) | StateKind::Map(_)) {
            let catch = located.state.catch().iter().flat_map(|it| &it.error_equals);
            let retry = located.state.retry().iter().flat_map(|it| &it.error_equals);
            around.extend(catch.chain(retry).map(String::as_str));
        }
    }
    let retried_anew = rewritten.states();
    let mut found = Vec::new();
    for located in &states {
        let StateKind::Task(task) = &located.state.kind else { continue };
        let name = located.name.as_str();
        let retried: BTreeSet<&str> = task
            .retry
            .iter()
            .flat_map(|it: &Retrier| &it.error_equals)
            .map(String::as_str)
            .collect();
        let caught = task.catch.iter().flat_map(|it| &it.error_equals).map(String::as_str);
        let mut errors: BTreeSet<&str> = around.iter().copied().chain(caught).collect();
        errors.extend(&retried);
        let same = retried_anew.iter().find(|it| it.name == located.name);
        let anew = same.into_iter().flat_map(|it| it.state.retry()).flat_map(|it| &it.error_equals);
        errors.extend(anew.map(String::as_str));
        errors.insert("Trial.Error");
        errors.retain(|error| !matches!(*error, "States.ALL" | "States.TaskFailed"));
        let any_retried = retried.contains("States.ALL") || retried.contains("States.TaskFailed");
        for error in errors {
            found.push((name.to_owned(), error.to_owned(), u32::MAX));
            if any_retried || retried.contains(error) {
                found.push((name.to_owned(), error.to_owned(), 1));
            }
        }
    }
    found
}

impl Case<'_> {
    /// The execution's input.
    pub(super) fn input(&self) -> Value {
        self.document("the input", 0)
    }

    /// The number of a visit turns decisions on, so that what asks until an answer changes gets another.
    fn document(&self, origin: &str, visit: u32) -> Value {
        let turned = usize::try_from(visit).unwrap_or_default();
        self.shape.document(origin, &|field, values| {
            let first = match &self.decision {
                Some((name, number)) if name == field => *number,
                _ => 0,
            };
            (first + turned) % values.max(1)
        })
    }
}

impl Answers for Case<'_> {
    fn answer(&self, state: &str, resource: &Resource, turn: Turn<'_>) -> Answer {
        let Turn { items, number, .. } = turn;
        if let Some(failing) = self.failing.as_ref().filter(|it| it.state == state)
            && number < failing.times
        {
            let cause = format!("`{state}` was let fail");
            return Answer::Throw { error: failing.error.clone(), cause };
        }
        // Failed attempts are calls of the same visit.
        let visit = match &self.failing {
            Some(failing) if failing.state == state => number.saturating_sub(failing.times),
            _ => number,
        };
        // One item takes another way than the next.
        let turned = items.iter().fold(visit, |turned, item| turned.wrapping_add(*item));
        let items: String = items.iter().rev().map(|item| format!("[{item}]")).collect();
        let document = self.document(&format!("{state}{items} {number}"), turned);
        Answer::Return(shaped(document, resource))
    }
}

/// A document as the result of an integration: with what it always has.
fn shaped(mut document: Value, resource: &Resource) -> Value {
    let (service, action) = match resource {
        Resource::Integration { service, action, .. } => (service.as_str(), action.as_str()),
        Resource::AwsSdk { .. } | Resource::Function { .. } | Resource::Activity { .. } => {
            return document;
        }
    };
    let inner = document.clone();
    let mut set = |name: &str, value: Value| document[name] = value;
    match (service, action, resource.pattern()) {
        (_, _, Pattern::WaitForTaskToken) => return document,
        ("lambda", "invoke", _) => {
            set("ExecutedVersion", json!("$LATEST"));
            set("Payload", inner);
            set("StatusCode", json!(200));
        }
        ("states", "startExecution", Pattern::Sync) => set("Output", json!(inner.to_string())),
        ("states", "startExecution", Pattern::Sync2) => set("Output", inner),
        ("states", "startExecution", _) => {
            let arn = "arn:aws:states:us-east-1:123456789012:execution:Child:trial";
            set("ExecutionArn", json!(arn));
            set("StartDate", json!("2026-11-21T01:00:00.000Z"));
        }
        _ => {}
    }
    set("SdkHttpMetadata", json!({ "HttpStatusCode": 200 }));
    document
}

/// What a machine reads, as the shape of made-up documents.
pub(super) fn shape(definition: &Value) -> Shape {
    Shape::of(&paths::wanted(definition))
}
