//! Service Quotas: what Connect is held to. Where nothing is enforced, what AWS starts with.

use serde_json::{Value, json};

use crate::{
    aws::{Answer, Refusal},
    options::ConnectOptions,
};

const CONCURRENT_CALLS: &str = "L-12AB7C57";
const OUTBOUND_RATE: &str = "L-4E9BCC96";

pub(crate) fn answer(connect: &ConnectOptions, body: &Value) -> Answer {
    #[expect(clippy::cast_precision_loss, reason = "calls at once stay far below 2^53")]
    let concurrent = connect.concurrent_calls.unwrap_or(10) as f64;
    let known = [
        (CONCURRENT_CALLS, "Concurrent active calls per instance", concurrent),
        (
            OUTBOUND_RATE,
            "Rate of StartOutboundVoiceContact API requests",
            connect.requests_per_second.unwrap_or(2.0),
        ),
    ];
    let asked = body["QuotaCode"].as_str().unwrap_or_default();
    match known.into_iter().find(|(code, ..)| *code == asked) {
        Some((code, name, value)) if body["ServiceCode"] == "connect" => Ok(json!({
            "Quota": {
                "ServiceCode": "connect",
                "ServiceName": "Amazon Connect",
                "QuotaCode": code,
                "QuotaName": name,
                "Value": value,
                "Unit": "None",
                "Adjustable": true,
                "GlobalQuota": false,
            },
        })),
        _ => Err(Refusal::new(
            400,
            "NoSuchResourceException",
            "The request failed because the specified service quota does not exist.",
        )),
    }
}
