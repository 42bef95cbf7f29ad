//! The connection pool: sends a request, reads the whole answer, all of it within its time.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{Client, ClientBuilder, Method, RequestBuilder, StatusCode, Url, redirect};
use serde_json::Value;

use super::SalesforceError;
use crate::observe::{Service, Unit, metric};

/// The longest answer that is read. Ours are a few hundred bytes.
const LONGEST_ANSWER: usize = 256 * 1024;
/// Idle connections go before Salesforce or something between closes them.
const IDLE: Duration = Duration::from_secs(30);
/// What Salesforce says of the requests of the last 24 hours: `api-usage=18/5000`.
const LIMIT_HEADER: &str = "sforce-limit-info";

/// How long to wait: all of it below the step's own `TimeoutSeconds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Duration,
    /// For the next bytes of an answer.
    pub read: Duration,
    /// For one request, with its connection and its answer.
    pub request: Duration,
    /// For everything that one step asks: secret, login, request, and a second try.
    pub operation: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_millis(1500),
            read: Duration::from_secs(3),
            request: Duration::from_secs(4),
            // `CreateLead` has 10 seconds.
            operation: Duration::from_secs(8),
        }
    }
}

/// A whole answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// `null` where it is empty or no JSON.
    pub(super) body: Value,
}

/// The pools: one for HTTPS, and one for a sandbox on loopback. Each is made when it is needed first: who
/// speaks to a sandbox does not wait for the certificates of this machine to be read.
#[derive(Debug, Clone)]
pub(super) struct Transport {
    timeouts: Timeouts,
    encrypted: Arc<OnceLock<Option<Client>>>,
    plain: Arc<OnceLock<Option<Client>>>,
}

impl Transport {
    pub(super) fn new(timeouts: Timeouts) -> Self {
        Self { timeouts, encrypted: Arc::default(), plain: Arc::default() }
    }

    pub(super) fn request(
        &self,
        method: Method,
        url: Url,
    ) -> Result<RequestBuilder, SalesforceError> {
        let client = if url.scheme() == "https" {
            self.encrypted.get_or_init(|| self.builder().build().ok())
        } else {
            self.plain.get_or_init(|| self.builder().tls_certs_only([]).build().ok())
        };
        let client = client.as_ref().ok_or_else(|| {
            let cause = "no HTTPS client: this machine has no certificates to trust";
            SalesforceError::unavailable("ClientNotBuilt", cause)
        })?;
        Ok(client.request(method, url))
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder()
            .connect_timeout(self.timeouts.connect)
            .read_timeout(self.timeouts.read)
            .timeout(self.timeouts.request)
            .pool_idle_timeout(IDLE)
            // A credential goes where we send it, and nowhere else.
            .redirect(redirect::Policy::none())
    }

    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Answer, SalesforceError> {
        let mut response = request.send().await.map_err(|error| no_answer(&error))?;
        let status = response.status();
        let usage = response.headers().get(LIMIT_HEADER).and_then(|value| value.to_str().ok());
        if let Some(percent) = usage.and_then(used_percent) {
            metric(Service::Salesforce, "ApiUsage", percent, Unit::Percent);
        }
        let mut text = Vec::new();
        while let Some(bytes) = response.chunk().await.map_err(|error| no_answer(&error))? {
            if text.len() + bytes.len() > LONGEST_ANSWER {
                return Err(SalesforceError::unavailable(
                    "AnswerTooLong",
                    "Salesforce's answer is longer than any that was asked for",
                ));
            }
            text.extend_from_slice(&bytes);
        }
        Ok(Answer { status, body: serde_json::from_slice(&text).unwrap_or_default() })
    }
}

/// The error's own text holds the address, with the interaction's key in it: only its kind is told.
fn no_answer(error: &reqwest::Error) -> SalesforceError {
    let (code, cause) = if error.is_timeout() {
        ("Timeout", "Salesforce did not answer in time")
    } else if error.is_connect() {
        ("ConnectionFailed", "no connection to Salesforce")
    } else if error.is_body() || error.is_decode() {
        ("AnswerBroken", "Salesforce's answer broke off")
    } else {
        ("RequestFailed", "the connection to Salesforce broke")
    };
    SalesforceError::unavailable(code, cause)
}

/// How much of the org's requests is used up, out of `api-usage=18/5000, per-app-api-usage=…`.
fn used_percent(header: &str) -> Option<f64> {
    let usage = header.split([',', ';']).find_map(|part| part.trim().strip_prefix("api-usage="))?;
    let (used, limit) = usage.split_once('/')?;
    let (used, limit): (u32, u32) = (used.trim().parse().ok()?, limit.trim().parse().ok()?);
    (limit > 0).then(|| f64::from(used) * 100.0 / f64::from(limit))
}

#[cfg(test)]
mod tests {
    use tokio::{io::AsyncReadExt, net::TcpListener};

    use super::*;

    #[tokio::test]
    async fn an_https_address_is_spoken_to_in_tls() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap()).parse().unwrap();
        let first_byte = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.read_u8().await.unwrap()
        };
        let transport = Transport::new(Timeouts::default());
        let request = transport.request(Method::GET, url).unwrap();
        let (first_byte, answer) = tokio::join!(first_byte, transport.send(request));
        assert_eq!(first_byte, 22, "a handshake begins with its record type");
        assert_eq!(answer.unwrap_err().code.as_str(), "ConnectionFailed");
    }

    #[test]
    fn a_step_hears_of_a_failure_before_its_own_time_is_up() {
        let Timeouts { connect, read, request, operation } = Timeouts::default();
        assert!(connect < request && read < request && request < operation);
        // A second try, too, has its time.
        assert!(operation >= request * 2 && operation < Duration::from_secs(10));
    }

    #[test]
    fn the_limit_header_gives_the_used_share() {
        let check = |header: &str, expected: Option<f64>| {
            assert_eq!(used_percent(header), expected, "{header}");
        };
        check("api-usage=50/200", Some(25.0));
        check("api-usage=50/200; per-app-api-usage=17/250(appName=x)", Some(25.0));
        check("per-app-api-usage=17/250(appName=x), api-usage=1/100", Some(1.0));
        check("api-usage=1/0", None);
        check("api-usage=many", None);
        check("", None);
    }
}
