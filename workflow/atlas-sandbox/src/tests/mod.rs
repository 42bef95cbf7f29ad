//! Each service through HTTP, as a plain client sees it. Every answer of an AWS service that succeeds is also
//! held to its API model on the way out.

mod aws;
mod dynamodb;
pub(crate) mod error_form;
mod faults;
mod load;
mod looked_at;
mod own_host;
mod recorder;
mod salesforce;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{ConnectOptions, Options, Sandbox, connect, service::Service};

/// A sandbox and a client that keeps its connections.
struct Client {
    sandbox: Sandbox,
    http: reqwest::Client,
}

impl Client {
    async fn start(options: Options) -> Self {
        Self { sandbox: Sandbox::start(options).await.unwrap(), http: reqwest::Client::new() }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.sandbox.base_url()))
    }

    fn signed(&self, service: Service, method: Method, path: &str) -> reqwest::RequestBuilder {
        let scope = format!("sandbox/20261121/us-east-1/{service}/aws4_request");
        let signature =
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0a");
        self.request(method, path).header("authorization", signature)
    }

    /// Calls a service that is told by its target.
    async fn call(&self, service: Service, operation: &str, body: Value) -> (StatusCode, Value) {
        let prefix = match service {
            Service::SecretsManager => "secretsmanager",
            Service::DynamoDb => "DynamoDB_20120810",
            Service::ServiceQuotas => "ServiceQuotasV20190624",
            Service::EventBridge => "AWSEvents",
            _ => "AmazonSQS",
        };
        let request = self
            .signed(service, Method::POST, "/")
            .header("x-amz-target", format!("{prefix}.{operation}"))
            .json(&body);
        read(request).await
    }

    /// Rings a number.
    async fn dial(&self, number: &str, token: &str) -> (StatusCode, Value) {
        read(self.dial_request(number, token)).await
    }

    fn dial_request(&self, number: &str, token: &str) -> reqwest::RequestBuilder {
        self.signed(Service::Connect, Method::PUT, "/contact/outbound-voice").json(&json!({
            "DestinationPhoneNumber": number,
            "SourcePhoneNumber": connect::SOURCE_NUMBER,
            "ContactFlowId": connect::FLOW_ID,
            "InstanceId": connect::INSTANCE_ID,
            "ClientToken": token,
        }))
    }

    /// The contact events out of the queue, until there are so many or none comes for as long as one may wait.
    async fn events(&self, expected: usize) -> Vec<Value> {
        let url = self.sandbox.queue_url(&ConnectOptions::default().events_queue);
        let body = json!({ "QueueUrl": url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 20 });
        let mut events = Vec::new();
        loop {
            let (_, told) = self.call(Service::Sqs, "ReceiveMessage", body.clone()).await;
            let messages = told["Messages"].as_array().cloned().unwrap_or_default();
            let bodies = messages.iter().map(|message| message["Body"].as_str().unwrap());
            events.extend(bodies.map(|body| serde_json::from_str::<Value>(body).unwrap()));
            if messages.is_empty() || events.len() >= expected {
                return events;
            }
        }
    }
}

async fn read(request: reqwest::RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let body = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

fn faults(texts: &[&str]) -> Options {
    let faults = texts.iter().map(|text| text.parse().unwrap()).collect();
    Options { faults, ..Options::default() }
}
