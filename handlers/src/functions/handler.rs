//! The eight handlers by name.

use std::{fmt, str::FromStr};

/// A handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Handler {
    /// Puts the lead into Salesforce.
    CreateLead,
    /// Says what the call is about.
    GenerateDynamicScenario,
    /// Places one attempt.
    InvokeOutboundCall,
    /// Tells the lead how its call went.
    UpdateLead,
    /// Takes contact events.
    CallEnded,
    /// Looks at calls whose end nobody told.
    CallSweeper,
    /// Answers the bot.
    LexFulfillment,
    /// Writes the bot's answer for the next turn.
    ResponseWriter,
}

impl Handler {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::CreateLead,
        Self::GenerateDynamicScenario,
        Self::InvokeOutboundCall,
        Self::UpdateLead,
        Self::CallEnded,
        Self::CallSweeper,
        Self::LexFulfillment,
        Self::ResponseWriter,
    ];

    /// The name of its function, and of its binary.
    pub fn name(self) -> &'static str {
        match self {
            Self::CreateLead => "CreateLeadHandler",
            Self::GenerateDynamicScenario => "GenerateDynamicScenarioHandler",
            Self::InvokeOutboundCall => "InvokeOutboundCallHandler",
            Self::UpdateLead => "UpdateLeadHandler",
            Self::CallEnded => "CallEndedHandler",
            Self::CallSweeper => "CallSweeperHandler",
            Self::LexFulfillment => "LexFulfillmentHandler",
            Self::ResponseWriter => "ResponseWriterHandler",
        }
    }
}

impl fmt::Display for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No handler has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no handler; expected a name like `CreateLeadHandler`")]
pub struct UnknownHandler(pub String);

impl FromStr for Handler {
    type Err = UnknownHandler;

    fn from_str(name: &str) -> Result<Self, UnknownHandler> {
        let found = Self::ALL.into_iter().find(|handler| handler.name() == name);
        found.ok_or_else(|| UnknownHandler(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_handler_has_a_binary_of_its_name_and_is_found_by_it() {
        for handler in Handler::ALL {
            assert_eq!(handler.name().parse(), Ok(handler));
            let binary = format!("{}/src/bin/{handler}.rs", env!("CARGO_MANIFEST_DIR"));
            assert!(std::path::Path::new(&binary).exists(), "{binary}");
        }
        assert!("CreateLead".parse::<Handler>().is_err());
    }

    #[test]
    fn every_step_of_the_contract_has_its_handler() {
        for (name, _) in definitions::contract::ERRORS {
            assert!(name.parse::<Handler>().is_ok(), "{name}");
        }
    }
}
