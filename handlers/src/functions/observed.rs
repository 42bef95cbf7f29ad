//! A function with a span around each invocation, in which every external call has its own.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use super::{Function, FunctionError, Handler};
use crate::{
    environment::{Environment, InvalidVariable},
    observe::{self, Code, Exporter, Trace},
};

/// A handler, seen.
pub(super) struct Observed<F> {
    handler: Handler,
    function: F,
    exporter: Option<Arc<Exporter>>,
}

impl<F: Function> Observed<F> {
    pub(super) fn new(
        handler: Handler,
        environment: &Environment,
        function: F,
    ) -> Result<Self, InvalidVariable> {
        let exporter = Exporter::of(handler.name(), environment)?.map(Arc::new);
        Ok(Self { handler, function, exporter })
    }
}

#[async_trait]
impl<F: Function> Function for Observed<F> {
    async fn invoke(&self, payload: Value) -> Result<Value, FunctionError> {
        let trace = Arc::new(Trace::begin(self.exporter.clone()));
        let key = payload.get("interactionKey").and_then(Value::as_str);
        let key = key.and_then(|key| key.parse().ok());
        let work = async {
            let result = match &key {
                Some(key) => observe::about(key, self.function.invoke(payload)).await,
                None => self.function.invoke(payload).await,
            };
            let error = result.as_ref().err();
            trace.end(self.handler.name(), error.map(|error| Code::new(&error.error_type)));
            // Before the answer: Lambda freezes what comes after it.
            trace.send().await;
            result
        };
        observe::traced(trace.clone(), work).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde_json::json;

    use super::*;
    use crate::{
        functions::of,
        observe::{Line, TraceParent},
        testing::{HttpPeer, Reply},
    };

    const ROOT: &str = "1-5759e988-bd862e3fe1be46a994272793";
    const PARENT: &str = "53995c3f42cd8ad8";

    /// A collector and a table behind one address.
    async fn peer(collected: &Arc<Mutex<Vec<Value>>>) -> HttpPeer {
        let collected = collected.clone();
        HttpPeer::start(move |request| match request.line.as_str() {
            "POST /v1/traces" => {
                assert!(request.head.contains("content-type: application/json"));
                let body = serde_json::from_str(&request.body).unwrap();
                collected.lock().unwrap().push(body);
                Reply::json(200, &json!({}))
            }
            _ => Reply::json(400, &json!({"__type": "ValidationException"})),
        })
        .await
    }

    fn environment(peer: &HttpPeer, collector: &str) -> Environment {
        Environment::from_iter([
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "hunter2-secret"),
            ("AWS_ENDPOINT_URL", &peer.url()),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector),
            ("CONNECT_INSTANCE_ID", "instance"),
            ("CONNECT_CONTACT_FLOW_ID", "flow"),
            ("PHONE_HASH_KEY", "0123456789abcdef"),
            ("CALLING_FROM", "00:00"),
            ("CALLING_UNTIL", "24:00"),
        ])
    }

    fn payload() -> Value {
        json!({
            "interactionKey": "k-1", "leadId": "00Q1",
            "scenario": {"opening": "Hello Ada", "objective": "a demo", "talkingPoints": [],
                "tone": "friendly", "language": "en-US"},
            "lead": {"phone": "+14155550123", "email": "ada@example.com"},
            "call": {"locale": "en-US", "timeZone": "America/Los_Angeles", "maxAttempts": 1},
            "consent": {"mayCall": true, "capturedAt": "2026-11-20T17:04:05Z"},
            "callerId": null, "attempt": 1, "taskToken": "token-of-the-task",
        })
    }

    #[tokio::test]
    async fn a_collector_has_every_span_before_the_answer_and_nothing_personal() {
        let collected = Arc::default();
        let peer = peer(&collected).await;
        let environment = environment(&peer, &peer.url());
        let function = of(Handler::InvokeOutboundCall, &environment).await.unwrap();
        let header = format!("Root={ROOT};Parent={PARENT};Sampled=1");
        let parent = TraceParent::from_x_ray(&header);
        let lines: Arc<Mutex<Vec<Line>>> = Arc::default();
        let invoked = observe::called_by(parent, function.invoke(payload()));
        let error = observe::scoped(lines.clone(), invoked).await.unwrap_err();
        assert_eq!(error.error_type, "Store.Unavailable");

        let collected = collected.lock().unwrap();
        let [batch] = &collected[..] else { panic!("{collected:?}") };
        let resource = &batch["resourceSpans"][0];
        assert_eq!(
            resource["resource"]["attributes"][0],
            json!({"key": "service.name", "value": {"stringValue": "InvokeOutboundCallHandler"}})
        );
        let spans = resource["scopeSpans"][0]["spans"].as_array().unwrap();
        let (invocation, calls) = spans.split_last().unwrap();
        assert_eq!(invocation["name"], "InvokeOutboundCallHandler");
        assert_eq!(invocation["parentSpanId"], PARENT);
        assert_eq!(invocation["kind"], 2);
        assert_eq!(invocation["status"]["code"], 2);
        // The reservation, the suppression list, and the pace.
        assert!(calls.len() >= 3, "{calls:?}");
        let trace = ROOT[2..].replace('-', "");
        for span in spans {
            assert_eq!(span["traceId"], trace.as_str());
            let time = |name: &str| span[name].as_str().unwrap().parse::<u128>().unwrap();
            assert!(time("startTimeUnixNano") <= time("endTimeUnixNano"), "{span}");
        }
        for call in calls {
            assert_eq!(call["parentSpanId"], invocation["spanId"]);
            assert!(call["name"].as_str().unwrap().starts_with("DynamoDB."), "{call}");
            assert!(call.to_string().contains("k-1"), "{call}");
            assert!(call.to_string().contains("ValidationException"), "{call}");
        }

        let lines = lines.lock().unwrap();
        assert_eq!(lines.len(), calls.len());
        let at = jiff::Timestamp::UNIX_EPOCH;
        for text in lines.iter().map(|line| line.to_json(at)).chain([batch.clone()]) {
            let known = text.get("_aws").is_none() || text["traceId"] == ROOT;
            assert!(known && text.to_string().contains("k-1"), "{text}");
            for hidden in ["0123", "Ada", "ada@", "token-of", "hunter2", "example.com"] {
                assert!(!text.to_string().contains(hidden), "{hidden}: {text}");
            }
        }
    }

    #[tokio::test]
    async fn a_trace_that_nobody_keeps_is_not_sent_and_a_collector_that_is_gone_stops_nobody() {
        let collected = Arc::default();
        let peer = peer(&collected).await;
        let check = async |collector: &str, sampled: u8, warnings: usize| {
            let environment = environment(&peer, collector);
            let function = of(Handler::InvokeOutboundCall, &environment).await.unwrap();
            let header = format!("Root={ROOT};Sampled={sampled}");
            let lines: Arc<Mutex<Vec<Line>>> = Arc::default();
            let invoked =
                observe::called_by(TraceParent::from_x_ray(&header), function.invoke(payload()));
            let error = observe::scoped(lines.clone(), invoked).await.unwrap_err();
            assert_eq!(error.error_type, "Store.Unavailable");
            let lines = lines.lock().unwrap();
            let warned = lines.iter().filter(|line| matches!(line, Line::Warning(_)));
            assert_eq!(warned.count(), warnings, "{lines:?}");
        };
        check(&peer.url(), 0, 0).await;
        check("", 1, 0).await;
        assert!(collected.lock().unwrap().is_empty());
        check(&format!("{}/elsewhere", peer.url()), 1, 1).await;
    }
}
