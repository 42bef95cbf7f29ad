//! The Step Functions API of a server that comes and goes.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use super::records::Effect;
use crate::connection::Connection;

/// Longer than a worker waits for a task.
const PATIENCE: Duration = Duration::from_secs(75);
/// Before whoever got no answer asks again.
const PAUSE: Duration = Duration::from_millis(15);

/// Where the server is, while there is one.
pub(super) type Whereabouts = watch::Receiver<Option<SocketAddr>>;

/// Somebody who asks, on a connection of their own.
#[derive(Debug)]
pub(super) struct Api {
    whereabouts: Whereabouts,
    connection: Option<(SocketAddr, Connection)>,
    answered: Arc<AtomicU64>,
}

/// A definite answer: what was asked for, or why not.
#[derive(Debug)]
pub(super) struct Answer {
    /// The name of the error, where it is one.
    pub(super) error: Option<String>,
    pub(super) body: Value,
    /// It was asked before, and nobody answered.
    is_repeated: bool,
}

/// Nobody answered, or only that it is not known whether it was done.
#[derive(Debug)]
pub(super) struct NoAnswer;

impl Api {
    pub(super) fn new(whereabouts: Whereabouts, answered: Arc<AtomicU64>) -> Self {
        Self { whereabouts, connection: None, answered }
    }

    /// The same for somebody else.
    pub(super) fn another(&self) -> Self {
        Self::new(self.whereabouts.clone(), Arc::clone(&self.answered))
    }

    /// Asks until there is a definite answer.
    pub(super) async fn ask(&mut self, operation: &str, request: &Value) -> Answer {
        let mut is_repeated = false;
        loop {
            if let Ok(answer) = self.ask_once(operation, request).await {
                return Answer { is_repeated, ..answer };
            }
            is_repeated = true;
            sleep(PAUSE).await;
        }
    }

    /// Asks the server that is there, or the next one.
    pub(super) async fn ask_once(
        &mut self,
        operation: &str,
        request: &Value,
    ) -> Result<Answer, NoAnswer> {
        let found = self.whereabouts.wait_for(Option::is_some).await.ok().and_then(|found| *found);
        let Some(address) = found else {
            // The round is over.
            std::future::pending().await
        };
        let mut connection = match self.connection.take() {
            Some((known, connection)) if known == address => connection,
            _ => Connection::to(address),
        };
        let body = request.to_string();
        let asked = timeout(PATIENCE, connection.call(operation, &body));
        let Ok(Ok(answer)) = asked.await else { return Err(NoAnswer) };
        if answer.status >= 500 {
            return Err(NoAnswer);
        }
        let body: Value = serde_json::from_str(answer.body).map_err(|_cut_off| NoAnswer)?;
        let error = (answer.status != 200).then(|| {
            let kind = body["__type"].as_str().unwrap_or_default();
            kind.rsplit('#').next().unwrap_or(kind).to_owned()
        });
        self.connection = Some((address, connection));
        self.answered.fetch_add(1, Ordering::Relaxed);
        Ok(Answer { error, body, is_repeated: false })
    }
}

impl Answer {
    /// What became of a request that can take effect once.
    pub(super) fn effect(&self) -> Effect {
        match (&self.error, self.is_repeated) {
            (None, _) => Effect::Acknowledged,
            (Some(_), true) => Effect::Unknown,
            (Some(_), false) => Effect::Refused,
        }
    }
}
