//! `CallEndedHandler` as a Lambda function.

use handlers::{
    call_ended::run,
    call_environment::{CallEnvironment, of_process, shared_config},
};
use lambda_runtime::{Error, LambdaEvent, service_fn, tracing};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let deps = CallEnvironment::read(&of_process)?.ended_deps(&shared_config().await);
    let deps = &deps;
    let handler = service_fn(move |event: LambdaEvent<Value>| async move {
        Ok::<_, Error>(run(event.payload, deps).await)
    });
    lambda_runtime::run(handler).await
}
