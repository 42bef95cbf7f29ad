//! `Succeed` and `Fail`: the execution, or the branch, is over.

use serde_json::Value;

use super::{
    Expr,
    kind::{Ends, Kind, Leads, State},
    typed::Typed,
};
use crate::model::{self, StateKind, Text};

/// `Succeed`.
#[derive(Debug, Clone, Copy)]
pub struct Succeed;

impl Succeed {
    /// Ends with the state's input, whatever it is.
    pub fn passing<K: Kind>() -> State<K, Ends<Value>> {
        State::new(model::State::new(StateKind::Succeed(model::Succeed)))
    }

    /// Ends with this output.
    pub fn output<K: Kind, O: Typed>(value: impl Into<Expr<O>>) -> State<K, Ends<O>> {
        let mut state = model::State::new(StateKind::Succeed(model::Succeed));
        state.output = Some(value.into().to_template());
        State::new(state)
    }
}

/// `Fail`.
#[derive(Debug, Clone, Copy)]
pub struct Fail;

impl Fail {
    /// Fails under this error name, for this cause.
    pub fn with<K: Kind>(
        error: impl Into<Expr<String>>,
        cause: impl Into<Expr<String>>,
    ) -> State<K, Leads> {
        let fail = model::Fail {
            error: Some(Text::Literal(template_text(&error.into()))),
            cause: Some(Text::Literal(template_text(&cause.into()))),
        };
        State::new(model::State::new(StateKind::Fail(fail)))
    }
}

fn template_text(expression: &Expr<String>) -> String {
    match expression.to_template() {
        Value::String(text) => text,
        _ => format!("{{% {} %}}", expression.to_jsonata()),
    }
}
