//! `Wait`: time goes by.

use std::marker::PhantomData;

use serde_json::Value;

use super::{
    Expr,
    kind::{Ends, Kind, Leads, State},
    node::Node,
    scope::Variable,
    typed::Typed,
};
use crate::model::{self, Count, StateKind, StateName, Transition, WaitUntil};

/// A Wait state that does not yet lead anywhere; it gives an `O`.
#[derive(Debug, Clone)]
#[must_use = "a Wait that leads nowhere cannot be added to a machine"]
pub struct Wait<O: Typed = Value> {
    until: WaitUntil,
    assign: Option<Value>,
    output: Option<Value>,
    marker: PhantomData<fn() -> O>,
}

impl Wait {
    /// Waits this long.
    pub fn seconds(seconds: impl Into<Expr<u64>>) -> Self {
        let seconds = seconds.into();
        let literal = match seconds.node() {
            Node::Literal(literal) => literal.as_u64().map(Count::Literal),
            Node::Code(..) | Node::Object(_) | Node::Array(_) => None,
        };
        let expression = || Count::Jsonata(format!("{{% {} %}}", seconds.to_jsonata()));
        Self::new(WaitUntil::Seconds(literal.unwrap_or_else(expression)))
    }

    /// Waits until this time, RFC 3339.
    pub fn until(timestamp: impl Into<Expr<String>>) -> Self {
        let timestamp = timestamp.into();
        Self::new(WaitUntil::Timestamp(match timestamp.to_template() {
            Value::String(text) => text,
            _ => format!("{{% {} %}}", timestamp.to_jsonata()),
        }))
    }

    fn new(until: WaitUntil) -> Self {
        Self { until, assign: None, output: None, marker: PhantomData }
    }
}

impl<O: Typed> Wait<O> {
    /// Assigns a variable once the time is over.
    pub fn assign<T: Typed>(mut self, variable: &Variable<T>, value: impl Into<Expr<T>>) -> Self {
        variable.add_to(&mut self.assign, &value.into());
        self
    }

    /// What it gives; its input where this is not said.
    pub fn output<P: Typed>(self, value: impl Into<Expr<P>>) -> Wait<P> {
        let output = Some(value.into().to_template());
        Wait { until: self.until, assign: self.assign, output, marker: PhantomData }
    }

    /// `Next`.
    pub fn next<K: Kind>(self, state: impl Into<StateName>) -> State<K, Leads> {
        self.close(Transition::Next(state.into()))
    }

    /// `End`: the flow ends with the state's output.
    pub fn end<K: Kind>(self) -> State<K, Ends<O>> {
        self.close(Transition::End)
    }

    fn close<K: Kind, X>(self, transition: Transition) -> State<K, X> {
        let wait = model::Wait { until: Some(self.until), transition: Some(transition) };
        let mut state = model::State::new(StateKind::Wait(wait));
        state.assign = self.assign;
        state.output = self.output;
        State::new(state)
    }
}
