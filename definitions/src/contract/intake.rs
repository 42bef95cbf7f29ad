//! What comes in: a lead, its consent, and how it may be called.

use atlas_asl::builder::shape;

use super::{EmailAddress, InteractionKey, PhoneNumber};

shape! {
    /// The input of `AtlasEngineWorkflow`. Fields that are not named here are kept.
    pub struct Intake, IntakeArguments {
        /// The idempotency key.
        pub interaction_key: InteractionKey,
        /// Where the lead comes from: `lex`, `cli`.
        pub source: String,
        /// Who asked.
        pub lead: Lead,
        /// What they agreed to.
        pub consent: Consent,
        /// How they may be called.
        pub call: CallPreferences;
        /// The rest.
        ..other
    }
}

shape! {
    /// Who asked for a demo.
    pub struct Lead, LeadArguments {
        /// The given name.
        pub first_name: String,
        /// The family name.
        pub last_name: String,
        /// The e-mail address.
        pub email: EmailAddress,
        /// The number to call.
        pub phone: PhoneNumber,
        /// Where they work.
        pub company: String,
        /// What they want to hear about.
        pub topic: String,
        /// Free text, hostile until proven otherwise; may be empty.
        pub notes: String;
        /// The rest.
        ..other
    }
}

shape! {
    /// What the person agreed to, and when.
    pub struct Consent, ConsentArguments {
        /// Whether they may be called.
        pub may_call: bool,
        /// When they said so, RFC 3339.
        pub captured_at: String;
        /// The rest.
        ..other
    }
}

shape! {
    /// How the person may be called.
    pub struct CallPreferences, CallPreferencesArguments {
        /// The language to speak, `en-US`.
        pub locale: String,
        /// Where they are: an IANA name, `America/Los_Angeles`.
        pub time_zone: String,
        /// How often they may be called before we give up.
        pub max_attempts: u32;
        /// The rest.
        ..other
    }
}
