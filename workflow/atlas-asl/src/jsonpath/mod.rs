//! JSONPath as Step Functions speaks it: the Jayway dialect, three roots, and AWS's reasons for failing.
//!
//! Not RFC 9535: AWS tells definite paths (one value or a failure) from indefinite ones (always an
//! array), takes names with dashes, and merges `['a','b']` into one object. `differences` lists it all.

mod evaluate;
mod failure;
mod filter;
mod function;
mod parse;
mod parse_filter;
mod path;
mod place;

pub use failure::{InvalidPath, PathFailure, PathFailureKind};
pub(crate) use filter::compare_numbers;
pub use path::{Path, Root};
pub use place::ResultPathFailure;

#[cfg(test)]
mod differences;
