//! The typed model of a state machine definition: plain data, as the document says it.
//!
//! Paths, expressions and templates stay in their written form here, so that any document that has
//! the right shape can be held, rendered and judged; `atlas-core` compiles them before it runs.

mod choice;
mod fields;
mod map;
mod names;
mod states;
mod walk;

pub use choice::{ChoiceRule, Comparison, Operator, Rule, Test};
pub use fields::{
    Catcher, Count, Credentials, JitterStrategy, PathOrNull, QueryLanguage, Retrier, Text,
    Transition,
};
pub use map::{
    ExecutionType, ItemBatcher, ItemReader, Items, Map, ProcessorConfig, ProcessorMode,
    ReaderConfig, ResultWriter, ToleratedFailure, WriterConfig,
};
pub use names::{InvalidStateName, StateName};
pub use states::{
    Choice, Fail, Parallel, Pass, State, StateKind, StateType, Succeed, Task, Wait, WaitUntil,
};
pub use walk::{Located, LocatedFlow, escape_pointer};

/// A whole definition: the top-level fields and the flow of states.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StateMachine {
    /// `Comment`.
    pub comment: Option<String>,
    /// `Version`, the version of the States Language; AWS knows `1.0`.
    pub version: Option<String>,
    /// `QueryLanguage` of every state that names none. JSONPath where absent.
    pub query_language: Option<QueryLanguage>,
    /// `TimeoutSeconds` of the whole execution.
    pub timeout_seconds: Option<u64>,
    /// `StartAt` and `States`.
    pub flow: Flow,
}

/// States and the one where they start: a machine, a branch of a Parallel, the processor of a Map.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Flow {
    /// `StartAt`; `None` where the document or the builder gives none.
    pub start_at: Option<StateName>,
    /// `States`, in the order written. A name may stand twice: the validator says so.
    pub states: Vec<(StateName, State)>,
}

impl Flow {
    /// The state of this name, the first where there are several.
    pub fn get(&self, name: &str) -> Option<&State> {
        self.states.iter().find(|(candidate, _)| candidate.as_str() == name).map(|(_, state)| state)
    }
}
