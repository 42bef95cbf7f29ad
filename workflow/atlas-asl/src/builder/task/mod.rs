//! `Task`: work done elsewhere. One file per integration; here is what all of them have.

mod activity;
mod lambda;
mod put_item;
mod start_execution;

use std::marker::PhantomData;

use super::{
    Expr,
    catch::Catch,
    handling::Handling,
    kind::{Ends, Kind, Leads, Marker, State},
    node::Node,
    retry::{AnyError, Retry},
    scope::Variable,
    step::{ErrorNames, UnknownError},
    typed::Typed,
};
use crate::model::{self, Count, StateKind, StateName, Transition};

pub use self::{
    lambda::{LambdaTask, TaskToken},
    put_item::Item,
    start_execution::{StartExecutionTask, StartedExecution},
};

/// A Task state that does not yet lead anywhere, for machines of kind `K`: what it does gives an
/// `R` and can raise an `E`; the state gives an `O`.
#[derive(Debug, Clone)]
#[must_use = "a Task that leads nowhere cannot be added to a machine"]
pub struct Task<K, R: Typed = (), E = UnknownError, O: Typed = R> {
    task: model::Task,
    /// Where in `$states.result` the `R` is.
    result: Node,
    handling: Handling,
    marker: Marker<(K, R, E, O)>,
}

impl<K: Kind, R: Typed, E: ErrorNames> Task<K, R, E, R> {
    /// A task whose result is the `R`; `payload` where the `R` is in a field of the result.
    fn calling(resource: &str, arguments: Node, payload: Option<&str>) -> Self {
        let whole = Expr::<R>::whole("$states.result").into_node();
        let mut handling = Handling::default();
        let result = match payload {
            Some(field) => {
                let result = whole.field(field);
                handling.output = Some(result.to_template());
                result
            }
            None => whole,
        };
        let task = model::Task {
            resource: resource.to_owned(),
            arguments: Some(arguments.to_template()),
            ..model::Task::default()
        };
        Self { task, result, handling, marker: PhantomData }
    }
}

impl<K: Kind, R: Typed, E: ErrorNames, O: Typed> Task<K, R, E, O> {
    /// `TimeoutSeconds`.
    pub fn timeout_seconds(mut self, seconds: u64) -> Self {
        self.task.timeout = Some(Count::Literal(seconds));
        self
    }

    /// `HeartbeatSeconds`.
    pub fn heartbeat_seconds(mut self, seconds: u64) -> Self {
        self.task.heartbeat = Some(Count::Literal(seconds));
        self
    }

    /// Adds to `Retry`.
    ///
    /// An error that the step cannot raise does not compile, as in [`Task::catch`].
    pub fn retry(mut self, retry: Retry<E>) -> Self {
        self.handling.retry(retry);
        self
    }

    /// Adds a retrier of every error, after all others.
    pub fn retry_all(mut self, retry: Retry<AnyError>) -> Self {
        self.handling.retry_all(retry);
        self
    }

    /// Adds to `Catch`.
    ///
    /// ```
    /// # use atlas_asl::builder::*;
    /// # raises! { /** Errors. */ pub enum DialError { /** No. */ Refused = "Dial.Refused" } }
    /// # raises! { /** Errors. */ pub enum MailError { /** No. */ Refused = "Mail.Refused" } }
    /// # struct Dial;
    /// # impl Step for Dial { const HANDLER: &'static str = "Dial"; type Input = u32; type Output = u32; type Error = DialError; }
    /// let machine = Machine::express::<u32>().start("Dial", |number| {
    ///     Task::lambda(Dial).arguments(number).catch(Catch::on([DialError::Refused]).next("Mail")).end()
    /// });
    /// # machine.build();
    /// ```
    ///
    /// An error that the step cannot raise does not compile:
    ///
    /// ```compile_fail,E0308
    /// # use atlas_asl::builder::*;
    /// # raises! { /** Errors. */ pub enum DialError { /** No. */ Refused = "Dial.Refused" } }
    /// # raises! { /** Errors. */ pub enum MailError { /** No. */ Refused = "Mail.Refused" } }
    /// # struct Dial;
    /// # impl Step for Dial { const HANDLER: &'static str = "Dial"; type Input = u32; type Output = u32; type Error = DialError; }
    /// let machine = Machine::express::<u32>().start("Dial", |number| {
    ///     Task::lambda(Dial).arguments(number).catch(Catch::on([MailError::Refused]).next("Mail")).end()
    /// });
    /// # machine.build();
    /// ```
    pub fn catch(mut self, catch: Catch<E>) -> Self {
        self.handling.catch(catch);
        self
    }

    /// Adds a catcher of every error, after all others.
    pub fn catch_all(mut self, catch: Catch<AnyError>) -> Self {
        self.handling.catch_all(catch);
        self
    }

    /// Assigns a variable once the task has succeeded.
    pub fn assign<T: Typed, X: Into<Expr<T>>>(
        mut self,
        variable: &Variable<T>,
        value: impl FnOnce(Expr<R>) -> X,
    ) -> Self {
        let value = value(self.result()).into();
        variable.add_to(&mut self.handling.assign, &value);
        self
    }

    /// What the state gives; the step's output where this is not said.
    pub fn output<P: Typed>(mut self, value: impl FnOnce(Expr<R>) -> Expr<P>) -> Task<K, R, E, P> {
        self.handling.output = Some(value(self.result()).to_template());
        let Self { task, result, handling, marker: _ } = self;
        Task { task, result, handling, marker: PhantomData }
    }

    /// `Next`.
    pub fn next(self, state: impl Into<StateName>) -> State<K, Leads> {
        self.close(Transition::Next(state.into()))
    }

    /// `End`: the flow ends with the state's output.
    pub fn end(self) -> State<K, Ends<O>> {
        self.close(Transition::End)
    }

    fn result(&self) -> Expr<R> {
        Expr::from_node(self.result.clone())
    }

    fn close<X>(mut self, transition: Transition) -> State<K, X> {
        self.task.retry = self.handling.retriers();
        self.task.catch = self.handling.catchers();
        self.task.transition = Some(transition);
        let mut state = model::State::new(StateKind::Task(Box::new(self.task)));
        state.assign = self.handling.assign;
        state.output = self.handling.output;
        State::new(state)
    }
}
