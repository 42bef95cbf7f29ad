//! What the roles of a template allow, held to calls that were recorded: whatever was called has to be allowed, and
//! whatever is allowed has to be called.
//!
//! It reads the template as it is rendered, not the declarations that it was made of.

mod comparison;
mod grants;
mod intrinsics;

pub use self::{
    comparison::{Access, Finding, compare},
    grants::{Grant, UnreadableTemplate, grants},
    intrinsics::Stack,
};
