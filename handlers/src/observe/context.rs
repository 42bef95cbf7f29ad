//! What is known wherever something is seen: for which interaction, in which trace, and where lines go.
//!
//! It belongs to the task, so invocations that run at once do not mix, and one process can hold several.

use std::sync::Arc;

use definitions::contract::InteractionKey;

use super::{Sink, Trace, TraceParent};

tokio::task_local! {
    static CONTEXT: Context;
}

#[derive(Clone, Default)]
pub(super) struct Context {
    pub(super) sink: Option<Arc<dyn Sink>>,
    pub(super) key: Option<InteractionKey>,
    pub(super) parent: Option<TraceParent>,
    pub(super) trace: Option<Arc<Trace>>,
}

impl Context {
    pub(super) fn here() -> Self {
        CONTEXT.try_with(Clone::clone).unwrap_or_default()
    }
}

/// Sends the lines of `future` to `sink`.
pub async fn scoped<T>(sink: Arc<dyn Sink>, future: impl Future<Output = T>) -> T {
    CONTEXT.scope(Context { sink: Some(sink), ..Context::here() }, future).await
}

/// `future` works for this interaction: its calls and warnings name it.
pub async fn about<T>(key: &InteractionKey, future: impl Future<Output = T>) -> T {
    CONTEXT.scope(Context { key: Some(key.clone()), ..Context::here() }, future).await
}

/// `future` is one invocation, called by the span that `parent` names.
pub async fn called_by<T>(parent: Option<TraceParent>, future: impl Future<Output = T>) -> T {
    CONTEXT.scope(Context { parent, ..Context::here() }, future).await
}

/// `future` belongs to `trace`.
pub(crate) async fn traced<T>(trace: Arc<Trace>, future: impl Future<Output = T>) -> T {
    CONTEXT.scope(Context { trace: Some(trace), ..Context::here() }, future).await
}

/// Begins `work` as a task of its own, which nobody waits for and an answer may overtake. What it calls
/// still belongs to this invocation, and its spans are sent when it is done.
pub(crate) fn beside(work: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(inherit(async {
        work.await;
        if let Some(trace) = Context::here().trace {
            trace.send().await;
        }
    }));
}

/// `future` with what is known here, for a task that is spawned beside this one.
pub fn inherit<T>(future: impl Future<Output = T>) -> impl Future<Output = T> {
    CONTEXT.scope(Context::here(), future)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tokio::sync::{mpsc, oneshot};

    use super::*;
    use crate::{
        environment::Environment,
        observe::{Call, Code, Exporter, Failure, Service},
        testing::{HttpPeer, Reply},
    };

    struct Never;

    impl Failure for Never {
        fn code(&self) -> Code {
            Code::new("Never")
        }
    }

    #[tokio::test]
    async fn work_that_the_answer_overtakes_has_its_spans_in_the_same_trace() {
        let (collect, mut collected) = mpsc::unbounded_channel();
        let collector = HttpPeer::start(move |request| {
            collect.send(serde_json::from_str::<Value>(&request.body).unwrap()).unwrap();
            Reply::json(200, &json!({}))
        })
        .await;
        let environment =
            Environment::from_iter([("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url())]);
        let exporter = Exporter::of("Handler", &environment).unwrap().map(Arc::new);
        let trace = Arc::new(Trace::begin(exporter));
        let (answered, wait) = oneshot::channel::<()>();
        traced(trace.clone(), async {
            beside(async {
                let put = Call::new(Service::DynamoDb, "PutItem");
                let put = put.run(async { wait.await.map_err(|_| Never) });
                assert!(put.await.is_ok());
            });
            trace.end("Handler", None);
            trace.send().await;
        })
        .await;
        answered.send(()).unwrap();
        let mut spans = Vec::new();
        for _ in 0..2 {
            let batch = collected.recv().await.unwrap();
            spans.push(batch["resourceSpans"][0]["scopeSpans"][0]["spans"][0].clone());
        }
        assert_eq!(
            (&spans[0]["name"], &spans[1]["name"]),
            (&json!("Handler"), &json!("DynamoDB.PutItem"))
        );
        assert_eq!(spans[1]["traceId"], spans[0]["traceId"]);
        assert_eq!(spans[1]["parentSpanId"], spans[0]["spanId"]);
    }
}
