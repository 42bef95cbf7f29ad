//! The client: a question, signed, and its answer.

use std::{sync::Arc, time::Duration};

use aws_credential_types::Credentials;
use handlers::{account::Account, clock::Clock};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::Value;

use super::{AwsError, Service, signature};
use crate::skew::Skew;

/// How often a question is put whose answer may be another one a moment later.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(400);
/// What stands in a part of a path as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// AWS, as this caller sees it.
pub(crate) struct Api {
    http: reqwest::Client,
    account: Account,
    credentials: Credentials,
    clock: Arc<dyn Clock>,
    skew: Arc<Skew>,
}

struct Question<'a> {
    service: &'a Service,
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Api {
    pub(crate) fn new(
        http: reqwest::Client,
        account: Account,
        credentials: Credentials,
        clock: Arc<dyn Clock>,
        skew: Arc<Skew>,
    ) -> Self {
        Self { http, account, credentials, clock, skew }
    }

    /// An operation of a service that speaks AWS JSON.
    pub(crate) async fn call(
        &self,
        service: &Service,
        operation: &str,
        body: &Value,
    ) -> Result<Value, AwsError> {
        let (prefix, version) =
            service.target.expect("only services with a target are called by it");
        let headers = vec![
            ("content-type", format!("application/x-amz-json-{version}")),
            ("x-amz-target", format!("{prefix}.{operation}")),
        ];
        let body = body.to_string().into_bytes();
        let question =
            Question { service, method: Method::POST, path: "/".to_owned(), headers, body };
        self.ask(question).await.map(|answer| read(&answer))
    }

    /// Something under a path, whose parts are given as they are.
    pub(crate) async fn get(&self, service: &Service, parts: &[&str]) -> Result<Value, AwsError> {
        let question = Question {
            service,
            method: Method::GET,
            path: path(parts),
            headers: Vec::new(),
            body: Vec::new(),
        };
        self.ask(question).await.map(|answer| read(&answer))
    }

    /// The same with a body.
    pub(crate) async fn post(
        &self,
        service: &Service,
        parts: &[&str],
        body: &Value,
    ) -> Result<Value, AwsError> {
        let question = Question {
            service,
            method: Method::POST,
            path: path(parts),
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.to_string().into_bytes(),
        };
        self.ask(question).await.map(|answer| read(&answer))
    }

    /// A form, answered in XML.
    pub(crate) async fn form(&self, service: &Service, form: &str) -> Result<String, AwsError> {
        let question = Question {
            service,
            method: Method::POST,
            path: "/".to_owned(),
            headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
            body: form.as_bytes().to_vec(),
        };
        let answer = self.ask(question).await?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    async fn ask(&self, question: Question<'_>) -> Result<Vec<u8>, AwsError> {
        let mut attempt = 1;
        loop {
            match self.ask_once(&question).await {
                Err(error) if error.is_passing() && attempt < ATTEMPTS => attempt += 1,
                result => return result,
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn ask_once(&self, question: &Question<'_>) -> Result<Vec<u8>, AwsError> {
        let Question { service, method, path, headers, body } = question;
        let region = self.account.region();
        let endpoint = self.account.endpoint(service.endpoint);
        let endpoint = endpoint.map_err(|_| AwsError::NoAnswer("its endpoint is no URL"))?;
        let base = endpoint.unwrap_or_else(|| {
            let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
            format!("https://{}.{region}.amazonaws.com{suffix}", service.host)
        });
        let url = base + path;
        let scope = (&self.credentials, region, service.signing);
        let now = self.clock.now();
        let signed = signature::headers((method.as_str(), &url, body), headers, scope, now.into());
        let signed = signed.ok_or(AwsError::NoAnswer("its endpoint takes no signature"))?;
        let mut request = self.http.request(method.clone(), &url).body(body.clone());
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        for (name, value) in signed {
            request = request.header(name, value);
        }
        let response = request.send().await.map_err(|error| AwsError::no_answer(&error))?;
        self.skew.note(response.headers(), self.clock.now());
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(|error| AwsError::no_answer(&error))?;
        if status.is_success() {
            return Ok(body.to_vec());
        }
        Err(AwsError::refused(status.as_u16(), &headers, &body))
    }
}

fn read(answer: &[u8]) -> Value {
    serde_json::from_slice(answer).unwrap_or_default()
}

fn path(parts: &[&str]) -> String {
    parts.iter().map(|part| format!("/{}", utf8_percent_encode(part, PLAIN))).collect()
}
