//! `CreateLeadHandler` as a Lambda function.

use handlers::functions::{create_lead, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda::serve(create_lead(&lambda::start()).await?).await
}
