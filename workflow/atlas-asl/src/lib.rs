//! The Amazon States Language: what a state machine is, how it is written and what is wrong with it.
//!
//! Nothing here runs a machine: no async, no clock, no I/O. Randomness and time are arguments.

pub mod model;
pub mod resource;

pub mod aws_services;
pub mod endpoint_task;

pub mod diagnostic;
pub mod parse;
pub mod places;
pub mod render;
pub mod suggest;
pub mod validate;

pub mod builder;

pub mod data_flow;

pub mod choice_rule;
pub mod intrinsics;
pub mod jsonata;
pub mod jsonpath;
pub mod payload_template;
pub mod scope;
pub mod text_pattern;
pub mod timestamp_text;

mod excerpt;
mod text_length;

#[cfg(test)]
mod shared_cases;
