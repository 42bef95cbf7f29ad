//! What two machines cost beside one STANDARD machine that does the same steps.

use serde::Serialize;

use crate::Decimal;

/// Dollars in a month, for Step Functions alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// An EXPRESS machine and the STANDARD machine that it starts.
    pub split: Decimal,
    /// One STANDARD machine.
    pub one_standard: Decimal,
    /// Its transitions of a lead: those that there are, and the steps of the EXPRESS machine.
    pub transitions_of_one: Decimal,
    /// Those that there are.
    pub transitions: Decimal,
    /// What the two save.
    pub saved: Decimal,
}
