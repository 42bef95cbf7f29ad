//! `UpdateLeadHandler` as a Lambda function.

use handlers::functions::{lambda, update_lead};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda::serve(update_lead(&lambda::start()).await?).await
}
