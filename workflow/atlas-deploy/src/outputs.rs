//! What is needed of a stack from outside: for the bot, for the contact flow, for the command line.

use definitions::{
    call, lead_to_call,
    resources::{LEX_FULFILLMENT, QUEUES, TABLES},
};
use serde_json::{Map, Value, json};

use crate::{arn::logical, machines::lead_machine_alias, secrets};

pub(crate) fn outputs() -> Value {
    let reference = |name: &str| json!({ "Ref": name });
    let mut outputs = Map::new();
    let mut add = |name: String, description: String, value: Value| {
        outputs.insert(name, json!({ "Description": description, "Value": value }));
    };
    add("LeadMachine".into(), "What a lead is given to.".into(), lead_machine_alias());
    add(
        "LeadMachineArn".into(),
        "The machine that takes leads, for operators.".into(),
        reference(lead_to_call::NAME),
    );
    add(
        "CallMachineArn".into(),
        "The machine that calls, for operators.".into(),
        reference(call::NAME),
    );
    add(
        "BotFunction".into(),
        "What the bot's alias invokes.".into(),
        reference(&format!("{}.Alias", LEX_FULFILLMENT.name)),
    );
    add(
        "SalesforceSecretId".into(),
        "The secret that is still to be filled in.".into(),
        reference(secrets::SALESFORCE),
    );
    for table in TABLES {
        let name = logical(table.name);
        add(
            format!("{name}Table"),
            format!("What {} is set to.", table.variable),
            reference(&name),
        );
    }
    for queue in QUEUES {
        let name = logical(queue.name);
        add(
            format!("{name}Queue"),
            format!("What {} is set to.", queue.variable),
            reference(&name),
        );
    }
    Value::Object(outputs)
}
