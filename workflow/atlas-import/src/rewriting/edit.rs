//! One change, and how several are made.

use serde_json::{Value, json};

use super::{
    flow::{flow_mut, redirect},
    of_paths, of_variables,
    parallel::{How, Plan},
};

/// One change of a definition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Edit {
    /// States of a sequence go side by side.
    Parallel(Box<Plan>),
    /// A state without effect goes; what led to it leads to the one behind it.
    Remove {
        /// Pointer of the flow that it stands in.
        flow: String,
        /// Its name.
        state: String,
    },
    /// A result that nobody reads is dropped.
    DropResult {
        /// Pointer of the state.
        state: String,
    },
    /// Lambda tasks try again after what passes by itself.
    AddRetry {
        /// Pointers of the states.
        states: Vec<String>,
    },
}

/// Makes a change. Where it no longer fits, nothing changes.
pub(crate) fn apply(definition: &mut Value, edit: &Edit) {
    match edit {
        Edit::Parallel(plan) => match &plan.how {
            How::Paths(paths) => of_paths::apply(definition, plan, paths),
            How::Variables(variables) => of_variables::apply(definition, plan, variables),
        },
        Edit::Remove { flow, state } => {
            if let Some(flow) = flow_mut(definition, flow) {
                remove(flow, state);
            }
        }
        Edit::DropResult { state } => {
            if let Some(state) = definition.pointer_mut(state) {
                state["ResultPath"] = Value::Null;
            }
        }
        Edit::AddRetry { states } => {
            for state in states {
                if let Some(state) = definition.pointer_mut(state) {
                    retry(state);
                }
            }
        }
    }
}

/// Where it leads is read now: the state that stood behind it may have gone before.
fn remove(flow: &mut Value, state: &str) {
    let Some(Value::Object(states)) = flow.get_mut("States") else { return };
    let next = states.get(state).and_then(|it| it["Next"].as_str()).map(str::to_owned);
    // One that leads to itself stays, as there is nothing that could lead past it.
    let Some(next) = next.filter(|next| next != state) else { return };
    states.shift_remove(state);
    redirect(flow, state, &next);
}

/// AWS's advice: Step Functions Developer Guide, "Handle transient Lambda service exceptions".
const TRANSIENT: [&str; 4] = [
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
];

/// Adds what is missing to the retrier that has some of it, else a retrier before all others.
fn retry(state: &mut Value) {
    let mut retriers = match state.get("Retry") {
        Some(Value::Array(retriers)) => retriers.clone(),
        _ => Vec::new(),
    };
    let is_known = |retrier: &Value, name: &str| {
        let names = retrier["ErrorEquals"].as_array();
        names.is_some_and(|names| names.iter().any(|it| it == name))
            && retrier["MaxAttempts"] != json!(0)
    };
    let missing: Vec<&str> = TRANSIENT
        .into_iter()
        .filter(|name| !retriers.iter().any(|retrier| is_known(retrier, name)))
        .collect();
    let having = |retrier: &&mut Value| TRANSIENT.iter().any(|name| is_known(retrier, name));
    match retriers.iter_mut().find(having).and_then(|it| it["ErrorEquals"].as_array_mut()) {
        Some(names) => names.extend(missing.into_iter().map(Value::from)),
        None => retriers.insert(
            0,
            json!({
                "ErrorEquals": missing,
                "IntervalSeconds": 1,
                "MaxAttempts": 3,
                "BackoffRate": 2,
                "JitterStrategy": "FULL"
            }),
        ),
    }
    let Value::Object(fields) = state else { return };
    if let Some(known) = fields.get_mut("Retry") {
        *known = Value::Array(retriers);
        return;
    }
    // Where people look for it: before what catches, and before where it leads.
    let mut new = Some(Value::Array(retriers));
    for (name, value) in std::mem::take(fields) {
        if matches!(name.as_str(), "Catch" | "Next" | "End")
            && let Some(retry) = new.take()
        {
            fields.insert("Retry".to_owned(), retry);
        }
        fields.insert(name, value);
    }
    fields.extend(new.map(|retry| ("Retry".to_owned(), retry)));
}
