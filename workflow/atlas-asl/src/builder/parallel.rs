//! `Parallel`: branches side by side, and their outputs in order.

use std::marker::PhantomData;

use serde_json::Value;

use super::{
    Expr,
    handling::{Handling, retry_and_catch},
    kind::{Ends, Kind, Leads, Marker, State},
    machine::Branch,
    scope::Variable,
    typed::{Append, Several, Typed},
};
use crate::model::{self, Flow, StateKind, StateName, Transition};

/// A Parallel state that does not yet lead anywhere: its branches take an `I` and give the `R`; the
/// state gives an `O`.
///
/// What several branches gave is read by position, each under its own type:
///
/// ```
/// # use atlas_asl::builder::{*, scope::Variable};
/// const ROUNDS: Variable<u32> = Variable::new("rounds");
/// let machine = Machine::express::<u32>().start("Both", |input| {
///     Parallel::passing(input)
///         .branch(Branch::new().start("Name", |_| Pass::new().output::<String>("Ada").end()))
///         .branch(Branch::new().start("Count", |rounds| Pass::new().output(rounds).end()))
///         .assign(&ROUNDS, |outputs| outputs.second())
///         .end()
/// });
/// # machine.build();
/// ```
///
/// ```compile_fail,E0277
/// # use atlas_asl::builder::{*, scope::Variable};
/// const ROUNDS: Variable<u32> = Variable::new("rounds");
/// let machine = Machine::express::<u32>().start("Both", |input| {
///     Parallel::passing(input)
///         .branch(Branch::new().start("Name", |_| Pass::new().output::<String>("Ada").end()))
///         .branch(Branch::new().start("Count", |rounds| Pass::new().output(rounds).end()))
///         .assign(&ROUNDS, |outputs| outputs.first())
///         .end()
/// });
/// # machine.build();
/// ```
#[derive(Debug, Clone)]
#[must_use = "a Parallel that leads nowhere cannot be added to a machine"]
pub struct Parallel<K, I: Typed, R: Typed, O: Typed> {
    arguments: Value,
    branches: Vec<Flow>,
    comments: Vec<Option<String>>,
    handling: Handling,
    marker: Marker<(K, I, R, O)>,
}

impl<K: Kind, I: Typed> Parallel<K, I, Several<()>, Several<()>> {
    /// No branch yet; each is to get these arguments.
    pub fn passing(arguments: impl Into<Expr<I>>) -> Self {
        Self {
            arguments: arguments.into().to_template(),
            branches: Vec::new(),
            comments: Vec::new(),
            handling: Handling::default(),
            marker: PhantomData,
        }
    }
}

impl<K: Kind, I: Typed, R: Typed> Parallel<K, I, R, R> {
    /// Adds a branch.
    pub fn branch<B>(mut self, branch: Branch<K, I, B>) -> Parallel<K, I, R::Longer, R::Longer>
    where
        R: Append<B>,
    {
        let (comment, flow) = branch.into_parts();
        self.branches.push(flow);
        self.comments.push(comment);
        self.giving()
    }
}

impl<K: Kind, I: Typed, R: Typed, O: Typed> Parallel<K, I, R, O> {
    retry_and_catch!("branch", "branches");

    /// Assigns a variable once every branch has ended.
    pub fn assign<T: Typed, X: Into<Expr<T>>>(
        mut self,
        variable: &Variable<T>,
        value: impl FnOnce(Expr<R>) -> X,
    ) -> Self {
        let value = value(Expr::whole("$states.result")).into();
        variable.add_to(&mut self.handling.assign, &value);
        self
    }

    /// What the state gives; the outputs of its branches where this is not said.
    pub fn output<P: Typed>(
        mut self,
        value: impl FnOnce(Expr<R>) -> Expr<P>,
    ) -> Parallel<K, I, R, P> {
        self.handling.output = Some(value(Expr::whole("$states.result")).to_template());
        self.giving()
    }

    /// `Next`.
    pub fn next(self, state: impl Into<StateName>) -> State<K, Leads> {
        self.close(Transition::Next(state.into()))
    }

    /// `End`: the flow ends with the state's output.
    pub fn end(self) -> State<K, Ends<O>> {
        self.close(Transition::End)
    }

    fn giving<S: Typed, P: Typed>(self) -> Parallel<K, I, S, P> {
        let Self { arguments, branches, comments, handling, marker: _ } = self;
        Parallel { arguments, branches, comments, handling, marker: PhantomData }
    }

    fn close<X>(mut self, transition: Transition) -> State<K, X> {
        let last_commented = self.comments.iter().rposition(Option::is_some);
        self.comments.truncate(last_commented.map_or(0, |last| last + 1));
        let parallel = model::Parallel {
            branches: self.branches,
            branch_comments: self.comments,
            arguments: Some(self.arguments),
            retry: self.handling.retriers(),
            catch: self.handling.catchers(),
            transition: Some(transition),
            ..model::Parallel::default()
        };
        let mut state = model::State::new(StateKind::Parallel(Box::new(parallel)));
        state.assign = self.handling.assign;
        state.output = self.handling.output;
        State::new(state)
    }
}
