//! Where invocations and calls are collected. They find each other by the environment: each has an entrance of
//! its own to the sandbox, and serves one invocation at a time.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use atlas_lambda::{InvocationRecord, Recording};
use atlas_sandbox::{Recorder, Sandbox, ServedCall};
use serde_json::Value;

use super::document;

/// Collects traces. Cheap to clone; all clones are one log.
#[derive(Debug, Clone, Default)]
pub struct TraceLog(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    seen: Mutex<Seen>,
    entrances: OnceLock<Entrances>,
}

/// What was seen since the log was taken last.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) invocations: Vec<InvocationRecord>,
    pub(super) calls: Vec<ServedCall>,
}

/// How an environment gets its own way to the services.
#[derive(Debug)]
struct Entrances {
    sandbox: Arc<Sandbox>,
    /// What names the services at the front door.
    variables: Vec<(String, String)>,
}

impl TraceLog {
    /// Takes everything out: what `aws xray batch-get-traces` would print of it. What has begun and not ended is
    /// not in it; take it when all is quiet.
    pub fn take(&self) -> Value {
        document::batch(std::mem::take(&mut *self.seen()))
    }

    /// Tells it of the calls of a sandbox.
    pub(crate) fn recorder(&self) -> Recorder {
        let log = self.clone();
        Recorder::new(move |call| {
            if call.entrance.is_some() {
                log.seen().calls.push(call);
            }
        })
    }

    /// From now on environments reach the services by entrances of their own.
    pub(crate) fn open(&self, sandbox: &Arc<Sandbox>, variables: &[(String, String)]) {
        let base = sandbox.base_url();
        let named = variables.iter().filter(|(_, value)| is_below(base, value));
        let variables = named.cloned().collect();
        // A log belongs to one deployment; of a second one it would not know whose calls are whose.
        let _first = self.0.entrances.set(Entrances { sandbox: Arc::clone(sandbox), variables });
    }

    /// The variables that lead an environment through an entrance of its own.
    pub(crate) fn variables(&self, environment: &str) -> Vec<(String, String)> {
        let Some(Entrances { sandbox, variables }) = self.0.entrances.get() else {
            return Vec::new();
        };
        // Without a port it goes in by the front door, and its calls are not told apart.
        let Ok(entrance) = sandbox.entrance(environment) else { return Vec::new() };
        let base = sandbox.base_url();
        let moved = |value: &str| value.replacen(base, &entrance, 1);
        variables.iter().map(|(name, value)| (name.clone(), moved(value))).collect()
    }

    /// Tells it of the invocations of binaries.
    pub(crate) fn recording(&self) -> Recording {
        let (log, of) = (self.clone(), self.clone());
        Recording {
            take: Arc::new(move |record| log.add(record)),
            variables: Arc::new(move |environment| of.variables(environment)),
        }
    }

    pub(super) fn add(&self, record: InvocationRecord) {
        self.seen().invocations.push(record);
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a URL is this one or below it: `http://127.0.0.1:80` is not below `http://127.0.0.1:8`.
fn is_below(base: &str, url: &str) -> bool {
    url.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
