//! What an operator does in the console, done in a real browser over a whole deployment: engine, handlers
//! and the services outside. Pictures of it are kept below `target/tmp/console`.
//!
//! The modules are marked as tests so that the lints take their helpers for what they are.

#[cfg(test)]
mod site;

#[cfg(test)]
mod interruption;

#[cfg(test)]
mod machines;

#[cfg(test)]
mod finding;

#[cfg(test)]
mod watching;

#[cfg(test)]
mod acting;

#[cfg(test)]
mod starting;

#[cfg(test)]
mod hostile;

#[cfg(test)]
mod keyboard;

#[cfg(test)]
mod signing_in;

#[cfg(test)]
mod accessibility;

#[cfg(test)]
mod long_lists;
