//! The clients behind the lead steps, built and warmed in the init phase.

use std::{sync::Arc, time::Duration};

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};

use crate::{
    clock::{Clock, SystemClock},
    config::{CreateLeadConfig, UpdateLeadConfig},
    create_lead,
    records::{DynamoLeads, LeadRecords, Table},
    salesforce::{Salesforce, SalesforceClient, SalesforceError},
    secrets::{CachedSecret, SecretsManager},
    update_lead,
};

/// Peers close idle connections sooner than the client's default of 90 s.
const POOL_IDLE: Duration = Duration::from_secs(30);
/// One repetition for a blip; the state machine does the rest.
const SDK_ATTEMPTS: u32 = 2;
/// Two attempts and the pause between them end before `CreateLead`'s 10 seconds do.
const ATTEMPT: Duration = Duration::from_secs(2);
const OPERATION: Duration = Duration::from_secs(5);
/// The init phase has 10 seconds.
const WARM_UP: Duration = Duration::from_secs(5);

/// For `CreateLeadHandler`.
pub async fn create_lead(config: CreateLeadConfig) -> Result<create_lead::Deps, SalesforceError> {
    let Clients { salesforce, leads, clock } = connect(config.common).await?;
    Ok(create_lead::Deps { salesforce, leads, phones: config.phones, clock })
}

/// For `UpdateLeadHandler`.
pub async fn update_lead(config: UpdateLeadConfig) -> Result<update_lead::Deps, SalesforceError> {
    let Clients { salesforce, leads, clock } = connect(config).await?;
    Ok(update_lead::Deps { salesforce, leads, clock })
}

struct Clients {
    salesforce: Arc<dyn Salesforce>,
    leads: Arc<dyn LeadRecords>,
    clock: Arc<dyn Clock>,
}

/// The secret is read and the login made here already. Where that fails the first step tries again,
/// and says under a name of the contract what is wrong.
async fn connect(config: UpdateLeadConfig) -> Result<Clients, SalesforceError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let shared = shared_config().await;
    let source =
        SecretsManager::new(aws_sdk_secretsmanager::Client::new(&shared), config.secret_id);
    let secret = CachedSecret::new(Arc::new(source), clock.clone(), config.secret_time_to_live);
    let salesforce = Arc::new(SalesforceClient::new(secret, clock.clone(), config.salesforce)?);
    let warming = salesforce.clone();
    let warm_up = tokio::time::timeout(WARM_UP, async move { warming.warm_up().await });
    let dynamodb = async {
        let client = aws_sdk_dynamodb::Client::new(&shared);
        let table = Table::new(client, config.calls_table, clock.clone(), config.kept_for);
        DynamoLeads::new(table)
    };
    let (_, leads) = tokio::join!(warm_up, dynamodb);
    Ok(Clients { salesforce, leads: Arc::new(leads), clock })
}

/// What the AWS clients have in common: region, credentials, one pool of connections, the times.
async fn shared_config() -> SdkConfig {
    let http = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .pool_idle_timeout(POOL_IDLE)
        .build_https();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(ATTEMPT)
        .read_timeout(ATTEMPT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION);
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .retry_config(RetryConfig::standard().with_max_attempts(SDK_ATTEMPTS))
        .timeout_config(timeouts.build())
        .load()
        .await
}
