//! `CallSweeperHandler` as a Lambda function.

use handlers::functions::{call_sweeper, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda::serve(call_sweeper(&lambda::start()).await?).await
}
