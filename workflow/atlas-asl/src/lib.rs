//! The Amazon States Language: what a state machine is, how it is written and what is wrong with it.
//!
//! Nothing here runs a machine: no async, no clock, no I/O. Randomness and time are arguments.

pub mod model;

pub mod diagnostic;
pub mod places;

pub mod resource;

pub mod parse;
pub mod render;
pub mod scope;
pub mod suggest;

pub mod jsonata;

pub mod choice_rule;
pub mod intrinsics;
pub mod jsonpath;
pub mod payload_template;
pub mod timestamp_text;

mod text_pattern;

#[cfg(test)]
mod shared_cases;
