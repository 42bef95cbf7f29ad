//! JSONata as Step Functions speaks it.
//!
//! An [`Expression`] is parsed once, when a definition is read, and evaluated many times, each time by
//! a [`Session`] over the scope of one state. AWS evaluates without an input document, speaks version
//! 2.0.6 of the language, leaves out `$eval` and adds six functions of its own.

mod expression;
mod failure;
mod session;
mod template;

mod bounds;
mod convert;
mod direct;
mod functions;
mod guards;
mod reads;
mod rewrite;
mod unique_keys;
mod wording;

#[cfg(test)]
mod official_suite;
#[cfg(test)]
mod same_result;
#[cfg(test)]
mod testing;

pub use expression::{Expression, InvalidExpression, delimited};
pub use failure::{EvaluationFailure, FieldFailure, QUERY_EVALUATION_ERROR, describe};
pub use reads::{ContextParts, StatesParts};
pub use session::{Evaluated, Session};
pub use template::{JsonataTemplate, TemplateFailure};

pub(crate) use reads::FUNCTIONS;
