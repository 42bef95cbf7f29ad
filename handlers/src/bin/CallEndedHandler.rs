//! `CallEndedHandler` as a Lambda function.

use handlers::functions::{call_ended, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda::serve(call_ended(&lambda::start()).await?).await
}
