//! `GenerateDynamicScenarioHandler` as a Lambda function.

use handlers::functions::{generate_dynamic_scenario, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda::serve(generate_dynamic_scenario(&lambda::start()).await?).await
}
