//! Something that an operator may want to know, and that stopped nobody.

use std::fmt::Display;

use definitions::contract::InteractionKey;

use super::{
    TraceId,
    context::Context,
    sink::{Line, emit},
};

/// A warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What happened: a text of ours.
    pub message: &'static str,
    /// Why, in words of our errors: nothing secret or personal.
    pub cause: String,
    /// For which interaction, where it was for one.
    pub key: Option<InteractionKey>,
    /// In which trace.
    pub trace: Option<TraceId>,
}

/// Writes a warning.
pub fn warn(message: &'static str, cause: impl Display) {
    let Context { key, trace, .. } = Context::here();
    let trace = trace.map(|trace| trace.id());
    emit(&Line::Warning(Warning { message, cause: cause.to_string(), key, trace }));
}
