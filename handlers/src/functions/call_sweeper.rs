//! `CallSweeperHandler`, built and invoked.

use std::sync::Arc;

use async_trait::async_trait;
use definitions::contract::error_names::STORE_UNAVAILABLE;
use serde_json::Value;

use super::{Function, FunctionError, Handler, function::answer, observed::Observed};
use crate::{
    call_sweeper::{Deps, run},
    clients::{Aws, Call},
    clock::SystemClock,
    environment::{Environment, InvalidVariable},
};

/// Builds it.
pub async fn call_sweeper(
    environment: &Environment,
) -> Result<impl Function + use<>, InvalidVariable> {
    let aws = Aws::new(environment).await?;
    let call = Call::new(environment, &aws)?;
    call.warm(1).await;
    let Call { records, pace, telephony, callbacks, .. } = call;
    let deps = Deps { clock: Arc::new(SystemClock), records, pace, telephony, callbacks };
    Observed::new(Handler::CallSweeper, environment, deps)
}

#[async_trait]
impl Function for Deps {
    /// Whatever the schedule sends starts a sweep.
    async fn invoke(&self, _schedule: Value) -> Result<Value, FunctionError> {
        let sweep = run(self).await.map_err(|error| FunctionError {
            error_type: STORE_UNAVAILABLE.to_owned(),
            error_message: error.cause,
        })?;
        Ok(answer(sweep))
    }
}
