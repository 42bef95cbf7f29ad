//! `UpdateLeadHandler` as a Lambda function.

use definitions::contract::UpdateLeadError;
use handlers::{config, lambda, lead_clients, update_lead};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda::start_observing();
    let config =
        config::UpdateLeadConfig::read(&config::of_process).map_err(|error| error.to_string())?;
    let deps = lead_clients::update_lead(config).await?;
    lambda::serve(UpdateLeadError::InputInvalid, async |input| update_lead::run(input, &deps).await)
        .await
}
