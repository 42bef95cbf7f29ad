//! A step as a Lambda function: its payload in, its output or its contract error out.

use std::sync::Arc;

use atlas_asl::builder::ErrorNames;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    observe::{self, StandardOutput},
    raised::Raised,
};

/// Sends the lines of this process to its standard output. To be called first.
pub fn start_observing() {
    observe::install(Arc::new(StandardOutput));
}

/// Serves `step` until the runtime ends. A payload that does not fit is `invalid_input`.
pub async fn serve<I, O, E>(
    invalid_input: E,
    step: impl AsyncFn(I) -> Result<O, Raised<E>>,
) -> Result<(), Error>
where
    I: DeserializeOwned,
    O: Serialize,
    E: ErrorNames + std::fmt::Debug,
{
    let step = &step;
    let service = service_fn(async |event: LambdaEvent<Value>| {
        step(parse(event.payload, invalid_input)?).await
    });
    lambda_runtime::run(service).await
}

/// Reads a payload. What stands in it is not repeated, only where it does not fit.
pub fn parse<I: DeserializeOwned, E: ErrorNames>(
    payload: Value,
    invalid_input: E,
) -> Result<I, Raised<E>> {
    serde_path_to_error::deserialize(payload).map_err(|error| {
        let place = error.path().to_string();
        Raised::new(invalid_input, format!("the payload broke the contract at `{place}`"))
    })
}

#[cfg(test)]
mod tests {
    use definitions::contract::{UpdateLeadError, UpdateLeadInput};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_payload_that_does_not_fit_is_not_repeated() {
        let payload = json!({"interactionKey": "k", "leadId": "00Q", "attempt": "ada@example.com",
            "outcome": "BUSY"});
        let raised = parse::<UpdateLeadInput, _>(payload, UpdateLeadError::InputInvalid);
        let raised = raised.unwrap_err();
        assert_eq!(
            raised.to_string(),
            "Input.Invalid: the payload broke the contract at `attempt`"
        );
    }
}
