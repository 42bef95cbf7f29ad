//! The ports without a network behind them.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use async_trait::async_trait;
use definitions::contract::{InteractionKey, Lead, Outcome};
use jiff::{SignedDuration, Timestamp};

use super::secret;
use crate::{
    clock::Clock,
    records::{LeadRecord, LeadRecords, LeadState, StoreUnavailable},
    salesforce::{OutcomeReport, Salesforce, SalesforceError, UpsertedLead},
    secrets::{SalesforceSecret, Secrets, SecretsUnavailable},
};

/// A clock that stands, until it is advanced. It begins now: assertions are checked by a real one.
#[derive(Debug)]
pub(crate) struct SetClock(Mutex<Timestamp>);

impl Default for SetClock {
    fn default() -> Self {
        Self(Mutex::new(Timestamp::now()))
    }
}

impl SetClock {
    pub(crate) fn advance(&self, by: SignedDuration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A secret, and how often it was read.
#[derive(Debug, Default)]
pub(crate) struct StubSecrets {
    secret: Mutex<Option<SalesforceSecret>>,
    readings: AtomicU32,
    down: AtomicBool,
}

impl StubSecrets {
    pub(crate) fn holding(secret: SalesforceSecret) -> Arc<Self> {
        Arc::new(Self { secret: Mutex::new(Some(secret)), ..Self::default() })
    }

    pub(crate) fn rotate(&self, secret: SalesforceSecret) {
        *self.secret.lock().unwrap() = Some(secret);
    }

    pub(crate) fn fail(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    pub(crate) fn readings(&self) -> u32 {
        self.readings.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Secrets for StubSecrets {
    async fn read(&self) -> Result<SalesforceSecret, SecretsUnavailable> {
        self.readings.fetch_add(1, Ordering::SeqCst);
        if self.down.load(Ordering::SeqCst) {
            return Err(SecretsUnavailable::new("down"));
        }
        let held = self.secret.lock().unwrap().clone();
        Ok(held.unwrap_or_else(|| secret("https://login.salesforce.com")))
    }
}

/// An org that takes everything, or fails as asked.
#[derive(Debug, Default)]
pub(crate) struct StubSalesforce {
    error: Mutex<Option<SalesforceError>>,
    keys: Mutex<Vec<InteractionKey>>,
}

impl StubSalesforce {
    pub(crate) fn fail(&self, error: Option<SalesforceError>) {
        *self.error.lock().unwrap() = error;
    }

    fn answer(&self) -> Result<(), SalesforceError> {
        self.error.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

#[async_trait]
impl Salesforce for StubSalesforce {
    async fn upsert_lead(
        &self,
        key: &InteractionKey,
        _lead: &Lead,
        _source: &str,
    ) -> Result<UpsertedLead, SalesforceError> {
        self.answer()?;
        let mut keys = self.keys.lock().unwrap();
        let created = !keys.contains(key);
        keys.push(key.clone());
        Ok(UpsertedLead { lead_id: "00Q5e00000ADA01EXA".to_owned(), created })
    }

    async fn report_outcome(&self, _report: OutcomeReport<'_>) -> Result<(), SalesforceError> {
        self.answer()
    }
}

/// The lead items, in memory.
#[derive(Debug, Default)]
pub(crate) struct LeadsInMemory {
    records: Mutex<Vec<LeadRecord>>,
    reports: AtomicU32,
    down: AtomicBool,
}

impl LeadsInMemory {
    pub(crate) fn all(&self) -> Vec<LeadRecord> {
        self.records.lock().unwrap().clone()
    }

    pub(crate) fn reports(&self) -> u32 {
        self.reports.load(Ordering::SeqCst)
    }

    pub(crate) fn fail(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    fn answer(&self) -> Result<(), StoreUnavailable> {
        let down = self.down.load(Ordering::SeqCst);
        if down { Err(StoreUnavailable::new("down")) } else { Ok(()) }
    }
}

#[async_trait]
impl LeadRecords for LeadsInMemory {
    async fn create(&self, lead: &LeadRecord) -> Result<LeadRecord, StoreUnavailable> {
        self.answer()?;
        let mut records = self.records.lock().unwrap();
        let there = records.iter().find(|one| one.interaction_key == lead.interaction_key).cloned();
        if there.is_none() {
            records.push(lead.clone());
        }
        Ok(there.unwrap_or_else(|| lead.clone()))
    }

    async fn report(
        &self,
        key: &InteractionKey,
        lead_id: &str,
        outcome: Outcome,
        _at: Timestamp,
    ) -> Result<bool, StoreUnavailable> {
        self.reports.fetch_add(1, Ordering::SeqCst);
        self.answer()?;
        let mut records = self.records.lock().unwrap();
        let there = records
            .iter_mut()
            .find(|one| one.interaction_key == *key && one.state == LeadState::Created);
        Ok(there.is_some_and(|lead| {
            lead.state = LeadState::Reported;
            lead.lead_id = Some(lead_id.to_owned());
            lead.outcome = Some(outcome);
            true
        }))
    }

    async fn lead(&self, key: &InteractionKey) -> Result<Option<LeadRecord>, StoreUnavailable> {
        self.answer()?;
        Ok(self.all().into_iter().find(|one| one.interaction_key == *key))
    }
}
