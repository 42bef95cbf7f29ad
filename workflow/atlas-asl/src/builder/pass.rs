//! `Pass`: no work, only data.

use std::marker::PhantomData;

use serde_json::Value;

use super::{
    Expr,
    kind::{Ends, Kind, Leads, State},
    scope::Variable,
    typed::Typed,
};
use crate::model::{self, StateKind, StateName, Transition};

/// A Pass state that does not yet lead anywhere; it gives an `O`.
#[derive(Debug, Clone)]
#[must_use = "a Pass that leads nowhere cannot be added to a machine"]
pub struct Pass<O: Typed = Value> {
    state: model::State,
    marker: PhantomData<fn() -> O>,
}

impl Pass {
    /// Gives its input.
    pub fn new() -> Self {
        let state = model::State::new(StateKind::Pass(model::Pass::default()));
        Self { state, marker: PhantomData }
    }
}

impl Default for Pass {
    fn default() -> Self {
        Self::new()
    }
}

impl<O: Typed> Pass<O> {
    /// Assigns a variable.
    pub fn assign<T: Typed>(mut self, variable: &Variable<T>, value: impl Into<Expr<T>>) -> Self {
        variable.add_to(&mut self.state.assign, &value.into());
        self
    }

    /// What it gives.
    pub fn output<P: Typed>(mut self, value: impl Into<Expr<P>>) -> Pass<P> {
        self.state.output = Some(value.into().to_template());
        Pass { state: self.state, marker: PhantomData }
    }

    /// `Next`.
    pub fn next<K: Kind>(self, state: impl Into<StateName>) -> State<K, Leads> {
        self.close(Transition::Next(state.into()))
    }

    /// `End`: the flow ends with the state's output.
    pub fn end<K: Kind>(self) -> State<K, Ends<O>> {
        self.close(Transition::End)
    }

    fn close<K: Kind, X>(mut self, transition: Transition) -> State<K, X> {
        if let StateKind::Pass(pass) = &mut self.state.kind {
            pass.transition = Some(transition);
        }
        State::new(self.state)
    }
}
