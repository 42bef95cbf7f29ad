//! Service Quotas: what Connect is held to, Lambda, which runs elsewhere, and the model. Where nothing is enforced, what
//! AWS starts with.

use serde_json::{Value, json};

use crate::{
    aws::{Answer, Refusal},
    options::Options,
};

const CONCURRENT_CALLS: &str = "L-12AB7C57";
const OUTBOUND_RATE: &str = "L-4E9BCC96";
const CONCURRENT_FUNCTIONS: &str = "L-B99A9384";
/// Of Claude Haiku 4.5, across the Regions of a geography.
const MODEL_TOKENS_A_MINUTE: &str = "L-58BE175A";
const MODEL_TOKENS_A_DAY: &str = "L-6120CF2D";
/// The quota of a day is the minutes of half a day, and counts twice across Regions.
const MINUTES: f64 = 720.0;

pub(crate) fn answer(options: &Options, body: &Value) -> Answer {
    let connect = &options.connect;
    #[expect(clippy::cast_precision_loss, reason = "calls at once stay far below 2^53")]
    let concurrent = connect.concurrent_calls.unwrap_or(10) as f64;
    let tokens = f64::from(options.model_tokens_per_minute);
    let known = [
        ("connect", CONCURRENT_CALLS, "Concurrent active calls per instance", concurrent),
        (
            "connect",
            OUTBOUND_RATE,
            "Rate of StartOutboundVoiceContact API requests",
            connect.requests_per_second.unwrap_or(2.0),
        ),
        ("lambda", CONCURRENT_FUNCTIONS, "Concurrent executions", options.functions_at_once.into()),
        (
            "bedrock",
            MODEL_TOKENS_A_MINUTE,
            "Cross-region model inference tokens per minute for Anthropic Claude Haiku 4.5",
            tokens,
        ),
        (
            "bedrock",
            MODEL_TOKENS_A_DAY,
            "Model invocation max tokens per day for Anthropic Claude Haiku 4.5 (doubled for cross-region calls)",
            tokens * MINUTES,
        ),
    ];
    let is_asked =
        |service: &str, code: &str| body["ServiceCode"] == service && body["QuotaCode"] == code;
    match known.into_iter().find(|(service, code, ..)| is_asked(service, code)) {
        Some((service, code, name, value)) => Ok(json!({
            "Quota": {
                "ServiceCode": service,
                "ServiceName": name_of(service),
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

fn name_of(service: &str) -> &'static str {
    match service {
        "lambda" => "AWS Lambda",
        "bedrock" => "Amazon Bedrock",
        _ => "Amazon Connect",
    }
}
