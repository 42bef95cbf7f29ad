//! What can ring a phone when an execution is redriven: a state that runs again, or one behind it, that calls the
//! handler which dials, starts a machine, or asks Connect itself.
//!
//! Where the definition does not say what it calls, it may.

use std::collections::BTreeSet;

use atlas_view::view::Status;
use definitions::{call, lead_to_call};
use serde_json::{Map, Value};

use super::{Subject, arn};
use crate::label::clean;

/// Of the handler that dials, and of Connect's own call, in whatever case.
const DIALING: [&str; 2] = ["invokeoutboundcall", "startoutboundvoicecontact"];

/// The machines that lead to a call.
const STARTING: [&str; 2] = [call::NAME, lead_to_call::NAME];

/// Why a redrive may dial; nothing where it cannot.
pub(crate) fn what_may_dial(subject: &Subject) -> Option<String> {
    let view = subject.view();
    if arn::machine_name(&view.execution_arn) == call::NAME {
        return Some(format!("it is an execution of {}", call::NAME));
    }
    let Some(definition) = &subject.definition else {
        return Some("its definition is not known".to_owned());
    };
    let again = view.visits.iter().filter(|visit| {
        visit.parent.is_none() && !matches!(visit.status, Status::Succeeded | Status::Caught)
    });
    let mut again: Vec<&str> = again.map(|visit| visit.name.as_str()).collect();
    if again.is_empty() {
        again.extend(definition["StartAt"].as_str());
    }
    dials_ahead(definition, &again)
}

/// What dials among the states that are reached from these.
fn dials_ahead(definition: &Value, from: &[&str]) -> Option<String> {
    let states = definition["States"].as_object()?;
    let mut reached = BTreeSet::new();
    let mut next: Vec<&str> = from.to_vec();
    while let Some(name) = next.pop() {
        let Some(state) = states.get(name) else { continue };
        if !reached.insert(name) {
            continue;
        }
        if let Some(what) = dials(name, state) {
            return Some(what);
        }
        next.extend(leads_to(state));
    }
    None
}

/// The states that may follow one.
fn leads_to(state: &Value) -> impl Iterator<Item = &str> {
    let listed = ["Choices", "Catch"].into_iter().filter_map(|list| state[list].as_array());
    let of_lists = listed.flatten().filter_map(|one| one["Next"].as_str());
    let own = ["Next", "Default"].into_iter().filter_map(|name| state[name].as_str());
    own.chain(of_lists)
}

/// Whether a state dials, or one inside it.
fn dials(name: &str, state: &Value) -> Option<String> {
    let inside = inside(state).find_map(|(name, state)| dials(name, state));
    if inside.is_some() || state["Type"] != "Task" {
        return inside;
    }
    let resource = state["Resource"].as_str().unwrap_or_default();
    let arguments = [&state["Parameters"], &state["Arguments"]];
    let argument = |name: &str| arguments.iter().find_map(|them| them[name].as_str());
    let name = clean(name);
    let called = format!("{resource} {}", argument("FunctionName").unwrap_or_default());
    let called = called.to_lowercase();
    if DIALING.iter().any(|dialing| called.contains(dialing)) {
        return Some(format!("`{name}` dials, and it or a state before it runs again"));
    }
    let named = if resource.contains(":lambda:invoke") {
        argument("FunctionName")
    } else if resource.contains("startExecution") || resource.contains(":sfn:startSyncExecution") {
        argument("StateMachineArn")
    } else {
        return None;
    };
    let Some(named) = named.filter(|named| !named.trim_start().starts_with("{%")) else {
        return Some(format!("`{name}` calls what its data names, which may dial"));
    };
    // The machine of the leads starts that of the calls.
    if let Some(machine) = STARTING.iter().find(|machine| named.contains(**machine)) {
        return Some(format!("`{name}` starts {machine}, and it or a state before it runs again"));
    }
    let is_function = resource.contains(":lambda:invoke");
    (!is_function).then(|| {
        let machine = clean(arn::machine_name(named));
        format!("`{name}` starts {machine}, whose definition is not known, and which may dial")
    })
}

/// The states inside a Parallel or Map.
fn inside(state: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let branches = state["Branches"].as_array().into_iter().flatten();
    let bodies = [&state["ItemProcessor"], &state["Iterator"]];
    let flows = branches.chain(bodies).filter_map(|flow| flow["States"].as_object());
    flows.flat_map(Map::iter).map(|(name, state)| (name.as_str(), state))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(definition: &Value, from: &str, expected: Option<&str>) {
        let found = dials_ahead(definition, &[from]);
        match expected {
            Some(words) => {
                assert!(found.as_ref().is_some_and(|it| it.contains(words)), "{from}: {found:?}")
            }
            None => assert_eq!(found, None, "{from}"),
        }
    }

    #[test]
    fn what_dials_is_found_behind_and_inside_what_runs_again() {
        let task = |resource: &str, arguments: Value| {
            json!({
                "Type": "Task", "Resource": resource, "Parameters": arguments, "Next": "End"
            })
        };
        let invoke = "arn:aws:states:::lambda:invoke";
        let machine = json!({ "StartAt": "Before", "States": {
            "Before": { "Type": "Pass", "Next": "Which" },
            "Which": { "Type": "Choice", "Choices": [{ "Next": "Fan" }], "Default": "End" },
            "Fan": { "Type": "Parallel", "Next": "End", "Branches": [{ "StartAt": "Dial", "States": {
                "Dial": task("arn:aws:lambda:us-east-1:1:function:InvokeOutboundCallHandler", json!({}))
            } }] },
            "Update": task(invoke, json!({ "FunctionName": "UpdateLeadHandler" })),
            "Data": task(invoke, json!({ "FunctionName.$": "$.f" })),
            "Jsonata": task(invoke, json!({ "FunctionName": "{% $f %}" })),
            "Other": task("arn:aws:states:::states:startExecution", json!({ "StateMachineArn": "arn:aws:states:us-east-1:1:stateMachine:Other" })),
            "Leads": task(
                "arn:aws:states:::states:startExecution.sync:2",
                json!({ "StateMachineArn": format!("arn:aws:states:us-east-1:1:stateMachine:{}", lead_to_call::NAME) })
            ),
            "Connect": task("arn:aws:states:::aws-sdk:connect:startOutboundVoiceContact", json!({})),
            "Caught": { "Type": "Pass", "Catch": [{ "Next": "Connect" }], "Next": "End" },
            "End": { "Type": "Succeed" }
        } });
        check(&machine, "Before", Some("`Dial` dials"));
        check(&machine, "Update", None);
        check(&machine, "Data", Some("what its data names"));
        check(&machine, "Jsonata", Some("what its data names"));
        check(&machine, "Leads", Some("`Leads` starts AtlasEngineWorkflow"));
        check(&machine, "Other", Some("starts Other, whose definition is not known"));
        check(&machine, "Caught", Some("`Connect` dials"));
        check(&machine, "End", None);
    }

    #[test]
    fn a_lead_that_was_parked_dials_nobody_and_one_that_was_not_started_may() {
        let text = include_str!("../../../../definitions/AtlasEngineWorkflow.asl.json");
        let definition: Value = serde_json::from_str(text).unwrap();
        check(&definition, "ParkLead", None);
        check(&definition, "Prepare", Some("`StartCall`"));
    }
}
