//! `CreateLeadHandler` as a Lambda function.

use definitions::contract::CreateLeadError;
use handlers::{config, create_lead, lambda, lead_clients};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda::start_observing();
    let config =
        config::CreateLeadConfig::read(&config::of_process).map_err(|error| error.to_string())?;
    let deps = lead_clients::create_lead(config).await?;
    lambda::serve(CreateLeadError::InputInvalid, async |input| create_lead::run(input, &deps).await)
        .await
}
