//! What a handler is deployed with: variables by name, each of them in one list.
//!
//! Handlers never ask the process: one process can hold all eight, against several sandboxes.

mod invalid;
mod values;
pub mod variables;

pub use self::{
    invalid::{Fault, InvalidVariable},
    values::Environment,
    variables::{Absent, Variable},
};
