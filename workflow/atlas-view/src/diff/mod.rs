//! What differs: between documents, between two executions, between two definitions.

mod values;

mod executions;

mod definitions;

pub use definitions::{DefinitionDiff, StateDiff, definitions};
pub use executions::{ExecutionDiff, Side, VisitDiff, VisitSide, executions};
pub use values::{ValueChange, values};

use serde::Serialize;

/// How something of one side stands to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    /// It is the same on both.
    Same,
    /// It differs.
    Changed,
    /// The first side alone has it.
    Removed,
    /// The second side alone has it.
    Added,
}
