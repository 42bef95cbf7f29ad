//! Every call that is served, for whoever profiles those who make them: who came in where, what took how long.
//!
//! Of what was asked and answered only a keyed digest leaves the sandbox: the same question has the same one, and
//! nobody can tell which it was.

use std::{
    collections::hash_map::RandomState,
    fmt,
    hash::{BuildHasher, Hash, Hasher},
    sync::Arc,
};

use jiff::Timestamp;

use crate::{
    route::{Call, canonical},
    service::Service,
    world::Answer,
};

/// Takes each call that was served.
#[derive(Clone)]
pub struct Recorder {
    take: Arc<dyn Fn(ServedCall) + Send + Sync>,
    keys: RandomState,
}

/// A call that was served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedCall {
    /// The entrance that it came in by; none where it came in by the front door.
    pub entrance: Option<Arc<str>>,
    /// The service.
    pub service: Service,
    /// The operation.
    pub operation: String,
    /// A digest of what was asked.
    pub arguments: String,
    /// A digest of the answer, where there was one.
    pub answer: Option<String>,
    /// The status of the answer; none where the connection was reset instead, or nothing came.
    pub status: Option<u16>,
    /// Whether it was the first on its connection.
    pub new_connection: bool,
    /// When it had come in.
    pub started_at: Timestamp,
    /// When it was answered.
    pub ended_at: Timestamp,
}

impl Recorder {
    /// Hands each call to this function, between the work and the answer: it must be quick.
    pub fn new(take: impl Fn(ServedCall) + Send + Sync + 'static) -> Self {
        Self { take: Arc::new(take), keys: RandomState::new() }
    }

    pub(crate) fn take(&self, call: ServedCall) {
        (self.take)(call);
    }

    /// The digest of what a call asks.
    pub(crate) fn question(&self, call: &Call) -> String {
        self.digest(|hasher| {
            (call.service, &call.operation, &call.path, &call.query).hash(hasher);
            document(&call.body, hasher);
        })
    }

    /// The digest of an answer.
    pub(crate) fn answer(&self, answer: &Answer) -> Option<String> {
        let Answer::Reply(reply) = answer else { return None };
        Some(self.digest(|hasher| {
            reply.status.hash(hasher);
            document(&reply.body, hasher);
        }))
    }

    fn digest(&self, of: impl FnOnce(&mut <RandomState as BuildHasher>::Hasher)) -> String {
        let mut hasher = self.keys.build_hasher();
        of(&mut hasher);
        format!("{:016x}", hasher.finish())
    }
}

/// A document is the same whatever the order of its fields, which some SDKs shuffle.
fn document(bytes: &[u8], hasher: &mut impl Hasher) {
    match serde_json::from_slice(bytes) {
        Ok(value) => canonical(&value).hash(hasher),
        Err(_) => bytes.hash(hasher),
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recorder")
    }
}
