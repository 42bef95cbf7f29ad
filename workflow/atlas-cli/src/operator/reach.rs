//! The way to the Step Functions API: `atlas dev` under an address, or AWS by the usual profile and region.

use std::env;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::ProvideCredentials};
use reqwest::Url;

use super::Api;
use crate::{arguments::operator::Reach, failure::Failure};

/// Its variables, the nearer first.
const ENDPOINT_VARIABLES: [&str; 2] = ["AWS_ENDPOINT_URL_SFN", "AWS_ENDPOINT_URL"];
const TOKEN_VARIABLE: &str = "ATLAS_TOKEN";
/// Where nobody says otherwise on loopback, as `atlas dev` does.
const LOOPBACK_REGION: &str = "us-east-1";

/// All that is needed to reach an account.
pub(crate) struct Reached {
    pub(crate) api: Api,
    /// What other clients of the same account are made from.
    pub(crate) config: SdkConfig,
    /// None where it is AWS.
    pub(crate) endpoint: Option<Url>,
    pub(crate) token: Option<String>,
    pub(crate) dynamodb_endpoint: Option<String>,
}

/// Makes the clients. Nothing is asked yet, but where region and credentials have to be looked up.
pub(crate) async fn connect(reach: &Reach) -> Result<Reached, Failure> {
    let endpoint = endpoint(reach)?;
    let is_loopback = endpoint.as_ref().is_some_and(is_loopback);
    let token = reach.token.as_ref().map(|token| token.0.clone());
    // It is a secret between somebody and an Atlas server: nobody else is sent it.
    let token = token
        .or_else(|| variable(TOKEN_VARIABLE))
        .filter(|_| endpoint.as_ref().is_some_and(|endpoint| !is_of_aws(endpoint)));
    let mut loader = aws_config::defaults(BehaviorVersion::latest());
    let profile = reach.profile.clone().or_else(|| variable("AWS_PROFILE"));
    if let Some(profile) = &profile {
        loader = loader.profile_name(profile);
    }
    let region = reach.region.clone();
    let region =
        region.or_else(|| variable("AWS_REGION")).or_else(|| variable("AWS_DEFAULT_REGION"));
    // Nobody asks a metadata service for what a server on this machine does not look at.
    let region =
        region.or_else(|| (is_loopback && profile.is_none()).then(|| LOOPBACK_REGION.to_owned()));
    if let Some(region) = region {
        loader = loader.region(Region::new(region));
    }
    let is_own = variable("AWS_ACCESS_KEY_ID").is_some() || profile.is_some();
    // Somebody, where a server of our own wants to hear of one and nobody names himself.
    if !is_own && (is_loopback || token.is_some()) {
        loader = loader.credentials_provider(nobody(None));
    }
    let mut config = loader.load().await;
    if config.region().is_none() {
        if !is_loopback {
            return Err(Failure::ours(
                "no region is known; expected --region, AWS_REGION or a profile that names one, or \
                 --endpoint of an `atlas dev`",
            ));
        }
        config = config.into_builder().region(Region::new(LOOPBACK_REGION)).build();
    }
    let mut own = aws_sdk_sfn::config::Builder::from(&config);
    if let Some(endpoint) = &endpoint {
        own = own.endpoint_url(endpoint.as_str().trim_end_matches('/'));
    }
    if let Some(token) = &token {
        // An SDK's way to send it, and only to the server that asks for it.
        let provider = config.credentials_provider();
        let named = match &provider {
            Some(provider) => provider.provide_credentials().await.ok(),
            None => None,
        };
        own = own.credentials_provider(match named {
            Some(named) => with_token(&named, token),
            None => nobody(Some(token)),
        });
    }
    let api = Api::new(aws_sdk_sfn::Client::from_conf(own.build()), endpoint.is_some());
    Ok(Reached { api, config, endpoint, token, dynamodb_endpoint: reach.dynamodb_endpoint.clone() })
}

impl Reached {
    /// The credentials, for clients that take them from elsewhere.
    pub(crate) async fn credentials(&self) -> Option<Credentials> {
        self.config.credentials_provider()?.provide_credentials().await.ok()
    }
}

fn endpoint(reach: &Reach) -> Result<Option<Url>, Failure> {
    let given = reach.endpoint.clone().map(|text| ("--endpoint", text));
    let named =
        || ENDPOINT_VARIABLES.iter().find_map(|name| variable(name).map(|text| (*name, text)));
    let Some((from, text)) = given.or_else(named) else { return Ok(None) };
    let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.filter(Url::has_host).ok_or_else(|| {
        Failure::ours(format_args!("{from} is no address; expected one as http://127.0.0.1:8083"))
    })?;
    Ok(Some(url))
}

/// Credentials that stand for somebody.
fn nobody(token: Option<&str>) -> Credentials {
    Credentials::new("atlas", "atlas", token.map(str::to_owned), None, "atlas")
}

fn with_token(named: &Credentials, token: &str) -> Credentials {
    let (id, secret) = (named.access_key_id(), named.secret_access_key());
    Credentials::new(id, secret, Some(token.to_owned()), None, "atlas")
}

/// Whether AWS answers there, whatever the service.
fn is_of_aws(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
    [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"].iter().any(|of_aws| host.ends_with(of_aws))
}

fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(atlas_asl::endpoint_task::is_loopback)
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_for_servers_that_are_not_awss_and_for_no_other_client() {
        for (endpoint, is_sent) in [
            (Some("http://192.0.2.1:8083"), true),
            (Some("https://amazonaws.com.example.com"), true),
            (Some("https://states.us-east-1.amazonaws.com"), false),
            (Some("https://STATES.cn-north-1.amazonaws.com.cn."), false),
            (Some("https://states.us-east-1.api.aws"), false),
        ] {
            let reach = Reach {
                endpoint: endpoint.map(str::to_owned),
                profile: None,
                region: Some("us-east-1".to_owned()),
                token: Some("a-token-of-mine-1".to_owned().into()),
                dynamodb_endpoint: None,
            };
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let (token, others) = runtime.unwrap().block_on(async {
                let reached = connect(&reach).await.unwrap();
                let others = if is_sent { reached.credentials().await } else { None };
                (reached.token.clone(), others)
            });
            assert_eq!(token.is_some(), is_sent, "{endpoint:?}");
            let others = others.as_ref().and_then(Credentials::session_token);
            assert_ne!(others, Some("a-token-of-mine-1"), "{endpoint:?}");
        }
    }

    #[test]
    fn loopback_is_what_stays_on_this_machine() {
        for (url, expected) in [
            ("http://127.0.0.1:8083", true),
            ("http://[::1]:8083", true),
            ("http://localhost:8083", true),
            ("https://states.us-east-1.amazonaws.com", false),
            ("http://127.0.0.1.example.com", false),
            ("http://192.0.2.1:8083", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
