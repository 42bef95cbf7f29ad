//! `tables`: each is there with its keys, indexes, expiry and backups, as the definitions have it.

use definitions::resources::{Attribute, TABLES, Table};
use handlers::environment::{Variable, variables};
use serde_json::{Value, json};

use crate::{
    aws::{Api, AwsError, DYNAMODB},
    examination::Cx,
    finding::Kind,
    notes::Notes,
};

pub(crate) const VARIABLES: [&Variable; 1] = [&variables::AWS_ENDPOINT_URL_DYNAMODB];

pub(crate) static ABSENT: Kind = Kind::error(
    "tables.absent",
    "there is no table of this name, in this account and Region",
    "deploy the template, or correct the variable",
);
pub(crate) static NOT_ACTIVE: Kind = Kind::warning(
    "tables.not-active",
    "the table or one of its indexes is still being made",
    "wait until it is active",
);
pub(crate) static OTHER_KEYS: Kind = Kind::error(
    "tables.other-keys",
    "the table has other keys than the handlers write",
    "make it anew, by the template; keys cannot be changed",
);
pub(crate) static INDEX_MISSING: Kind = Kind::error(
    "tables.index-missing",
    "an index is missing, or has other keys, by which a handler finds records",
    "add it, by the template",
);
pub(crate) static NO_EXPIRY: Kind = Kind::error(
    "tables.no-expiry",
    "records do not expire, so personal data stays for ever",
    "switch time to live on, by this attribute",
);
pub(crate) static NO_RECOVERY: Kind = Kind::warning(
    "tables.no-recovery",
    "the table cannot be restored to an earlier moment",
    "switch point-in-time recovery on",
);

pub(crate) async fn look(cx: &Cx, notes: &mut Notes, api: &Api) -> Option<()> {
    for table in &TABLES {
        let variable = variables::ALL.iter().find(|variable| variable.name == table.variable);
        let name = variable.and_then(|variable| cx.deployment.text(variable));
        look_at(notes, api, table, name.as_deref().unwrap_or(table.name).trim()).await?;
    }
    Some(())
}

/// Looks at one table; nothing where it cannot be told what it is.
async fn look_at(notes: &mut Notes, api: &Api, table: &Table, name: &str) -> Option<()> {
    let asked = json!({ "TableName": name });
    let (described, expiry, backups) = tokio::join!(
        api.call(&DYNAMODB, "DescribeTable", &asked),
        api.call(&DYNAMODB, "DescribeTimeToLive", &asked),
        api.call(&DYNAMODB, "DescribeContinuousBackups", &asked),
    );
    let described = match described {
        Ok(described) => described["Table"].clone(),
        Err(error) if error.code() == "ResourceNotFoundException" => {
            notes.find(&ABSENT, format!("`{name}` of `{}`", table.variable));
            // Another table may be there.
            return Some(());
        }
        Err(error) => {
            notes.not_told("dynamodb:DescribeTable", &error);
            return None;
        }
    };
    let is_active = |one: &Value, field: &str| one[field].as_str().is_none_or(|it| it == "ACTIVE");
    if !is_active(&described, "TableStatus") {
        notes.find(&NOT_ACTIVE, format!("`{name}`"));
    }
    if !has_keys(&described, &described, table.partition_key, table.sort_key) {
        let expected = keys(table.partition_key, table.sort_key);
        notes.find(&OTHER_KEYS, format!("`{name}`; expected {expected}"));
    }
    for index in table.indexes {
        let indexes = described["GlobalSecondaryIndexes"].as_array().into_iter().flatten();
        let found = indexes.clone().find(|one| one["IndexName"] == index.name);
        let is_right =
            |one: &&Value| has_keys(&described, one, index.partition_key, index.sort_key);
        match found.filter(is_right) {
            None => {
                let expected = keys(index.partition_key, index.sort_key);
                notes.find(&INDEX_MISSING, format!("`{}` of `{name}`, by {expected}", index.name));
            }
            Some(found) if !is_active(found, "IndexStatus") => {
                notes.find(&NOT_ACTIVE, format!("`{}` of `{name}`", index.name));
            }
            Some(_) => {}
        }
    }
    look_at_expiry(notes, expiry, table, name);
    look_at_recovery(notes, backups, name);
    Some(())
}

fn look_at_expiry(notes: &mut Notes, expiry: Result<Value, AwsError>, table: &Table, name: &str) {
    let Some(attribute) = table.expires_by else { return };
    match expiry {
        Ok(expiry) => {
            let expiry = &expiry["TimeToLiveDescription"];
            let status = expiry["TimeToLiveStatus"].as_str().unwrap_or_default();
            let is_on = ["ENABLED", "ENABLING"].contains(&status);
            if !is_on {
                notes.find(&NO_EXPIRY, format!("`{name}`, by `{attribute}`"));
            } else if expiry["AttributeName"] != attribute {
                let other = expiry["AttributeName"].as_str().unwrap_or_default();
                notes
                    .find(&NO_EXPIRY, format!("`{name}`, by `{attribute}`; it is on by `{other}`"));
            }
        }
        Err(error) => notes.not_told("dynamodb:DescribeTimeToLive", &error),
    }
}

fn look_at_recovery(notes: &mut Notes, backups: Result<Value, AwsError>, name: &str) {
    match backups {
        Ok(backups) => {
            let backups = &backups["ContinuousBackupsDescription"];
            let status = &backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"];
            if status != "ENABLED" {
                notes.find(&NO_RECOVERY, format!("`{name}`"));
            }
        }
        Err(error) => notes.not_told("dynamodb:DescribeContinuousBackups", &error),
    }
}

/// Whether a table or an index has these keys, of the types that the table defines.
fn has_keys(table: &Value, one: &Value, partition: Attribute, sort: Option<Attribute>) -> bool {
    let key = |kind: &str| {
        let keys = one["KeySchema"].as_array().into_iter().flatten();
        let name = keys.clone().find(|key| key["KeyType"] == kind)?["AttributeName"].as_str()?;
        let defined = table["AttributeDefinitions"].as_array().into_iter().flatten();
        let defined = defined.clone().find(|one| one["AttributeName"] == name)?;
        Some((name, defined["AttributeType"].as_str().unwrap_or_default()))
    };
    let expected = |attribute: Attribute| (attribute.name, attribute.kind.code());
    key("HASH") == Some(expected(partition)) && key("RANGE") == sort.map(expected)
}

fn keys(partition: Attribute, sort: Option<Attribute>) -> String {
    match sort {
        None => format!("`{}`", partition.name),
        Some(sort) => format!("`{}` and `{}`", partition.name, sort.name),
    }
}
