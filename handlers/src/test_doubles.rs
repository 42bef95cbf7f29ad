//! Ports without a network: a model, a table, a clock that is set.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::Notify;

use crate::{
    bedrock::{LanguageModel, ModelError, Question},
    cache::{CacheKey, CacheStore, CacheUnavailable, Entry},
    clock::Clock,
};

pub(crate) struct ManualClock(Mutex<Timestamp>);

impl Default for ManualClock {
    fn default() -> Self {
        Self(Mutex::new("2026-11-20T17:04:05Z".parse().unwrap()))
    }
}

impl ManualClock {
    pub(crate) fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap();
        *now += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Gives its answers in turn, the last one for ever.
pub(crate) struct FakeModel {
    answers: Mutex<Vec<Result<Value, ModelError>>>,
    questions: Mutex<Vec<Question>>,
    takes: Option<Duration>,
}

impl FakeModel {
    pub(crate) fn new(answers: Vec<Result<Value, ModelError>>) -> Self {
        Self::slow(answers, Duration::ZERO)
    }

    pub(crate) fn slow(answers: Vec<Result<Value, ModelError>>, takes: Duration) -> Self {
        Self { answers: Mutex::new(answers), questions: Mutex::default(), takes: Some(takes) }
    }

    pub(crate) fn hanging() -> Self {
        Self { answers: Mutex::default(), questions: Mutex::default(), takes: None }
    }

    pub(crate) fn asked(&self) -> usize {
        self.questions.lock().unwrap().len()
    }

    pub(crate) fn questions(&self) -> Vec<Question> {
        self.questions.lock().unwrap().clone()
    }
}

#[async_trait]
impl LanguageModel for FakeModel {
    fn id(&self) -> &str {
        "fake-model"
    }

    async fn ask(&self, question: &Question) -> Result<Value, ModelError> {
        self.questions.lock().unwrap().push(question.clone());
        match self.takes {
            None => std::future::pending::<()>().await,
            Some(Duration::ZERO) => {}
            Some(takes) => tokio::time::sleep(takes).await,
        }
        let mut answers = self.answers.lock().unwrap();
        if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() }
    }
}

/// A table in memory that never deletes.
#[derive(Default)]
pub(crate) struct FakeStore {
    entries: Mutex<HashMap<String, Entry>>,
    claims: Mutex<HashMap<String, Timestamp>>,
    reads: AtomicUsize,
    writes: AtomicUsize,
    written: Notify,
    takes: Duration,
    hangs: bool,
    down: bool,
}

impl FakeStore {
    pub(crate) fn hanging() -> Self {
        Self { hangs: true, ..Self::default() }
    }

    pub(crate) fn down() -> Self {
        Self { down: true, ..Self::default() }
    }

    pub(crate) fn slow(takes: Duration) -> Self {
        Self { takes, ..Self::default() }
    }

    pub(crate) fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }

    pub(crate) fn writes(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }

    /// Waits until an entry is there.
    pub(crate) async fn written(&self) {
        self.written.notified().await;
    }

    /// Everything that was ever written and not overwritten.
    pub(crate) fn texts(&self) -> String {
        format!("{:?}", self.entries.lock().unwrap())
    }

    async fn answer(&self) -> Result<(), CacheUnavailable> {
        if self.hangs {
            std::future::pending::<()>().await;
        }
        if !self.takes.is_zero() {
            tokio::time::sleep(self.takes).await;
        }
        if self.down { Err(CacheUnavailable("down".to_owned())) } else { Ok(()) }
    }
}

#[async_trait]
impl CacheStore for FakeStore {
    async fn newest(&self, key: &dyn CacheKey) -> Result<Option<Entry>, CacheUnavailable> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.answer().await?;
        Ok(self.entries.lock().unwrap().get(&key.partition()).cloned())
    }

    async fn write(
        &self,
        key: &dyn CacheKey,
        entry: &Entry,
        _over_at: Timestamp,
    ) -> Result<(), CacheUnavailable> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.answer().await?;
        self.entries.lock().unwrap().insert(key.partition(), entry.clone());
        self.written.notify_one();
        Ok(())
    }

    async fn claim(
        &self,
        key: &dyn CacheKey,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, CacheUnavailable> {
        self.answer().await?;
        let mut claims = self.claims.lock().unwrap();
        if claims.get(&key.partition()).is_some_and(|held| now < *held) {
            return Ok(false);
        }
        claims.insert(key.partition(), until);
        Ok(true)
    }

    async fn release(&self, key: &dyn CacheKey) -> Result<(), CacheUnavailable> {
        self.answer().await?;
        self.claims.lock().unwrap().remove(&key.partition());
        Ok(())
    }
}
