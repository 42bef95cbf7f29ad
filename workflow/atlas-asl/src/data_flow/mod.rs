//! Which states need what which states gave: the way of data through paths, expressions and variables.
//!
//! It tells which states of a sequence could go side by side. Where it cannot follow the data (an expression
//! that takes all of its input, a path with a filter) it takes all that might be read for read, so what it calls
//! independent is. What states do outside (a record that one writes and another reads) is not data: such orders
//! are told as what remains to be judged.

mod provenance;

mod reading;

mod after;

mod sequence;

pub use sequence::{DataFlow, Independent, Sequence, Step};
