//! `ListStateMachineVersions`: the newest first.

use serde_json::{Map, Value, json};

use super::{Answer, seconds};
use crate::{
    api_error::ApiError,
    app::Caller,
    arn, page,
    request::{ARN, Fields, PAGE_TOKEN},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let machine_arn = fields.required_text("stateMachineArn", ARN);
    let token = fields.text("nextToken", PAGE_TOKEN);
    let size = fields.number("maxResults", page::MOST);
    fields.finish()?;
    arn::check(machine_arn, "stateMachine")?;
    let listing = format!("versions of {machine_arn}");
    let before = page::after_number(token, &listing)?;
    // The API's model knows no other error here for a machine that is not there.
    let mut versions = caller
        .engine()
        .versions(machine_arn)
        .map_err(|_none| ApiError::invalid_arn(machine_arn))?;
    versions.retain(|version| before.is_none_or(|before| version.number < before));
    let page = page::cut(versions, size, &listing, |version| version.number.to_string());
    let versions = page.items.iter().map(|version| {
        json!({
            "creationDate": seconds(version.created_at),
            "stateMachineVersionArn": *version.arn,
        })
    });
    let mut answer = Map::new();
    answer.insert("stateMachineVersions".into(), versions.collect());
    page.tell_next(&mut answer);
    Ok(Value::Object(answer))
}
