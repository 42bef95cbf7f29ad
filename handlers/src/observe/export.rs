//! Spans to an OpenTelemetry collector: OTLP over HTTP, as JSON.
//!
//! They go before the answer does, since Lambda freezes what comes later; within a time that nobody
//! notices, and a collector that is not there costs a warning. Written by hand: a request of one form
//! needs none of OpenTelemetry's batching, sampling and protobuf.

use std::time::Duration;

use aws_smithy_http_client::{
    Connector,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{http::HttpConnector, orchestrator::HttpRequest};
use aws_smithy_types::body::SdkBody;
use jiff::Timestamp;
use reqwest::Url;
use serde_json::{Value, json};

use super::{
    TraceId,
    trace::{Kind, Span},
    warn,
};
use crate::environment::{Environment, InvalidVariable, variables};

/// A collector is a process beside this one, or close by.
const PATIENCE: Duration = Duration::from_millis(500);

/// Sends spans.
#[derive(Debug)]
pub(crate) struct Exporter {
    service: &'static str,
    connector: Connector,
    url: String,
}

impl Exporter {
    /// To the collector that `OTEL_EXPORTER_OTLP_ENDPOINT` names, if it does, as spans of `service`.
    pub(crate) fn of(
        service: &'static str,
        environment: &Environment,
    ) -> Result<Option<Self>, InvalidVariable> {
        let endpoint =
            variables::OTEL_EXPORTER_OTLP_ENDPOINT.read_optional(environment, |text| {
                let url = Url::parse(text).ok()?;
                matches!(url.scheme(), "http" | "https").then_some(url)
            })?;
        Ok(endpoint.map(|endpoint| {
            let builder = Connector::builder();
            let connector = match endpoint.scheme() {
                "http" => builder.build_http(),
                _ => builder.tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build(),
            };
            let base = endpoint.as_str().trim_end_matches('/');
            Self { service, connector, url: format!("{base}/v1/traces") }
        }))
    }

    /// Sends spans of `trace`.
    pub(super) async fn send(&self, trace: TraceId, spans: &[Span]) {
        let body = request(self.service, trace, spans).to_string();
        let mut request = HttpRequest::new(SdkBody::from(body));
        let set = request.set_method("POST").and_then(|()| request.set_uri(self.url.as_str()));
        if set.is_err() {
            return;
        }
        request.headers_mut().insert("content-type", "application/json");
        match tokio::time::timeout(PATIENCE, self.connector.call(request)).await {
            Ok(Ok(response)) if response.status().is_success() => {}
            Ok(Ok(_)) => warn("the collector refuses the spans", ""),
            Ok(Err(_)) => warn("there is no collector for the spans", ""),
            Err(_) => warn("the collector takes too long for the spans", ""),
        }
    }
}

fn request(service: &str, trace: TraceId, spans: &[Span]) -> Value {
    let spans: Vec<_> = spans.iter().map(|one| span(trace, one)).collect();
    let resource = [("service.name", service), ("faas.name", service)];
    json!({"resourceSpans": [{
        "resource": {"attributes": attributes(resource)},
        "scopeSpans": [{"scope": {"name": "atlas-engine"}, "spans": spans}],
    }]})
}

fn span(trace: TraceId, span: &Span) -> Value {
    // What OTLP's `SpanKind` calls SERVER and CLIENT, and `StatusCode` ERROR.
    let kind = match span.kind {
        Kind::Invocation => 2,
        Kind::Call => 3,
    };
    let error = span.error.as_ref().map(|code| ("error.type", code.as_str()));
    let known = span.attributes.iter().map(|(name, value)| (*name, value.as_str()));
    json!({
        "traceId": trace.hex(),
        "spanId": span.id.hex(),
        "parentSpanId": span.parent.map_or_else(String::new, |id| id.hex()),
        "name": span.name,
        "kind": kind,
        "startTimeUnixNano": nanoseconds(span.started_at),
        "endTimeUnixNano": nanoseconds(span.ended_at),
        "attributes": attributes(known.chain(error)),
        "status": {"code": if error.is_some() { 2 } else { 0 }},
    })
}

fn attributes<'a>(all: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Value> {
    let attribute = |(key, value)| json!({"key": key, "value": {"stringValue": value}});
    all.into_iter().map(attribute).collect()
}

/// OTLP's JSON has 64-bit numbers as texts.
fn nanoseconds(at: Timestamp) -> String {
    at.as_nanosecond().to_string()
}
