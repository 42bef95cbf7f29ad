//! What the two machines take and give.

use atlas_asl::builder::{Child, shape};

use super::{
    CallOutcome, CallPreferences, Callee, Consent, InteractionKey, Origin, Outcome, PhoneNumber,
    Scenario,
};

/// `AtlasEngineCallWorkflow`, as the machine that starts it knows it.
#[derive(Debug, Clone, Copy)]
pub struct CallWorkflow;

impl Child for CallWorkflow {
    const MACHINE: &'static str = "AtlasEngineCallWorkflow";
    type Input = CallRequest;
    type Output = CallReport;
}

shape! {
    /// What the call machine takes. Nothing in it changes from run to run, so that a second start
    /// is recognised as the same.
    pub struct CallRequest, CallRequestArguments {
        /// The idempotency key.
        pub interaction_key: InteractionKey,
        /// The lead in Salesforce.
        pub lead_id: String,
        /// What the call is about.
        pub scenario: Scenario,
        /// Whom to call.
        pub lead: Callee,
        /// How they may be called.
        pub call: CallPreferences,
        /// What they agreed to.
        pub consent: Consent,
        /// The number to call from.
        pub caller_id: String,
        /// The number of the first attempt.
        pub attempt: u32,
    }
}

shape! {
    /// What the call machine gives.
    pub struct CallReport, CallReportArguments {
        /// The idempotency key.
        pub interaction_key: InteractionKey,
        /// The lead in Salesforce.
        pub lead_id: String,
        /// How the last call ended.
        pub outcome: Outcome,
        /// How often it was tried.
        pub attempts: u32,
        /// The status of the lead.
        pub status: String,
    }
}

shape! {
    /// What `PrepareCallContext` makes of the intake.
    pub struct CallContext, CallContextArguments {
        /// The number to call.
        pub destination: PhoneNumber,
        /// The number to call from.
        pub caller_id: String,
        /// The language to speak.
        pub locale: String,
        /// The number of the first attempt.
        pub attempt: u32,
    }
}

shape! {
    /// What the lead machine gives.
    pub struct LeadReport, LeadReportArguments {
        /// The idempotency key.
        pub interaction_key: InteractionKey,
        /// The lead in Salesforce.
        pub lead_id: String,
        /// What is known of the scenario.
        pub scenario: ScenarioOrigin,
        /// The execution that calls.
        pub call_execution_arn: String,
    }
}

shape! {
    /// Where the scenario came from.
    pub struct ScenarioOrigin, ScenarioOriginArguments {
        /// The model, the cache or the template.
        pub origin: Origin,
    }
}

impl CallOutcome {
    /// The outcomes after which another attempt may follow.
    pub const REDIALLED: [Outcome; 2] = [Outcome::Busy, Outcome::NoAnswer];
}
