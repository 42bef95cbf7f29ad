//! What all AWS clients of a handler have in common: region, credentials, pools of connections, and
//! where the services are.

use std::{sync::OnceLock, time::Duration};

use aws_config::{
    BehaviorVersion, Region, SdkConfig, default_provider::credentials::DefaultCredentialsChain,
};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider, SharedHttpClient};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use reqwest::Url;

use super::Patience;
use crate::environment::{Environment, InvalidVariable, Variable, variables};

/// Peers close idle connections sooner than the client's default of 90 s.
const POOL_IDLE: Duration = Duration::from_secs(30);

/// What the clients are made from.
pub(crate) struct Aws {
    environment: Environment,
    shared: SdkConfig,
    encrypted: OnceLock<SharedHttpClient>,
    plain: OnceLock<SharedHttpClient>,
}

impl Aws {
    /// Credentials that the environment names are used as they are, which is how Lambda gives them;
    /// otherwise AWS's chain is followed.
    pub(crate) async fn new(environment: &Environment) -> Result<Self, InvalidVariable> {
        let region = match variables::AWS_REGION.text(environment) {
            Ok(region) => region,
            Err(missing) => variables::AWS_DEFAULT_REGION.optional(environment).ok_or(missing)?,
        };
        let region = Region::new(region);
        let credentials = match read_credentials(environment)? {
            Some(credentials) => SharedCredentialsProvider::new(credentials),
            None => {
                let chain = DefaultCredentialsChain::builder().region(region.clone());
                SharedCredentialsProvider::new(chain.build().await)
            }
        };
        let shared = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(region)
            .credentials_provider(credentials)
            .build();
        let (encrypted, plain) = (OnceLock::new(), OnceLock::new());
        Ok(Self { environment: environment.clone(), shared, encrypted, plain })
    }

    /// The Region.
    pub(crate) fn region(&self) -> &str {
        self.shared.region().map_or("", Region::as_ref)
    }

    /// What requests are signed with.
    pub(crate) fn credentials_provider(&self) -> Option<SharedCredentialsProvider> {
        self.shared.credentials_provider()
    }

    /// Where a service is, if not where AWS has it: by its own variable, or by that of all.
    pub(crate) fn endpoint(&self, own: &Variable) -> Result<Option<String>, InvalidVariable> {
        match read_origin(own, &self.environment)? {
            Some(url) => Ok(Some(url)),
            None => read_origin(&variables::AWS_ENDPOINT_URL, &self.environment),
        }
    }

    /// What one client is made from.
    pub(super) fn service(
        &self,
        endpoint: &Variable,
        patience: Patience,
    ) -> Result<SdkConfig, InvalidVariable> {
        let url = self.endpoint(endpoint)?;
        let encrypted = url.as_deref().is_none_or(|url| url.starts_with("https://"));
        let mut config = self.shared.to_builder();
        config.set_endpoint_url(url);
        Ok(config
            .http_client(if encrypted { self.encrypted() } else { self.plain() })
            .timeout_config(patience.timeouts())
            .retry_config(patience.retries())
            .build())
    }

    fn encrypted(&self) -> SharedHttpClient {
        let build = || {
            Builder::new()
                .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
                .pool_idle_timeout(POOL_IDLE)
                .build_https()
        };
        self.encrypted.get_or_init(build).clone()
    }

    /// A sandbox on loopback: nobody waits for the certificates of this machine to be read.
    fn plain(&self) -> SharedHttpClient {
        let build = || Builder::new().pool_idle_timeout(POOL_IDLE).build_http();
        self.plain.get_or_init(build).clone()
    }
}

pub(super) fn read_credentials(
    environment: &Environment,
) -> Result<Option<Credentials>, InvalidVariable> {
    let Some(id) = variables::AWS_ACCESS_KEY_ID.optional(environment) else { return Ok(None) };
    let secret = variables::AWS_SECRET_ACCESS_KEY.text(environment)?;
    let token = variables::AWS_SESSION_TOKEN.optional(environment);
    Ok(Some(Credentials::new(id, secret, token, None, "Environment")))
}

pub(super) fn read_origin(
    variable: &Variable,
    environment: &Environment,
) -> Result<Option<String>, InvalidVariable> {
    variable.read_optional(environment, |text| {
        let url = Url::parse(text).ok()?;
        let spoken = matches!(url.scheme(), "http" | "https") && url.has_host();
        spoken.then(|| text.trim_end_matches('/').to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn endpoint(values: &[(&str, &str)]) -> Result<Option<String>, &'static str> {
        let needed = [("AWS_REGION", "us-east-1"), ("AWS_ACCESS_KEY_ID", "a")];
        let secret = [("AWS_SECRET_ACCESS_KEY", "s")];
        let environment = needed.iter().chain(&secret).chain(values).copied().collect();
        let aws = Aws::new(&environment).await.map_err(|error| error.name)?;
        let config = aws.service(&variables::AWS_ENDPOINT_URL_SQS, Patience::STEP);
        let config = config.map_err(|error| error.name)?;
        Ok(config.endpoint_url().map(str::to_owned))
    }

    #[tokio::test]
    async fn a_service_is_where_its_own_variable_says_then_the_common_one() {
        let check = async |values: &[(&str, &str)], expected: Result<Option<&str>, &str>| {
            let found = endpoint(values).await;
            assert_eq!(found.as_ref().map(Option::as_deref).map_err(|name| *name), expected);
        };
        let (all, sqs) = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS");
        check(&[], Ok(None)).await;
        check(&[(all, "http://127.0.0.1:1")], Ok(Some("http://127.0.0.1:1"))).await;
        check(&[(all, "http://a:1"), (sqs, "https://b/")], Ok(Some("https://b"))).await;
        check(&[(all, "127.0.0.1:1")], Err(all)).await;
        check(&[(sqs, "ftp://b")], Err(sqs)).await;
        check(&[("AWS_SECRET_ACCESS_KEY", "")], Err("AWS_SECRET_ACCESS_KEY")).await;
        check(&[("AWS_REGION", "")], Err("AWS_REGION")).await;
        check(&[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "eu-central-1")], Ok(None)).await;
    }
}
