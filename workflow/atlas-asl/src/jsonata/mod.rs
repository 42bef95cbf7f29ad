//! JSONata as Step Functions speaks it.
//!
//! An [`Expression`] is parsed once, when a definition is read, and evaluated many times.

mod expression;
mod reads;

pub use expression::{Expression, InvalidExpression, delimited};
pub use reads::StatesParts;
