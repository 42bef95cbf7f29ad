//! `ListActivities`.

use serde_json::{Map, Value, json};

use super::{Answer, seconds};
use crate::{
    app::Caller,
    page,
    request::{Fields, PAGE_TOKEN},
};

const LISTING: &str = "activities";

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let size = fields.number("maxResults", page::MOST);
    let token = fields.text("nextToken", PAGE_TOKEN);
    fields.finish()?;
    let after = page::after(token, LISTING)?;
    let mut activities = caller.engine().activities();
    activities.retain(|activity| after.as_deref().is_none_or(|after| &*activity.arn > after));
    let page = page::cut(activities, size, LISTING, |activity| activity.arn.to_string());
    let activities = page.items.iter().map(|activity| {
        json!({
            "activityArn": *activity.arn,
            "name": *activity.name,
            "creationDate": seconds(activity.created_at),
        })
    });
    let mut answer = Map::new();
    answer.insert("activities".into(), activities.collect());
    page.tell_next(&mut answer);
    Ok(Value::Object(answer))
}
