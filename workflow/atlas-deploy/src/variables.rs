//! What stands in the variables of the functions.

use definitions::resources::{Function, QUEUES, TABLES};
use serde_json::{Map, Value, json};

use crate::{arn::logical, machines::lead_machine_alias, secrets};

/// The variables of a function, each with where its value comes from.
pub(crate) fn of(function: &Function) -> Value {
    let values = function.variables().map(|name| (name.to_owned(), value(name)));
    Value::Object(values.collect::<Map<_, _>>())
}

fn value(variable: &str) -> Value {
    let parameter = |name: &str| json!({ "Ref": name });
    if let Some(table) = TABLES.iter().find(|table| table.variable == variable) {
        return parameter(&logical(table.name));
    }
    if let Some(queue) = QUEUES.iter().find(|queue| queue.variable == variable) {
        // What a queue is referred to by is its URL.
        return parameter(&logical(queue.name));
    }
    match variable {
        "SALESFORCE_SECRET_ID" => parameter(secrets::SALESFORCE),
        "PHONE_HASH_KEY" => secrets::phone_hash_key(),
        "ATLAS_ENGINE_WORKFLOW_ARN" => lead_machine_alias(),
        other => parameter(&of_same_name(other)),
    }
}

/// `CALLING_FROM` is the parameter `CallingFrom`.
fn of_same_name(variable: &str) -> String {
    let capitalised = |word: &str| {
        let (first, rest) = word.split_at(word.len().min(1));
        format!("{first}{}", rest.to_ascii_lowercase())
    };
    variable.split('_').map(capitalised).collect()
}

#[cfg(test)]
mod tests {
    use definitions::resources::FUNCTIONS;

    use super::*;
    use crate::template::template;

    #[test]
    fn every_variable_is_something_that_the_template_has() {
        let template = template("packages", None);
        let generated = ["AtlasEngineWorkflowAliaslive"];
        for function in FUNCTIONS {
            for name in function.variables() {
                let value = value(name);
                let Some(named) = value.get("Ref").and_then(Value::as_str) else { continue };
                let known = ["Parameters", "Resources"]
                    .iter()
                    .any(|section| template[section].get(named).is_some());
                assert!(
                    known || generated.contains(&named),
                    "{}: {name} is {named}",
                    function.name
                );
            }
        }
    }
}
