//! The intrinsic functions, `States.*`: calls in the fields of a state in the JSONPath query language.

mod arguments;
mod arrays;
mod call;
mod encoding;
mod failure;
mod json;
mod math;
mod parse;
mod strings;

pub use call::Intrinsic;
pub use failure::{IntrinsicFailure, IntrinsicFailureKind, InvalidIntrinsic};
