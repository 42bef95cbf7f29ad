//! One external call: timed, with a line when it is over, also when nobody waited for its end.

use std::time::Duration;

use definitions::contract::InteractionKey;
use lambda_runtime::tracing::{Instrument, info_span};
use tokio::time::Instant;

use super::{
    Code, Failure, Service,
    sink::{Line, emit},
};

/// A call that is about to be made.
#[derive(Debug, Clone)]
#[must_use = "nothing is called until `run`"]
pub struct Call {
    service: Service,
    operation: &'static str,
    key: Option<InteractionKey>,
    attempt: u32,
}

/// A call that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalCall {
    /// Who was called.
    pub service: Service,
    /// What was asked.
    pub operation: &'static str,
    /// For which interaction, where it was for one.
    pub key: Option<InteractionKey>,
    /// Which try this was, from 1.
    pub attempt: u32,
    /// How long it took.
    pub duration: Duration,
    /// `ok`, `abandoned`, or the code of the error.
    pub outcome: Code,
    /// Whether something is wrong.
    pub fault: bool,
}

/// Makes the first and only try of a call.
pub async fn call<T, E: Failure>(
    service: Service,
    operation: &'static str,
    key: Option<&InteractionKey>,
    future: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    Call::new(service, operation).key(key).run(future).await
}

impl Call {
    /// A first try, for no interaction in particular.
    pub fn new(service: Service, operation: &'static str) -> Self {
        Self { service, operation, key: None, attempt: 1 }
    }

    /// The interaction that it is for.
    pub fn key(self, key: Option<&InteractionKey>) -> Self {
        Self { key: key.cloned(), ..self }
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
        let span = info_span!(
            "call",
            service = self.service.name(),
            operation = self.operation,
            attempt = self.attempt,
        );
        let mut line = LineOnDrop::start(self);
        let result = future.instrument(span).await;
        match &result {
            Ok(_) => line.end(Code::new("ok"), false),
            Err(error) => line.end(error.code(), error.is_fault()),
        }
        result
    }
}

/// Writes the line when it is dropped, so that a call which a deadline cuts off has one too.
struct LineOnDrop {
    call: Call,
    started: Instant,
    outcome: Code,
    fault: bool,
}

impl LineOnDrop {
    fn start(call: Call) -> Self {
        Self { call, started: Instant::now(), outcome: Code::new("abandoned"), fault: true }
    }

    fn end(&mut self, outcome: Code, fault: bool) {
        self.outcome = outcome;
        self.fault = fault;
    }
}

impl Drop for LineOnDrop {
    fn drop(&mut self) {
        emit(&Line::Call(ExternalCall {
            service: self.call.service,
            operation: self.call.operation,
            key: self.call.key.take(),
            attempt: self.call.attempt,
            duration: self.started.elapsed(),
            outcome: self.outcome.clone(),
            fault: self.fault,
        }));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::{super::scoped, *};

    struct Refused;

    impl Failure for Refused {
        fn code(&self) -> Code {
            Code::new("REFUSED")
        }
    }

    #[tokio::test]
    async fn every_call_has_one_line_also_one_that_was_cut_off() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let key: InteractionKey = "k-1".parse().unwrap();
        scoped(lines.clone(), async {
            let put = Call::new(Service::DynamoDb, "PutItem").key(Some(&key)).attempt(2);
            assert!(put.run(async { Ok::<_, Refused>(1) }).await.is_ok());
            let upsert = call(Service::Salesforce, "Upsert", None, async { Err::<(), _>(Refused) });
            assert!(upsert.await.is_err());
            let hangs =
                call(Service::Connect, "Start", None, std::future::pending::<Result<(), _>>());
            let hangs = tokio::time::timeout(Duration::from_millis(1), async {
                let _: Result<(), Refused> = hangs.await;
            });
            assert!(hangs.await.is_err());
        })
        .await;
        let lines = lines.lock().unwrap();
        let seen: Vec<_> = lines
            .iter()
            .map(|line| match line {
                Line::Call(call) => {
                    let key = call.key.as_ref().map(InteractionKey::as_str);
                    (call.operation, key, call.attempt, call.outcome.as_str().to_owned())
                }
                Line::Metric(_) => panic!("{line:?}"),
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("PutItem", Some("k-1"), 2, "ok".to_owned()),
                ("Upsert", None, 1, "REFUSED".to_owned()),
                ("Start", None, 1, "abandoned".to_owned()),
            ]
        );
    }
}
