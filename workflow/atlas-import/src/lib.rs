//! A team's state machines, read where they stand, and what would make them faster, cheaper or safer.
//!
//! Text in, findings and rewritten text out: nothing here reads a file, a clock or a network. Whatever is
//! rewritten is run beside the original on the same mocks, and taken back where it comes out otherwise.

pub mod reading;

pub mod template;

pub mod source;

pub mod findings;

mod prices;

mod rewriting;

pub mod trial;

pub mod examine;

pub mod diff;

mod limits;

mod layout;

mod splice;

pub use examine::{Examination, Request, examine};
pub use layout::Layout;
pub use source::{Definition, Machine, Source, Text};
