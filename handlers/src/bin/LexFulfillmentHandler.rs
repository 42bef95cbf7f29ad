//! `LexFulfillmentHandler` as a Lambda function.

use handlers::functions::{lambda, lex_fulfillment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda::serve(lex_fulfillment(&lambda::start()).await?).await
}
