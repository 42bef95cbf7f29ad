//! `InvokeOutboundCallHandler` as a Lambda function.

use handlers::functions::{invoke_outbound_call, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda::serve(invoke_outbound_call(&lambda::start()).await?).await
}
