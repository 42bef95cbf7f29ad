//! What the console's form needs that starts a lead.

use atlas_server::StartForm;
use definitions::{LEADS, contract::Intake, lead_to_call};

/// The form of the machine that takes leads. The machine that calls is started by that one.
pub(crate) fn start_forms() -> Vec<StartForm> {
    let samples = LEADS.map(|(name, lead)| {
        (name.to_owned(), serde_json::from_str(lead).expect("the sample leads are JSON"))
    });
    vec![StartForm {
        machine: lead_to_call::NAME.to_owned(),
        input_schema: Intake::json_schema(),
        samples: samples.to_vec(),
    }]
}
