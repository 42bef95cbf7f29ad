//! A segment document of X-Ray, as far as time is concerned (X-Ray Developer Guide, "Segment documents").

use serde_json::{Map, Value};

/// A segment or a subsegment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Segment {
    /// Its id.
    pub id: String,
    /// The service that handled it, the host that was called, or a step of a function.
    pub name: String,
    /// `AWS::Lambda::Function` and the like.
    pub origin: Option<String>,
    /// `aws` for a call of an AWS SDK, `remote` for any other call.
    pub namespace: Option<String>,
    /// In milliseconds since the epoch.
    pub started_ms: f64,
    /// In milliseconds since the epoch; of one that was not ended, when it began.
    pub ended_ms: f64,
    /// What went wrong: `throttle`, `fault` or `error`.
    pub failure: Option<&'static str>,
    /// The segment above, where this is a document of its own.
    pub parent_id: Option<String>,
    /// `aws`: operation, function ARN, retries.
    pub aws: Map<String, Value>,
    /// `http.request.method`.
    pub method: Option<String>,
    /// `http.response.status`.
    pub status: Option<u64>,
    /// Annotations.
    pub annotations: Map<String, Value>,
    /// The namespace `atlas` of its metadata: what a run on this machine knows beside.
    pub metadata: Map<String, Value>,
    /// What it is made of.
    pub subsegments: Vec<Segment>,
}

/// Deeper subsegments are left out: documents have at most 64 KB, and nobody nests so.
const DEEPEST: usize = 64;

impl Segment {
    /// Reads a document.
    pub(super) fn of(document: &Value) -> Result<Self, &'static str> {
        Self::read(document, 0)
    }

    fn read(document: &Value, depth: usize) -> Result<Self, &'static str> {
        let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
        let object =
            |name: &str| document.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
        let seconds = |name: &str| document.get(name).and_then(Value::as_f64);
        let is = |name: &str| document.get(name).and_then(Value::as_bool) == Some(true);
        let started = seconds("start_time").ok_or("start_time")?;
        let inner = document.get("subsegments").and_then(Value::as_array);
        let inner = inner.filter(|_| depth < DEEPEST).into_iter().flatten();
        let metadata = document.pointer("/metadata/atlas").and_then(Value::as_object).cloned();
        let failure = ["throttle", "fault", "error"].into_iter().find(|name| is(name));
        Ok(Self {
            id: text("id").unwrap_or_default(),
            name: text("name").ok_or("name")?,
            origin: text("origin"),
            namespace: text("namespace"),
            started_ms: started * 1e3,
            ended_ms: seconds("end_time").map_or(started, |ended| ended.max(started)) * 1e3,
            failure,
            parent_id: text("parent_id"),
            aws: object("aws"),
            method: document
                .pointer("/http/request/method")
                .and_then(Value::as_str)
                .map(str::to_owned),
            status: document.pointer("/http/response/status").and_then(Value::as_u64),
            annotations: object("annotations"),
            metadata: metadata.unwrap_or_default(),
            subsegments: inner.map(|one| Self::read(one, depth + 1)).collect::<Result<_, _>>()?,
        })
    }

    /// How long it took.
    pub fn took_ms(&self) -> f64 {
        self.ended_ms - self.started_ms
    }

    /// A text of its annotations.
    pub(super) fn annotation(&self, name: &str) -> Option<String> {
        self.annotations.get(name).and_then(Value::as_str).map(str::to_owned)
    }
}
