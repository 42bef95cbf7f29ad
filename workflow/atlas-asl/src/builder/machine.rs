//! `Machine` and `Branch`: the flows that states are added to.

use std::marker::PhantomData;

use serde_json::Value;

use super::{
    Expr,
    kind::{Exit, Express, Kind, Marker, Standard, State},
    typed::Typed,
};
use crate::model::{self, Flow, QueryLanguage, StateMachine, StateName};

/// A machine of kind `K` that takes an `I` and gives an `O`.
///
/// A state that leads nowhere cannot be added:
///
/// ```
/// # use atlas_asl::builder::*;
/// let machine = Machine::express::<u32>().state("Rest", Wait::seconds(5).end());
/// # machine.build();
/// ```
///
/// ```compile_fail,E0308
/// # use atlas_asl::builder::*;
/// let machine = Machine::express::<u32>().state("Rest", Wait::seconds(5));
/// # machine.build();
/// ```
#[derive(Debug, Clone)]
#[must_use = "a machine does something once it is built"]
pub struct Machine<K, I: Typed = Value, O = Value> {
    comment: Option<String>,
    timeout_seconds: Option<u64>,
    flow: Flow,
    marker: Marker<(K, I, O)>,
}

impl<O> Machine<Express, Value, O> {
    /// An EXPRESS machine that takes an `I`. What it gives is inferred from the states that end it.
    pub fn express<I: Typed>() -> Machine<Express, I, O> {
        Machine::new()
    }
}

impl<O> Machine<Standard, Value, O> {
    /// A STANDARD machine that takes an `I`. What it gives is inferred from the states that end it.
    pub fn standard<I: Typed>() -> Machine<Standard, I, O> {
        Machine::new()
    }
}

impl<K: Kind, I: Typed, O> Machine<K, I, O> {
    fn new() -> Self {
        Self { comment: None, timeout_seconds: None, flow: Flow::default(), marker: PhantomData }
    }

    /// What the execution was started with, wherever a state of it asks.
    pub fn input(&self) -> Expr<I> {
        Expr::whole("$states.context.Execution.Input")
    }

    /// `Comment`.
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// `TimeoutSeconds` of the whole execution.
    pub fn timeout_seconds(mut self, seconds: u64) -> Self {
        self.timeout_seconds = Some(seconds);
        self
    }

    /// Adds the state that the machine starts at. It gets what the machine takes.
    pub fn start<X: Exit<O>>(
        mut self,
        name: impl Into<StateName>,
        state: impl FnOnce(Expr<I>) -> State<K, X>,
    ) -> Self {
        start(&mut self.flow, name.into(), state(state_input()).state);
        self
    }

    /// Adds a state.
    pub fn state<X: Exit<O>>(mut self, name: impl Into<StateName>, state: State<K, X>) -> Self {
        self.flow.states.push((name.into(), state.state));
        self
    }

    /// The kind as a value, for whoever deploys or starts it.
    pub fn execution_type(&self) -> model::ExecutionType {
        K::EXECUTION_TYPE
    }

    /// The definition.
    pub fn build(self) -> StateMachine {
        StateMachine {
            comment: self.comment,
            version: None,
            query_language: Some(QueryLanguage::Jsonata),
            timeout_seconds: self.timeout_seconds,
            flow: self.flow,
        }
    }
}

/// A flow inside a machine of kind `K` that takes an `I` and gives an `O`: a branch of a Parallel
/// or the processor of a Map.
///
/// The kind goes with it, so that nothing that an EXPRESS machine cannot do hides in a branch:
///
/// ```
/// # use atlas_asl::builder::*;
/// let machine = Machine::standard::<u32>().start("Both", |input| {
///     let branch = Branch::new().start("Approve", |input| {
///         Task::activity::<u32, String>("ApproveArn", input).timeout_seconds(3600).end()
///     });
///     Parallel::passing(input).branch(branch).end()
/// });
/// # machine.build();
/// ```
///
/// ```compile_fail,E0308
/// # use atlas_asl::builder::*;
/// let machine = Machine::express::<u32>().start("Both", |input| {
///     let branch = Branch::new().start("Approve", |input| {
///         Task::activity::<u32, String>("ApproveArn", input).timeout_seconds(3600).end()
///     });
///     Parallel::passing(input).branch(branch).end()
/// });
/// # machine.build();
/// ```
#[derive(Debug, Clone)]
#[must_use = "a branch does something once a Parallel or a Map has it"]
pub struct Branch<K, I: Typed = Value, O = Value> {
    comment: Option<String>,
    flow: Flow,
    marker: Marker<(K, I, O)>,
}

impl<K: Kind, I: Typed, O> Branch<K, I, O> {
    /// No state yet.
    pub fn new() -> Self {
        Self { comment: None, flow: Flow::default(), marker: PhantomData }
    }

    /// `Comment`.
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// Adds the state that the branch starts at. It gets what the branch takes.
    pub fn start<X: Exit<O>>(
        mut self,
        name: impl Into<StateName>,
        state: impl FnOnce(Expr<I>) -> State<K, X>,
    ) -> Self {
        start(&mut self.flow, name.into(), state(state_input()).state);
        self
    }

    /// Adds a state.
    pub fn state<X: Exit<O>>(mut self, name: impl Into<StateName>, state: State<K, X>) -> Self {
        self.flow.states.push((name.into(), state.state));
        self
    }

    pub(super) fn into_parts(self) -> (Option<String>, Flow) {
        (self.comment, self.flow)
    }
}

impl<K: Kind, I: Typed, O> Default for Branch<K, I, O> {
    fn default() -> Self {
        Self::new()
    }
}

fn state_input<I: Typed>() -> Expr<I> {
    Expr::whole("$states.input")
}

fn start(flow: &mut Flow, name: StateName, state: model::State) {
    flow.start_at = Some(name.clone());
    flow.states.push((name, state));
}
