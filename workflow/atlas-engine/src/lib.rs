//! The host of the interpreter: it drives executions, keeps their time, and performs their tasks.

pub mod mocks;
