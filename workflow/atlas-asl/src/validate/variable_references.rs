//! Which variables each state reads, as `DescribeStateMachine` tells it.

use std::collections::{BTreeMap, BTreeSet};

use super::{NoContract, context::Context};
use crate::model::{ExecutionType, StateMachine};

/// The variables that each state reads, by the state's name, nested states as well. States that read
/// none are not named.
pub fn variable_references(machine: &StateMachine) -> BTreeMap<String, BTreeSet<String>> {
    // The kind decides what is wrong with a machine, not what it reads.
    let cx = Context::new(machine, ExecutionType::Standard, &NoContract);
    let mut references: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for step in &cx.steps {
        for (_, name) in &step.variables {
            references.entry(step.name.to_string()).or_default().insert(name.clone());
        }
    }
    references
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse;

    /// Recorded from AWS (test_sfn_api_variable_references, BASE_REFERENCE_IN_CHOICE).
    #[test]
    fn every_state_that_reads_variables_is_named_with_them_in_order() {
        let text = r#"{"StartAt": "Setup", "States": {
            "Setup": {"Type": "Pass", "Assign": {"guess": 1, "answer": 2}, "Next": "Check"},
            "Check": {"Type": "Choice", "Default": "Wrong", "Choices": [
                {"Variable": "$guess", "StringEqualsPath": "$answer", "Next": "Right"}]},
            "Right": {"Type": "Pass", "End": true},
            "Wrong": {"Type": "Pass", "Assign": {"guess.$": "$answer"}, "Next": "Check"}}}"#;
        let machine = parse(text).machine.unwrap();
        let told: Vec<String> = variable_references(&machine)
            .into_iter()
            .map(|(state, names)| {
                format!("{state}: {}", names.into_iter().collect::<Vec<_>>().join(" "))
            })
            .collect();
        assert_eq!(told, ["Check: answer guess", "Wrong: answer"]);
    }
}
