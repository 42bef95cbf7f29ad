//! `CallSweeperHandler` as a Lambda function.

use definitions::contract::error_names::STORE_UNAVAILABLE;
use handlers::{
    call_environment::{CallEnvironment, of_process, shared_config},
    call_sweeper::run,
};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn, tracing};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let deps = CallEnvironment::read(&of_process)?.sweeper_deps(&shared_config().await);
    let deps = &deps;
    let handler = service_fn(move |_: LambdaEvent<Value>| async move {
        run(deps).await.map_err(|error| Diagnostic {
            error_type: STORE_UNAVAILABLE.to_owned(),
            error_message: error.cause,
        })
    });
    lambda_runtime::run(handler).await
}
