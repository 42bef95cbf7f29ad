//! The client: the port over HTTP, with a session, within its time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use definitions::contract::{InteractionKey, Lead};
use jiff::SignedDuration;
use reqwest::{Method, RequestBuilder, StatusCode, Url};
use serde_json::Value;

use super::{
    OutcomeReport, Salesforce, SalesforceError, Timeouts, UpsertedLead, composite,
    lead_fields::{EXTERNAL_ID, of_lead, of_outcome},
    refusal::{Refusal, of_api},
    session::{Session, Sessions},
    transport::{Answer, Transport},
};
use crate::{
    clock::Clock,
    observe::{Call, Service, about},
    secrets::{CachedSecret, Sensitive},
};

/// How to speak to an org.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The version of its API, `v66.0`.
    pub api_version: String,
    /// Where to log in, where the secret does not say it: a sandbox on loopback.
    pub login_url: Option<Url>,
    /// How long a session lasts, by the org's policy.
    pub session_lifetime: SignedDuration,
    /// How long to wait.
    pub timeouts: Timeouts,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            api_version: "v66.0".to_owned(),
            login_url: None,
            // The policy's default is two hours without a request.
            session_lifetime: SignedDuration::from_mins(60),
            timeouts: Timeouts::default(),
        }
    }
}

/// Salesforce over HTTP.
#[derive(Debug)]
pub struct SalesforceClient {
    transport: Transport,
    sessions: Sessions,
    api_version: String,
    operation_timeout: Duration,
    /// Whether this org's upserts answer 204 and nothing: it depends on the version of the API.
    answers_without_id: AtomicBool,
}

/// A request, for each session that it is tried with.
struct Asked {
    operation: &'static str,
    method: Method,
    /// Below `/services/data/vXX.X`.
    path: String,
    body: Option<Value>,
}

impl SalesforceClient {
    /// A client that logs in when it must.
    pub fn new(secret: CachedSecret, clock: Arc<dyn Clock>, settings: Settings) -> Self {
        let Settings { api_version, login_url, session_lifetime, timeouts } = settings;
        let transport = Transport::new(timeouts);
        let sessions = Sessions::new(transport.clone(), secret, clock, session_lifetime, login_url);
        Self {
            transport,
            sessions,
            api_version,
            operation_timeout: timeouts.operation,
            answers_without_id: AtomicBool::new(false),
        }
    }

    /// Reads the secret and logs in, before anybody waits for it.
    pub async fn warm_up(&self) -> Result<(), SalesforceError> {
        self.in_time(async { self.sessions.get().await.map(drop) }).await
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, SalesforceError>>,
    ) -> Result<T, SalesforceError> {
        let result = tokio::time::timeout(self.operation_timeout, work).await;
        result.unwrap_or_else(|_| {
            let cause = "Salesforce was not done in time, with its secret and its login";
            Err(SalesforceError::unavailable("Timeout", cause))
        })
    }

    /// Sends a request that may be sent twice, a second time if the session had ended.
    async fn ask(&self, asked: &Asked) -> Result<Answer, SalesforceError> {
        match self.ask_once(asked, 1).await {
            Err(Refusal::SessionEnded) => {
                self.ask_once(asked, 2).await.map_err(Refusal::into_error)
            }
            result => result.map_err(Refusal::into_error),
        }
    }

    async fn ask_once(&self, asked: &Asked, attempt: u32) -> Result<Answer, Refusal> {
        let session = self.sessions.get().await?;
        let call = Call::new(Service::Salesforce, asked.operation);
        let result = call
            .attempt(attempt)
            .run(async {
                let answer = self.transport.send(self.request(&session, asked)?).await?;
                // 300: several leads have this external id.
                if answer.status.is_success() {
                    Ok(answer)
                } else {
                    Err(of_api(asked.operation, answer.status, &answer.body))
                }
            })
            .await;
        if let Err(Refusal::SessionEnded) = result {
            self.sessions.ended(&session);
        }
        result
    }

    fn request(&self, session: &Session, asked: &Asked) -> Result<RequestBuilder, SalesforceError> {
        let url = session.instance_url.join(&self.path(&asked.path));
        let url = url.map_err(|_| {
            SalesforceError::unavailable("InvalidAddress", "the API's version is no part of a URL")
        })?;
        let token = Sensitive::reveal(&session.token);
        let request = self.transport.request(asked.method.clone(), url)?.bearer_auth(token);
        Ok(match &asked.body {
            Some(body) => request.json(body),
            None => request,
        })
    }

    fn path(&self, below: &str) -> String {
        format!("/services/data/{}{below}", self.api_version)
    }

    async fn upsert(
        &self,
        key: &InteractionKey,
        fields: Value,
    ) -> Result<UpsertedLead, SalesforceError> {
        // A key needs no escaping in a path.
        let path = format!("/sobjects/Lead/{EXTERNAL_ID}/{key}");
        if self.answers_without_id.load(Ordering::Relaxed) {
            let asked = Asked {
                operation: "UpsertAndReadLead",
                method: Method::POST,
                path: "/composite".to_owned(),
                body: Some(composite::upsert_and_read(&self.path(&path), &fields)),
            };
            match self.ask_once(&asked, 1).await {
                Ok(answer) => {
                    if let Some(upserted) = composite::read(&answer.body)? {
                        return Ok(upserted);
                    }
                }
                // A POST is not sent again. What follows does the same, and can be.
                Err(Refusal::SessionEnded) => {}
                Err(refusal) => return Err(refusal.into_error()),
            }
        }
        let upsert = Asked {
            operation: "UpsertLead",
            method: Method::PATCH,
            path: path.clone(),
            body: Some(fields),
        };
        let answer = self.ask(&upsert).await?;
        let created = answer.status == StatusCode::CREATED;
        let lead_id = match id_in(&answer.body, "id") {
            Some(lead_id) => lead_id,
            None => {
                self.answers_without_id.store(true, Ordering::Relaxed);
                self.read_id(path).await?
            }
        };
        Ok(UpsertedLead { lead_id, created })
    }

    async fn read_id(&self, path: String) -> Result<String, SalesforceError> {
        let path = format!("{path}?fields=Id");
        let read = Asked { operation: "ReadLead", method: Method::GET, path, body: None };
        let answer = self.ask(&read).await?;
        id_in(&answer.body, "Id").ok_or_else(|| {
            SalesforceError::unavailable("NoId", "Salesforce gave the lead without its id")
        })
    }
}

/// The id of a record in an answer, if it is one.
pub(super) fn id_in(body: &Value, field: &str) -> Option<String> {
    let id = body.get(field)?.as_str()?;
    is_record_id(id).then(|| id.to_owned())
}

/// 15 or 18 letters and digits: what can stand in a path.
pub(crate) fn is_record_id(id: &str) -> bool {
    matches!(id.len(), 15 | 18) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[async_trait]
impl Salesforce for SalesforceClient {
    async fn upsert_lead(
        &self,
        key: &InteractionKey,
        lead: &Lead,
        source: &str,
    ) -> Result<UpsertedLead, SalesforceError> {
        about(key, self.in_time(self.upsert(key, of_lead(lead, source)))).await
    }

    async fn report_outcome(&self, report: OutcomeReport<'_>) -> Result<(), SalesforceError> {
        let asked = Asked {
            operation: "ReportOutcome",
            method: Method::PATCH,
            path: format!("/sobjects/Lead/{}", report.call.lead_id),
            body: Some(of_outcome(report)),
        };
        let reported = self.in_time(async { self.ask(&asked).await.map(drop) });
        about(&report.call.interaction_key, reported).await
    }
}
