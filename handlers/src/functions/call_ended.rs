//! `CallEndedHandler`, built and invoked.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use super::{Function, FunctionError, Handler, function::answer, observed::Observed};
use crate::{
    call_ended::{Deps, run},
    clients::{Aws, Call},
    clock::SystemClock,
    environment::{Environment, InvalidVariable},
};

/// Builds it.
pub async fn call_ended(
    environment: &Environment,
) -> Result<impl Function + use<>, InvalidVariable> {
    let aws = Aws::new(environment).await?;
    let call = Call::new(environment, &aws)?;
    call.warm(1).await;
    let Call { records, pace, telephony, callbacks, .. } = call;
    let deps = Deps { clock: Arc::new(SystemClock), records, pace, telephony, callbacks };
    Observed::new(Handler::CallEnded, environment, deps)
}

#[async_trait]
impl Function for Deps {
    /// Never an error: what failed stands in the answer.
    async fn invoke(&self, payload: Value) -> Result<Value, FunctionError> {
        Ok(answer(run(payload, self).await))
    }
}
