//! `InvokeOutboundCallHandler`, built and invoked.

use std::sync::Arc;

use async_trait::async_trait;
use definitions::contract::InvokeOutboundCallError;
use jiff::SignedDuration;
use serde_json::Value;

use super::{
    Function, FunctionError, Handler,
    function::{answer, parse},
    observed::Observed,
};
use crate::{
    clients::{Aws, Call, phone_hash_key, suppression},
    clock::SystemClock,
    environment::{Environment, InvalidVariable, variables},
    gate::{CallingHours, Rules},
    invoke_outbound_call::{Deps, run},
};

/// The reservation, the suppression list and both counters of the pace are asked beside each other.
const AT_ONCE: usize = 4;

/// Builds it.
pub async fn invoke_outbound_call(
    environment: &Environment,
) -> Result<impl Function + use<>, InvalidVariable> {
    let aws = Aws::new(environment).await?;
    let call = Call::new(environment, &aws)?;
    let overdue_after = variables::OVERDUE_AFTER_SECONDS.count(environment)?;
    let suppression = suppression(environment, call.dynamodb.clone())?;
    let (rules, phone_hash_key) = (rules(environment)?, phone_hash_key(environment)?);
    tokio::join!(call.warm(AT_ONCE), call.pace.prepare());
    let deps = Deps {
        clock: Arc::new(SystemClock),
        records: call.records,
        suppression: Arc::new(suppression),
        pace: call.pace,
        telephony: call.telephony,
        callbacks: call.callbacks,
        rules,
        phone_hash_key,
        overdue_after: SignedDuration::from_secs(overdue_after.into()),
    };
    Observed::new(Handler::InvokeOutboundCall, environment, deps)
}

pub(crate) fn rules(environment: &Environment) -> Result<Rules, InvalidVariable> {
    Ok(Rules {
        countries: variables::ALLOWED_COUNTRIES.read(environment, |text| {
            text.split(',').map(|code| code.trim().parse().ok()).collect()
        })?,
        hours: CallingHours {
            from: variables::CALLING_FROM.read(environment, |text| text.parse().ok())?,
            until: variables::CALLING_UNTIL.read(environment, |text| match text {
                "24:00" => Some(None),
                _ => text.parse().ok().map(Some),
            })?,
        },
        most_attempts: variables::MOST_ATTEMPTS.count(environment)?,
    })
}

#[async_trait]
impl Function for Deps {
    async fn invoke(&self, payload: Value) -> Result<Value, FunctionError> {
        let input = parse(payload, InvokeOutboundCallError::InputInvalid)?;
        Ok(answer(run(input, self).await?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_is_as_the_deployment_says() {
        let read = |name: &str, value: &str| {
            rules(&Environment::from_iter([(name, value)])).map_err(|error| error.name)
        };
        assert_eq!(read("", "").unwrap().hours, CallingHours::default());
        assert_eq!(read("CALLING_UNTIL", "24:00").unwrap().hours.until, None);
        assert_eq!(read("ALLOWED_COUNTRIES", "US, CA").unwrap().countries.len(), 2);
        let malformed =
            |name: &str, value: &str| assert_eq!(read(name, value).unwrap_err(), name, "{value}");
        malformed("ALLOWED_COUNTRIES", "US,usa");
        malformed("CALLING_FROM", "late");
        malformed("CALLING_FROM", "24:00");
        malformed("CALLING_UNTIL", "24:01");
        malformed("MOST_ATTEMPTS", "many");
    }
}
