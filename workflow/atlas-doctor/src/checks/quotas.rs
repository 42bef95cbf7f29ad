//! `quotas`: what Connect, Lambda and Bedrock allow, held against what the handlers are told and what is expected of them.

use handlers::environment::{Variable, variables};
use serde_json::json;

use super::model_tokens;
use crate::{
    aws::{Api, SERVICE_QUOTAS},
    examination::Cx,
    finding::Kind,
    notes::Notes,
};

pub(crate) const VARIABLES: [&Variable; 2] =
    [&variables::CONNECT_CONCURRENT_CALLS, &variables::CONNECT_REQUESTS_PER_SECOND];

pub(crate) static CALLS_ABOVE: Kind = Kind::error(
    "quotas.calls-above",
    "`CONNECT_CONCURRENT_CALLS` is more than the instance carries: the calls above it get a busy tone, not an error",
    "set the variable to the quota, or have the quota raised (Concurrent active calls per instance)",
);
pub(crate) static RATE_ABOVE: Kind = Kind::warning(
    "quotas.rate-above",
    "`CONNECT_REQUESTS_PER_SECOND` is more than Connect takes: calls above it are refused and tried again",
    "set the variable to the quota, or have the quota raised (Rate of StartOutboundVoiceContact API requests)",
);
pub(crate) static CALLS_BELOW: Kind = Kind::note(
    "quotas.calls-below",
    "`CONNECT_CONCURRENT_CALLS` is less than the instance carries: calls wait that could be made",
    "set the variable to the quota, unless others call from this instance as well",
);
pub(crate) static TOO_FEW_CALLS: Kind = Kind::warning(
    "quotas.too-few-calls",
    "the expected leads need more calls at once than are allowed: leads wait for their turn",
    "have the quota raised (Concurrent active calls per instance), and then `CONNECT_CONCURRENT_CALLS`",
);
pub(crate) static TOO_SLOW: Kind = Kind::warning(
    "quotas.too-slow",
    "the expected leads need more calls started in a second than are allowed: leads wait for their turn",
    "have the quota raised (Rate of StartOutboundVoiceContact API requests), and then `CONNECT_REQUESTS_PER_SECOND`",
);
pub(crate) static TOO_FEW_FUNCTIONS: Kind = Kind::warning(
    "quotas.too-few-functions",
    "the expected leads need more functions at once than the account may run: Lambda refuses some for a while",
    "have the quota raised (Lambda: Concurrent executions); new accounts begin with 10",
);

/// Service Quotas' services and codes. The first is of an instance, the others are of an account.
const CONCURRENT_CALLS: (&str, &str) = ("connect", "L-12AB7C57");
const OUTBOUND_RATE: (&str, &str) = ("connect", "L-4E9BCC96");
const CONCURRENT_FUNCTIONS: (&str, &str) = ("lambda", "L-B99A9384");

pub(crate) async fn look(cx: &Cx, notes: &mut Notes, api: &Api, instance: &str) -> Option<()> {
    let quota = async |(service, code): (&str, &str), of: Option<&str>| {
        let mut asked = json!({ "ServiceCode": service, "QuotaCode": code });
        if let Some(of) = of {
            asked["ContextId"] = json!(of);
        }
        let answer = api.call(&SERVICE_QUOTAS, "GetServiceQuota", &asked).await;
        answer.map(|answer| answer["Quota"]["Value"].as_f64())
    };
    let (carried, started, at_once) =
        tokio::join!(quota(CONCURRENT_CALLS, Some(instance)), quota(OUTBOUND_RATE, None), async {
            // It matters to nothing else.
            if cx.expected.is_some() { quota(CONCURRENT_FUNCTIONS, None).await } else { Ok(None) }
        },);
    let mut told = |answer| match answer {
        Ok(value) => value,
        Err(error) => {
            notes.not_told("servicequotas:GetServiceQuota", &error);
            None
        }
    };
    let (carried, started, at_once) = (told(carried), told(started), told(at_once));
    let calls = f64::from(cx.deployment.count(&variables::CONNECT_CONCURRENT_CALLS)?);
    let rate = f64::from(cx.deployment.count(&variables::CONNECT_REQUESTS_PER_SECOND)?);
    if let Some(carried) = carried {
        let seen = format!("the variable is {calls}, the quota {carried}");
        if calls > carried {
            notes.find(&CALLS_ABOVE, seen);
        } else if calls < carried {
            notes.find(&CALLS_BELOW, seen);
        }
    }
    if let Some(started) = started.filter(|started| rate > *started) {
        notes.find(&RATE_ABOVE, format!("the variable is {rate}, the quota {started}"));
    }
    if let Some(leads) = cx.expected {
        // At a rate of one a second, as many are there at once as seconds that each stays.
        let a_second = leads.a_second();
        let allowed = carried.map_or(calls, |carried| carried.min(calls));
        let needed = (a_second * leads.line_seconds).ceil();
        if needed > allowed {
            notes.find(&TOO_FEW_CALLS, format!("{needed} are needed, {allowed} are allowed"));
        }
        let allowed = started.map_or(rate, |started| started.min(rate));
        let needed = a_second * leads.calls;
        if needed > allowed {
            notes.find(&TOO_SLOW, format!("{needed:.1} are needed, {allowed} are allowed"));
        }
        let needed = (a_second * leads.function_seconds).ceil();
        if let Some(allowed) = at_once.filter(|allowed| needed > *allowed) {
            let seen = format!("{needed} are needed, {allowed} are allowed");
            notes.find(&TOO_FEW_FUNCTIONS, seen);
        }
    }
    model_tokens::look(cx, notes, async |asked| quota(asked, None).await).await;
    Some(())
}
