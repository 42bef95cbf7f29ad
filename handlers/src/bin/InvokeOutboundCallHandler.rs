//! `InvokeOutboundCallHandler` as a Lambda function.

use handlers::{
    call_environment::{CallEnvironment, of_process, shared_config},
    invoke_outbound_call::{parse, run},
};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn, tracing};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let deps = CallEnvironment::read(&of_process)?.invoke_deps(&shared_config().await)?;
    let deps = &deps;
    let handler = service_fn(move |event: LambdaEvent<Value>| async move {
        run(parse(event.payload)?, deps).await.map_err(Diagnostic::from)
    });
    lambda_runtime::run(handler).await
}
