//! Other people's data, and secrets, made unreadable: in texts and in documents.
//!
//! What is shown of an execution to somebody who has not asked for its data goes through here. A document is
//! judged by the names of its fields, those of the contract and of the services that it calls; any text by
//! what it looks like.

mod text;

mod fields;

mod quoted;

mod documents;

pub use documents::{masked, masked_definition, masked_text};
pub use text::hidden;
