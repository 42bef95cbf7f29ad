//! The state machines of a CloudFormation or SAM template.

mod intrinsic;
mod placeholders;

mod resource;

mod restore;

pub use placeholders::{Placeholder, Placeholders};
pub use resource::{Found, Place, find};
pub(crate) use restore::{restored_object, restored_text};
