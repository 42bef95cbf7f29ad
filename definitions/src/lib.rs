//! The lead-to-call machines and the contract of their steps.
//!
//! The machines are Rust; the `.asl.json` files beside this crate are rendered from them, are what is
//! deployed, and are reviewed in diffs. No async and no clients here.

pub mod contract;

pub mod call;
pub mod lead_to_call;

pub mod resources;

mod park;
mod template_scenario;

mod cases;
mod rendered;
mod substitutions;

use atlas_asl::model::{ExecutionType, StateMachine};

pub use cases::{CASES, MOCKS, sample_lead};
pub use rendered::{LocalDefinition, local_machines, rendered};
pub use substitutions::{SUBSTITUTIONS, Substitution};

/// A machine as it is deployed: its name, its kind, its definition.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The name, as deployed.
    pub name: &'static str,
    /// EXPRESS or STANDARD.
    pub execution_type: ExecutionType,
    /// The definition.
    pub machine: StateMachine,
}

/// A lead to try things with.
pub const SAMPLE_LEAD: &str = include_str!("../leads/ada.json");

/// All sample leads, by name.
pub const LEADS: [(&str, &str); 4] = [
    ("ada", SAMPLE_LEAD),
    ("redial", include_str!("../leads/redial.json")),
    ("spanish", include_str!("../leads/spanish.json")),
    ("hostile", include_str!("../leads/hostile.json")),
];

/// The two machines: first the one that a lead starts, then the one that it starts.
pub fn machines() -> [Definition; 2] {
    let (lead_to_call, call) = (lead_to_call::machine(), call::machine());
    [
        Definition {
            name: lead_to_call::NAME,
            execution_type: lead_to_call.execution_type(),
            machine: lead_to_call.build(),
        },
        Definition {
            name: call::NAME,
            execution_type: call.execution_type(),
            machine: call.build(),
        },
    ]
}
