//! `ResponseWriterHandler` as a Lambda function.

use handlers::functions::{lambda, response_writer};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda::serve(response_writer(&lambda::start()).await?).await
}
