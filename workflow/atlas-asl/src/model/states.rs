//! The states: what all have, and what each of the eight types adds.

use serde_json::Value;

use super::{
    Catcher, ChoiceRule, Count, Credentials, Flow, Map, PathOrNull, QueryLanguage, Retrier,
    StateName, Text, Transition,
};

/// One state of a flow.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// `Comment`.
    pub comment: Option<String>,
    /// `QueryLanguage`, where the state has its own.
    pub query_language: Option<QueryLanguage>,
    /// `InputPath` (JSONPath).
    pub input_path: Option<PathOrNull>,
    /// `OutputPath` (JSONPath).
    pub output_path: Option<PathOrNull>,
    /// `Output` (JSONata).
    pub output: Option<Value>,
    /// `Assign`; a Choice assigns this when it takes its default.
    pub assign: Option<Value>,
    /// What its type adds.
    pub kind: StateKind,
}

impl State {
    /// A state with nothing but what its type demands.
    pub fn new(kind: StateKind) -> Self {
        Self {
            comment: None,
            query_language: None,
            input_path: None,
            output_path: None,
            output: None,
            assign: None,
            kind,
        }
    }

    /// The language of its fields, given that of the machine.
    pub fn language(&self, machine: Option<QueryLanguage>) -> QueryLanguage {
        self.query_language.or(machine).unwrap_or_default()
    }

    /// `Next` or `End`, where its type has them.
    pub fn transition(&self) -> Option<&Transition> {
        match &self.kind {
            StateKind::Task(task) => task.transition.as_ref(),
            StateKind::Pass(pass) => pass.transition.as_ref(),
            StateKind::Wait(wait) => wait.transition.as_ref(),
            StateKind::Parallel(parallel) => parallel.transition.as_ref(),
            StateKind::Map(map) => map.transition.as_ref(),
            StateKind::Choice(_) | StateKind::Succeed(_) | StateKind::Fail(_) => None,
        }
    }

    /// `Retry`, where its type has it.
    pub fn retry(&self) -> &[Retrier] {
        match &self.kind {
            StateKind::Task(task) => &task.retry,
            StateKind::Parallel(parallel) => &parallel.retry,
            StateKind::Map(map) => &map.retry,
            StateKind::Pass(_)
            | StateKind::Wait(_)
            | StateKind::Choice(_)
            | StateKind::Succeed(_)
            | StateKind::Fail(_) => &[],
        }
    }

    /// `Catch`, where its type has it.
    pub fn catch(&self) -> &[Catcher] {
        match &self.kind {
            StateKind::Task(task) => &task.catch,
            StateKind::Parallel(parallel) => &parallel.catch,
            StateKind::Map(map) => &map.catch,
            StateKind::Pass(_)
            | StateKind::Wait(_)
            | StateKind::Choice(_)
            | StateKind::Succeed(_)
            | StateKind::Fail(_) => &[],
        }
    }

    /// Every state that this one can lead to, in the order written, with the place of the name
    /// below the state: `Next`, `Default`, `Choices/0/Next`, `Catch/1/Next`.
    pub fn targets(&self) -> Vec<(String, &StateName)> {
        let mut targets = Vec::new();
        if let Some(Transition::Next(next)) = self.transition() {
            targets.push(("Next".to_owned(), next));
        }
        if let StateKind::Choice(choice) = &self.kind {
            for (index, rule) in choice.choices.iter().enumerate() {
                if let Some(next) = &rule.next {
                    targets.push((format!("Choices/{index}/Next"), next));
                }
            }
            if let Some(default) = &choice.default {
                targets.push(("Default".to_owned(), default));
            }
        }
        for (index, catcher) in self.catch().iter().enumerate() {
            if let Some(next) = &catcher.next {
                targets.push((format!("Catch/{index}/Next"), next));
            }
        }
        targets
    }
}

/// What a state's type adds to it.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each is the state type of that name")]
pub enum StateKind {
    Task(Box<Task>),
    Pass(Pass),
    Choice(Choice),
    Wait(Wait),
    Succeed(Succeed),
    Fail(Fail),
    Parallel(Box<Parallel>),
    Map(Box<Map>),
}

impl StateKind {
    /// The type, without what it holds.
    pub const fn state_type(&self) -> StateType {
        match self {
            Self::Task(_) => StateType::Task,
            Self::Pass(_) => StateType::Pass,
            Self::Choice(_) => StateType::Choice,
            Self::Wait(_) => StateType::Wait,
            Self::Succeed(_) => StateType::Succeed,
            Self::Fail(_) => StateType::Fail,
            Self::Parallel(_) => StateType::Parallel,
            Self::Map(_) => StateType::Map,
        }
    }
}

/// `Type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the word of that name in a definition")]
pub enum StateType {
    Task,
    Pass,
    Choice,
    Wait,
    Succeed,
    Fail,
    Parallel,
    Map,
}

impl StateType {
    /// Every type.
    pub const ALL: [StateType; 8] = [
        Self::Task,
        Self::Pass,
        Self::Choice,
        Self::Wait,
        Self::Succeed,
        Self::Fail,
        Self::Parallel,
        Self::Map,
    ];

    /// The word in the definition.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Task => "Task",
            Self::Pass => "Pass",
            Self::Choice => "Choice",
            Self::Wait => "Wait",
            Self::Succeed => "Succeed",
            Self::Fail => "Fail",
            Self::Parallel => "Parallel",
            Self::Map => "Map",
        }
    }
}

/// `Type: Task`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Task {
    /// `Resource`: the ARN of an integration, a function or an activity.
    pub resource: String,
    /// `Parameters` (JSONPath).
    pub parameters: Option<Value>,
    /// `Arguments` (JSONata).
    pub arguments: Option<Value>,
    /// `ResultSelector` (JSONPath).
    pub result_selector: Option<Value>,
    /// `ResultPath` (JSONPath).
    pub result_path: Option<PathOrNull>,
    /// `TimeoutSeconds`, `TimeoutSecondsPath`.
    pub timeout: Option<Count>,
    /// `HeartbeatSeconds`, `HeartbeatSecondsPath`.
    pub heartbeat: Option<Count>,
    /// `Credentials`.
    pub credentials: Option<Credentials>,
    /// `Retry`.
    pub retry: Vec<Retrier>,
    /// `Catch`.
    pub catch: Vec<Catcher>,
    /// `Next` or `End`.
    pub transition: Option<Transition>,
}

/// `Type: Pass`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pass {
    /// `Result` (JSONPath).
    pub result: Option<Value>,
    /// `Parameters` (JSONPath).
    pub parameters: Option<Value>,
    /// `ResultPath` (JSONPath).
    pub result_path: Option<PathOrNull>,
    /// `Next` or `End`.
    pub transition: Option<Transition>,
}

/// `Type: Choice`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Choice {
    /// `Choices`.
    pub choices: Vec<ChoiceRule>,
    /// `Default`.
    pub default: Option<StateName>,
}

/// `Type: Wait`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Wait {
    /// Until when; `None` where the document does not say.
    pub until: Option<WaitUntil>,
    /// `Next` or `End`.
    pub transition: Option<Transition>,
}

/// Until when a Wait state waits.
#[derive(Debug, Clone, PartialEq)]
pub enum WaitUntil {
    /// `Seconds`, `SecondsPath`.
    Seconds(Count),
    /// `Timestamp`: RFC 3339 text, or in JSONata a `"{% … %}"` expression.
    Timestamp(String),
    /// `TimestampPath`.
    TimestampPath(String),
}

/// `Type: Succeed`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Succeed;

/// `Type: Fail`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fail {
    /// `Error`, `ErrorPath`.
    pub error: Option<Text>,
    /// `Cause`, `CausePath`.
    pub cause: Option<Text>,
}

/// `Type: Parallel`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parallel {
    /// `Branches`.
    pub branches: Vec<Flow>,
    /// `Comment` of each branch, where it has one; as long as `branches` or shorter.
    pub branch_comments: Vec<Option<String>>,
    /// `Parameters` (JSONPath).
    pub parameters: Option<Value>,
    /// `Arguments` (JSONata).
    pub arguments: Option<Value>,
    /// `ResultSelector` (JSONPath).
    pub result_selector: Option<Value>,
    /// `ResultPath` (JSONPath).
    pub result_path: Option<PathOrNull>,
    /// `Retry`.
    pub retry: Vec<Retrier>,
    /// `Catch`.
    pub catch: Vec<Catcher>,
    /// `Next` or `End`.
    pub transition: Option<Transition>,
}
