//! One external call: timed, with a line when it is over, also when nobody waited for its end.

use std::{borrow::Cow, time::Duration};

use definitions::contract::InteractionKey;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::{
    Code, Failure, Service, TraceId,
    context::Context,
    sink::{Line, emit},
    trace::{Kind, Span, SpanId},
};

/// A call that is about to be made.
#[derive(Debug, Clone)]
#[must_use = "nothing is called until `run`"]
pub struct Call {
    service: Service,
    operation: Cow<'static, str>,
    attempt: u32,
}

/// A call that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalCall {
    /// Who was called.
    pub service: Service,
    /// What was asked.
    pub operation: Cow<'static, str>,
    /// For which interaction, where it was for one.
    pub key: Option<InteractionKey>,
    /// In which trace.
    pub trace: Option<TraceId>,
    /// Which try this was, from 1.
    pub attempt: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// How long it took.
    pub duration: Duration,
    /// `ok`, `abandoned`, or the code of the error.
    pub outcome: Code,
    /// Whether something is wrong.
    pub fault: bool,
}

impl Call {
    /// A first try.
    pub fn new(service: Service, operation: impl Into<Cow<'static, str>>) -> Self {
        Self { service, operation: operation.into(), attempt: 1 }
    }

    /// Which try this is, from 1.
    pub fn attempt(self, attempt: u32) -> Self {
        Self { attempt, ..self }
    }

    /// Makes the call.
    pub async fn run<T, E: Failure>(
        self,
        future: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let open = self.start();
        let result = future.await;
        match &result {
            Ok(_) => open.succeed(),
            Err(error) => open.fail(error.code(), true),
        }
        result
    }

    /// Begins a call that somebody else makes.
    pub(crate) fn start(self) -> OpenCall {
        OpenCall {
            call: self,
            context: Context::here(),
            started_at: Timestamp::now(),
            started: Instant::now(),
            outcome: Code::new("abandoned"),
            fault: true,
        }
    }
}

/// A call that goes on. It writes its line when it is dropped, so that a call which a deadline cuts off
/// has one too.
pub(crate) struct OpenCall {
    call: Call,
    context: Context,
    started_at: Timestamp,
    started: Instant,
    outcome: Code,
    fault: bool,
}

impl OpenCall {
    pub(crate) fn succeed(mut self) {
        self.outcome = Code::new("ok");
        self.fault = false;
    }

    pub(crate) fn fail(mut self, code: Code, fault: bool) {
        self.outcome = code;
        self.fault = fault;
    }

    /// What a trace keeps of it.
    fn span(&self, over: &ExternalCall) -> Span {
        let ended_at = SignedDuration::try_from(over.duration).ok();
        let ended_at = ended_at.and_then(|took| over.started_at.saturating_add(took).ok());
        let (service, operation) = (over.service.name(), &over.operation);
        let mut attributes = vec![
            ("rpc.service", service.to_owned()),
            ("rpc.method", operation.to_string()),
            ("atlas.attempt", over.attempt.to_string()),
            ("atlas.outcome", over.outcome.to_string()),
        ];
        attributes.extend(over.key.as_ref().map(|key| ("atlas.interaction_key", key.to_string())));
        Span {
            id: SpanId::new(),
            parent: None,
            name: format!("{service}.{operation}"),
            kind: Kind::Call,
            started_at: over.started_at,
            ended_at: ended_at.unwrap_or(over.started_at),
            attributes,
            error: over.fault.then(|| over.outcome.clone()),
        }
    }
}

impl std::fmt::Debug for OpenCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.call.fmt(f)
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        let over = ExternalCall {
            service: self.call.service,
            operation: self.call.operation.clone(),
            key: self.context.key.clone(),
            trace: self.context.trace.as_ref().map(|trace| trace.id()),
            attempt: self.call.attempt,
            started_at: self.started_at,
            duration: self.started.elapsed(),
            outcome: self.outcome.clone(),
            fault: self.fault,
        };
        if let Some(trace) = &self.context.trace {
            trace.call(self.span(&over));
        }
        emit(&Line::Call(over));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::{
        super::{about, scoped},
        *,
    };

    struct Refused;

    impl Failure for Refused {
        fn code(&self) -> Code {
            Code::new("REFUSED")
        }
    }

    #[tokio::test(start_paused = true)]
    async fn every_call_has_one_line_also_one_that_was_cut_off() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let key: InteractionKey = "k-1".parse().unwrap();
        scoped(lines.clone(), async {
            let put = Call::new(Service::DynamoDb, "PutItem").attempt(2);
            let put = about(&key, put.run(async { Ok::<_, Refused>(1) }));
            assert!(put.await.is_ok());
            let upsert = Call::new(Service::Salesforce, "Upsert");
            assert!(upsert.run(async { Err::<(), _>(Refused) }).await.is_err());
            let hangs = Call::new(Service::Connect, "Start");
            let hangs = hangs.run(std::future::pending::<Result<(), Refused>>());
            assert!(tokio::time::timeout(Duration::from_millis(1), hangs).await.is_err());
        })
        .await;
        let lines = lines.lock().unwrap();
        let seen: Vec<_> = lines
            .iter()
            .map(|line| match line {
                Line::Call(call) => {
                    let key = call.key.as_ref().map(InteractionKey::as_str);
                    (
                        call.operation.to_string(),
                        key,
                        call.attempt,
                        call.outcome.as_str().to_owned(),
                    )
                }
                Line::Metric(_) | Line::Warning(_) => panic!("{line:?}"),
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("PutItem".to_owned(), Some("k-1"), 2, "ok".to_owned()),
                ("Upsert".to_owned(), None, 1, "REFUSED".to_owned()),
                ("Start".to_owned(), None, 1, "abandoned".to_owned()),
            ]
        );
    }
}
