//! `NotifySales`: the sales team hears how the call went.

use atlas_asl::builder::{Step, raises, shape};
use definitions::contract::{InteractionKey, Outcome, error_names};

/// Tells the sales team.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotifySales;

impl Step for NotifySales {
    const HANDLER: &'static str = "NotifySalesHandler";
    type Input = NotifySalesInput;
    type Output = NotifySalesOutput;
    type Error = NotifySalesError;
}

shape! {
    /// What it takes.
    pub(crate) struct NotifySalesInput, NotifySalesArguments {
        /// What makes a second delivery the same one.
        pub interaction_key: InteractionKey,
        /// The lead in Salesforce.
        pub lead_id: String,
        /// How the call went.
        pub outcome: Outcome,
    }
}

shape! {
    /// What it gives.
    pub(crate) struct NotifySalesOutput, NotifySalesOutputArguments {
        /// Whether the team had not heard of it before.
        pub is_news: bool,
    }
}

raises! {
    /// What it can raise.
    pub(crate) enum NotifySalesError {
        /// The payload broke the contract.
        InputInvalid = error_names::INPUT_INVALID,
        /// The team's channel did not answer.
        Unavailable = "Sales.Unavailable",
    }
}
