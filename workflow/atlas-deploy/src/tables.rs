//! The tables: encrypted, restorable to any second of the last weeks, and kept when the stack goes.

use definitions::resources::{TABLES, Table};
use serde_json::{Value, json};

use crate::{
    arn::{logical, name},
    template::Resources,
};

pub(crate) fn add(resources: &mut Resources) {
    for table in &TABLES {
        resources.insert(logical(table.name), declared(table));
    }
}

fn declared(table: &Table) -> Value {
    // Keys and indexes are those that the sandbox creates.
    let mut properties = table.create_request(table.name);
    properties["TableName"] = name(table.name);
    properties["PointInTimeRecoverySpecification"] = json!({ "PointInTimeRecoveryEnabled": true });
    // Under the account's key for DynamoDB, whose use CloudTrail shows.
    properties["SSESpecification"] = json!({ "SSEEnabled": true });
    if let Some(mut expiry) = table.expiry_request(table.name) {
        properties["TimeToLiveSpecification"] = expiry["TimeToLiveSpecification"].take();
    }
    // Where the very first deployment fails nothing is kept, or its name would be taken at the next.
    json!({
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    })
}

#[cfg(test)]
mod tests {
    use crate::template::template;

    #[test]
    fn what_cannot_be_made_again_is_kept_once_it_has_been_there_and_never_by_a_deployment_that_failed()
     {
        let template = template("packages", None);
        let mut kept = 0;
        for (name, one) in template["Resources"].as_object().unwrap() {
            let kind = one["Type"].as_str().unwrap();
            if ["AWS::DynamoDB::Table", "AWS::SecretsManager::Secret"].contains(&kind) {
                assert_eq!(one["DeletionPolicy"], "RetainExceptOnCreate", "{name}");
                assert_eq!(one["UpdateReplacePolicy"], "Retain", "{name}");
                kept += 1;
            }
        }
        assert_eq!(kept, definitions::resources::TABLES.len() + 2);
    }
}
