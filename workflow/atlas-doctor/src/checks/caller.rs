//! `caller`: the number that callees see is claimed for the instance, or comes from a queue that has one.

use handlers::environment::{Variable, variables};
use serde_json::json;

use super::instance::{id, is_absent};
use crate::{
    aws::{Api, CONNECT},
    examination::Cx,
    finding::Kind,
    notes::Notes,
};

pub(crate) const VARIABLES: [&Variable; 2] =
    [&variables::CONNECT_SOURCE_PHONE_NUMBER, &variables::CONNECT_QUEUE_ID];

pub(crate) static NOT_CLAIMED: Kind = Kind::error(
    "caller.not-claimed",
    "the number in `CONNECT_SOURCE_PHONE_NUMBER` is not claimed for this instance",
    "claim it in the instance's channels, or name one that is",
);
pub(crate) static QUEUE_ABSENT: Kind = Kind::error(
    "caller.queue-absent",
    "the instance has no queue of the id in `CONNECT_QUEUE_ID`",
    "take the id from the end of the queue's ARN",
);
pub(crate) static QUEUE_DISABLED: Kind =
    Kind::warning("caller.queue-disabled", "the queue was switched off", "switch it on");
pub(crate) static NO_CALLER_ID: Kind = Kind::error(
    "caller.no-caller-id",
    "the queue has no outbound caller id, and no number is given otherwise",
    "set an outbound caller id number on the queue, or `CONNECT_SOURCE_PHONE_NUMBER`",
);
pub(crate) static NEITHER: Kind = Kind::note(
    "caller.neither",
    "neither a number nor a queue is given, so the flow has to set a queue with a number",
    "set `CONNECT_SOURCE_PHONE_NUMBER` or `CONNECT_QUEUE_ID`, unless the flow does",
);

const MOST_NUMBERS: u32 = 100;

pub(crate) async fn look(cx: &Cx, notes: &mut Notes, api: &Api) -> Option<()> {
    let number = cx.deployment.text(&variables::CONNECT_SOURCE_PHONE_NUMBER);
    let queue = cx.deployment.text(&variables::CONNECT_QUEUE_ID);
    if number.is_none() && queue.is_none() {
        notes.find(&NEITHER, "both variables are absent");
    }
    if let Some(number) = &number {
        look_at_number(cx, notes, api, number.trim()).await?;
    }
    if let Some(queue) = &queue {
        let queue = queue.trim().rsplit('/').next().unwrap_or_default();
        look_at_queue(cx, notes, api, queue, number.is_some()).await?;
    }
    Some(())
}

async fn look_at_number(cx: &Cx, notes: &mut Notes, api: &Api, number: &str) -> Option<()> {
    // The number itself is the narrowest prefix.
    let asked =
        json!({ "InstanceId": id(cx)?, "PhoneNumberPrefix": number, "MaxResults": MOST_NUMBERS });
    match api.post(&CONNECT, &["phone-number", "list"], &asked).await {
        Ok(answer) => {
            let list = answer["ListPhoneNumbersSummaryList"].as_array();
            let is_claimed = list.into_iter().flatten().any(|one| one["PhoneNumber"] == number);
            if !is_claimed {
                // It is a number of the deployment's own, and still nobody needs to read it here.
                notes.find(&NOT_CLAIMED, "as Connect lists the instance's numbers");
            }
            Some(())
        }
        Err(error) => {
            notes.not_told("connect:ListPhoneNumbersV2", &error);
            None
        }
    }
}

async fn look_at_queue(
    cx: &Cx,
    notes: &mut Notes,
    api: &Api,
    queue_id: &str,
    has_number: bool,
) -> Option<()> {
    let queue = match api.get(&CONNECT, &["queues", &id(cx)?, queue_id]).await {
        Ok(answer) => answer["Queue"].clone(),
        Err(error) if is_absent(error.code()) => {
            notes.find(&QUEUE_ABSENT, format!("`{queue_id}`"));
            return None;
        }
        Err(error) => {
            notes.not_told("connect:DescribeQueue", &error);
            return None;
        }
    };
    if queue["Status"] == "DISABLED" {
        notes.find(&QUEUE_DISABLED, format!("`{queue_id}`"));
    }
    if queue["OutboundCallerConfig"]["OutboundCallerIdNumberId"].is_null() && !has_number {
        notes.find(&NO_CALLER_ID, format!("`{queue_id}`"));
    }
    Some(())
}
