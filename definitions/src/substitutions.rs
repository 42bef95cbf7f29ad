//! What a deployment puts in for each `${…}` of the rendered files.

/// One `${name}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Substitution {
    /// The name between `${` and `}`.
    pub name: &'static str,
    /// What stands there when the machines run on one machine, with no account.
    pub local: &'static str,
}

macro_rules! substitutions {
    ($($name:literal = $local:literal),+ $(,)?) => {
        /// Every substitution, with what it is when the machines run locally.
        pub const SUBSTITUTIONS: &[Substitution] =
            &[$(Substitution { name: $name, local: $local }),+];
    };
}

substitutions! {
    "CreateLeadHandlerArn" =
        "arn:aws:lambda:us-east-1:000000000000:function:CreateLeadHandler",
    "GenerateDynamicScenarioHandlerArn" =
        "arn:aws:lambda:us-east-1:000000000000:function:GenerateDynamicScenarioHandler",
    "InvokeOutboundCallHandlerArn" =
        "arn:aws:lambda:us-east-1:000000000000:function:InvokeOutboundCallHandler",
    "UpdateLeadHandlerArn" =
        "arn:aws:lambda:us-east-1:000000000000:function:UpdateLeadHandler",
    "AtlasEngineCallWorkflowArn" =
        "arn:aws:states:us-east-1:000000000000:stateMachine:AtlasEngineCallWorkflow",
    "CallsTableName" = "AtlasEngine-Calls",
    "CallerId" = "+14155550100",
    "ParkedRecordDays" = "365",
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::SUBSTITUTIONS;

    #[test]
    fn every_placeholder_of_the_rendered_files_is_listed_and_used() {
        let listed: BTreeSet<&str> = SUBSTITUTIONS.iter().map(|one| one.name).collect();
        let rendered = crate::rendered();
        let used: BTreeSet<&str> = rendered
            .iter()
            .flat_map(|(_, text)| text.split("${").skip(1))
            .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
            .collect();
        assert_eq!(listed, used);
    }
}
