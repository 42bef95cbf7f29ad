//! The mock cases, and the lead that each is meant for.

use crate::SAMPLE_LEAD;

/// The step mocks of the two machines, in the format of Step Functions Local.
pub const MOCKS: &str = include_str!("../MockConfigFile.json");

/// The mock cases, in the order in which we would explain them.
pub const CASES: [&str; 9] = [
    "HappyPath",
    "ModelOutage",
    "SalesforceDownThenUp",
    "LeadRejected",
    "CallRefused",
    "BusyThenAnswered",
    "NoCallback",
    "DuplicateStart",
    "OutcomeNotReportable",
];

/// The lead to run a case with where no other is given: calling again needs one who may be called
/// more than once.
pub fn sample_lead(case: &str) -> &'static str {
    match case {
        "BusyThenAnswered" => include_str!("../leads/redial.json"),
        _ => SAMPLE_LEAD,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use atlas_asl::model::{StateKind, Task};
    use serde_json::Value;

    use super::*;
    use crate::{
        contract::{
            CallOutcome, CreateLeadOutput, ERRORS, GenerateScenarioOutput, Intake, UpdateLeadOutput,
        },
        machines,
    };

    fn mocks() -> Value {
        serde_json::from_str(MOCKS).unwrap()
    }

    /// Every (machine, case, state, its Task, its response).
    fn each(mut visit: impl FnMut(&str, &str, &str, &Task, &Value)) {
        let mocks = mocks();
        for definition in machines() {
            let states = definition.machine.states();
            let cases = &mocks["StateMachines"][definition.name]["TestCases"];
            for (case, mocked) in cases.as_object().unwrap() {
                for (state, response) in mocked.as_object().unwrap() {
                    let found = states.iter().find(|located| located.name.as_str() == state);
                    let found = found.unwrap_or_else(|| panic!("{case}: no state `{state}`"));
                    let StateKind::Task(task) = &found.state.kind else {
                        panic!("{case}: `{state}` is no Task")
                    };
                    let response = response.as_str().unwrap();
                    let numbered = &mocks["MockedResponses"][response];
                    assert!(numbered.is_object(), "{case}: no response `{response}`");
                    visit(definition.name, case, state, task, numbered);
                }
            }
        }
    }

    #[test]
    fn every_case_is_mocked_and_every_response_is_used() {
        let mocks = mocks();
        let cases = |machine: &str| -> BTreeSet<String> {
            let cases = mocks["StateMachines"][machine]["TestCases"].as_object().unwrap();
            cases.keys().cloned().collect()
        };
        let all: BTreeSet<String> = CASES.map(str::to_owned).into();
        assert_eq!(cases(crate::lead_to_call::NAME), all);
        // These two never start a call.
        let started =
            all.iter().filter(|case| !["LeadRejected", "DuplicateStart"].contains(&&***case));
        assert_eq!(cases(crate::call::NAME), started.cloned().collect());

        let responses = mocks["MockedResponses"].as_object().unwrap();
        for response in responses.keys() {
            assert!(MOCKS.matches(&format!("\"{response}\"")).count() > 1, "{response} is unused");
        }
    }

    #[test]
    fn responses_are_numbered_from_zero_and_are_what_the_integration_would_return() {
        each(|_, case, state, task, numbered| {
            let mut next = 0;
            for (numbers, response) in numbered.as_object().unwrap() {
                let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
                assert_eq!(first.parse::<u32>().unwrap(), next, "{case}, {state}: {numbers}");
                next = last.parse::<u32>().unwrap() + 1;

                if let Some(thrown) = response.get("Throw") {
                    let error = thrown["Error"].as_str().unwrap();
                    let known = ERRORS.iter().any(|(handler, names)| {
                        task.arguments.as_ref().unwrap()["FunctionName"]
                            == format!("${{{handler}Arn}}")
                            && names.contains(&error)
                    });
                    assert!(
                        known
                            || error.starts_with("States.")
                            || error.starts_with("StepFunctions."),
                        "{case}: {state} cannot raise {error}"
                    );
                    continue;
                }
                let returned = &response["Return"];
                let payload = returned["Payload"].clone();
                let read = match state {
                    "CreateLead" => serde_json::from_value::<CreateLeadOutput>(payload).err(),
                    "GenerateScenario" => {
                        serde_json::from_value::<GenerateScenarioOutput>(payload).err()
                    }
                    "UpdateLead" => serde_json::from_value::<UpdateLeadOutput>(payload).err(),
                    "InvokeOutboundCall" => {
                        serde_json::from_value::<CallOutcome>(returned.clone()).err()
                    }
                    "ParkLead" | "ParkOutcome" => None,
                    _ => panic!("{state} returns something that is not checked"),
                };
                assert!(read.is_none(), "{case}, {state}: {read:?}");
            }
        });
    }

    #[test]
    fn the_sample_leads_are_well_formed() {
        for lead in [
            SAMPLE_LEAD,
            include_str!("../leads/redial.json"),
            include_str!("../leads/spanish.json"),
            include_str!("../leads/hostile.json"),
        ] {
            let document = serde_json::from_str(lead).unwrap();
            assert_eq!(Intake::parse(&document).map(|_| ()), Ok(()), "{lead}");
        }
    }
}
