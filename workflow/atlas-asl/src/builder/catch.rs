//! `Catch`: which errors lead where, and what is kept of them.

use std::marker::PhantomData;

use super::{
    Expr,
    retry::AnyError,
    scope::{ErrorOutput, Variable},
    step::ErrorNames,
    typed::Typed,
};
use crate::model::{Catcher, StateName};

/// A catcher that does not yet lead anywhere. [`CatchErrors::next`] makes it a [`Catch`].
#[derive(Debug, Clone)]
#[must_use = "a Catch does something once a state has it"]
pub struct CatchErrors<E> {
    catcher: Catcher,
    errors: PhantomData<fn() -> E>,
}

/// One element of `Catch`, of errors that an `E` names.
#[derive(Debug, Clone)]
#[must_use = "a Catch does something once a state has it"]
pub struct Catch<E> {
    pub(super) catcher: Catcher,
    errors: PhantomData<fn() -> E>,
}

impl<E: ErrorNames> Catch<E> {
    /// These errors of the step.
    pub fn on(errors: impl IntoIterator<Item = E>) -> CatchErrors<E> {
        CatchErrors::named(errors.into_iter().map(|error| error.name()))
    }

    /// A timeout or a missed heartbeat.
    pub fn on_timeout() -> CatchErrors<E> {
        CatchErrors::named(["States.Timeout"])
    }
}

impl Catch<AnyError> {
    /// Every error: `States.ALL`, for `.catch_all(…)`.
    pub fn on_all() -> CatchErrors<AnyError> {
        CatchErrors::named(["States.ALL"])
    }
}

impl<E> CatchErrors<E> {
    fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let error_equals = names.into_iter().map(str::to_owned).collect();
        Self { catcher: Catcher { error_equals, ..Catcher::default() }, errors: PhantomData }
    }

    /// Why.
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.catcher.comment = Some(comment.into());
        self
    }

    /// Assigns a variable when it catches.
    pub fn assign<T: Typed, X: Into<Expr<T>>>(
        mut self,
        variable: &Variable<T>,
        value: impl FnOnce(Expr<ErrorOutput>) -> X,
    ) -> Self {
        variable.add_to(&mut self.catcher.assign, &value(ErrorOutput::expression()).into());
        self
    }

    /// What the state gives when it catches; the error output where this is not said.
    pub fn output<T: Typed>(mut self, value: impl FnOnce(Expr<ErrorOutput>) -> Expr<T>) -> Self {
        self.catcher.output = Some(value(ErrorOutput::expression()).to_template());
        self
    }

    /// Where it leads.
    pub fn next(mut self, state: impl Into<StateName>) -> Catch<E> {
        self.catcher.next = Some(state.into());
        Catch { catcher: self.catcher, errors: PhantomData }
    }
}
