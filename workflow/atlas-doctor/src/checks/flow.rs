//! `flow`: the contact flow that speaks is there and published.

use handlers::environment::{Variable, variables};

use super::instance::{id, is_absent};
use crate::{
    aws::{Api, CONNECT},
    examination::Cx,
    finding::Kind,
    notes::Notes,
};

pub(crate) const VARIABLES: [&Variable; 1] = [&variables::CONNECT_CONTACT_FLOW_ID];

pub(crate) static ABSENT: Kind = Kind::error(
    "flow.absent",
    "the instance has no contact flow of this id",
    "take the id from the end of the flow's ARN (in the flow's designer: About this flow)",
);
pub(crate) static ARCHIVED: Kind = Kind::error(
    "flow.archived",
    "the contact flow was archived",
    "take it out of the archive, or name another one",
);
pub(crate) static NOT_PUBLISHED: Kind = Kind::error(
    "flow.not-published",
    "the contact flow was saved and never published",
    "publish it",
);
pub(crate) static OTHER_TYPE: Kind = Kind::error(
    "flow.other-type",
    "an outbound call begins with a contact flow, and this is a flow for something else",
    "name a flow of the type contact flow (inbound)",
);

pub(crate) async fn look(cx: &Cx, notes: &mut Notes, api: &Api) -> Option<()> {
    let given = cx.deployment.text(&variables::CONNECT_CONTACT_FLOW_ID)?;
    let flow_id = given.trim().rsplit('/').next().unwrap_or_default();
    let flow = match api.get(&CONNECT, &["contact-flows", &id(cx)?, flow_id]).await {
        Ok(answer) => answer["ContactFlow"].clone(),
        Err(error) => {
            match error.code() {
                "ContactFlowNotPublishedException" => {
                    notes.find(&NOT_PUBLISHED, format!("`{flow_id}`"));
                }
                code if is_absent(code) => notes.find(&ABSENT, format!("`{flow_id}`")),
                _ => notes.not_told("connect:DescribeContactFlow", &error),
            }
            return None;
        }
    };
    let is = |field: &str, value: &str| flow[field].as_str().is_none_or(|told| told == value);
    if !is("State", "ACTIVE") {
        notes.find(&ARCHIVED, format!("`{flow_id}`"));
    }
    if !is("Status", "PUBLISHED") {
        notes.find(&NOT_PUBLISHED, format!("`{flow_id}`"));
    }
    if !is("Type", "CONTACT_FLOW") {
        let kind = flow["Type"].as_str().unwrap_or_default();
        notes.find(&OTHER_TYPE, format!("it is a {kind}"));
    }
    Some(())
}
