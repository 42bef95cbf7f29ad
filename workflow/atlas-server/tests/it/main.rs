//! The API over a real connection, in one binary.

mod client;
mod conformance;
mod gaps;
mod protocol;
mod recorded_lambdas;
mod replay;
