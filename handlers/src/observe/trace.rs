//! One invocation as a trace sees it: a span of its own and one for each external call, kept until they
//! are sent.

use std::{
    collections::hash_map::RandomState,
    fmt,
    hash::BuildHasher,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;

use super::{Code, Exporter, context::Context};

/// A trace: 128 bits, of which X-Ray wants the first 32 to be the second in which it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId(u128);

/// A span: 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SpanId(u64);

/// Who called: a trace, and the span in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceParent {
    /// The trace.
    pub trace: TraceId,
    /// The caller's span, where it told one.
    pub span: Option<SpanId>,
    /// Whether anybody keeps this trace.
    pub sampled: bool,
}

/// One thing that took time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Span {
    pub(super) id: SpanId,
    pub(super) parent: Option<SpanId>,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) started_at: Timestamp,
    pub(super) ended_at: Timestamp,
    pub(super) attributes: Vec<(&'static str, String)>,
    pub(super) error: Option<Code>,
}

/// Which side of a call a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Invocation,
    Call,
}

/// An invocation's trace.
#[derive(Debug)]
pub(crate) struct Trace {
    id: TraceId,
    parent: Option<SpanId>,
    invocation: SpanId,
    started_at: Timestamp,
    spans: Mutex<Vec<Span>>,
    /// `None` where nobody wants them.
    exporter: Option<Arc<Exporter>>,
}

impl Trace {
    /// Begins an invocation's: in the caller's trace, where there is one.
    pub(crate) fn begin(exporter: Option<Arc<Exporter>>) -> Self {
        let started_at = Timestamp::now();
        let parent = Context::here().parent;
        Self {
            id: parent.map_or_else(|| TraceId::new(started_at), |parent| parent.trace),
            parent: parent.and_then(|parent| parent.span),
            invocation: SpanId::new(),
            started_at,
            spans: Mutex::default(),
            exporter: exporter.filter(|_| parent.is_none_or(|parent| parent.sampled)),
        }
    }

    pub(crate) fn id(&self) -> TraceId {
        self.id
    }

    /// Ends the invocation.
    pub(crate) fn end(&self, name: &str, error: Option<Code>) {
        self.keep(Span {
            id: self.invocation,
            parent: self.parent,
            name: name.to_owned(),
            kind: Kind::Invocation,
            started_at: self.started_at,
            ended_at: Timestamp::now(),
            attributes: Vec::new(),
            error,
        });
    }

    /// Keeps a call of this invocation.
    pub(super) fn call(&self, span: Span) {
        self.keep(Span { parent: Some(self.invocation), ..span });
    }

    fn keep(&self, span: Span) {
        if self.exporter.is_some() {
            self.spans().push(span);
        }
    }

    /// Sends what was kept since the last time.
    pub(crate) async fn send(&self) {
        let spans = std::mem::take(&mut *self.spans());
        if let Some(exporter) = self.exporter.as_ref().filter(|_| !spans.is_empty()) {
            exporter.send(self.id, &spans).await;
        }
    }

    fn spans(&self) -> MutexGuard<'_, Vec<Span>> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TraceParent {
    /// Reads what Lambda tells with an invocation: `Root=1-…;Parent=…;Sampled=1`.
    pub fn from_x_ray(header: &str) -> Option<Self> {
        let field = |name: &str| {
            let mut fields = header.split(';').filter_map(|field| field.trim().split_once('='));
            fields.find(|(known, _)| *known == name).map(|(_, value)| value)
        };
        let (epoch, unique) = field("Root")?.strip_prefix("1-")?.split_once('-')?;
        let digits = |text: &str, length: usize| {
            text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        if !digits(epoch, 8) || !digits(unique, 24) {
            return None;
        }
        let trace = TraceId(u128::from_str_radix(&format!("{epoch}{unique}"), 16).ok()?);
        let span = field("Parent").filter(|text| digits(text, 16));
        let span = span.and_then(|text| u64::from_str_radix(text, 16).ok()).map(SpanId);
        Some(Self { trace, span, sampled: field("Sampled") != Some("0") })
    }
}

impl TraceId {
    fn new(at: Timestamp) -> Self {
        let epoch = u128::from(at.as_second().unsigned_abs() & 0xffff_ffff);
        let unique = (u128::from(chance()) << 64 | u128::from(chance())) >> 32;
        Self(epoch << 96 | unique)
    }

    /// As OpenTelemetry writes it: 32 hex digits.
    pub(super) fn hex(self) -> String {
        format!("{:032x}", self.0)
    }
}

impl fmt::Display for TraceId {
    /// As X-Ray writes it: `1-`, 8 and 24 hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.hex();
        write!(f, "1-{}-{}", &digits[..8], &digits[8..])
    }
}

impl SpanId {
    pub(super) fn new() -> Self {
        Self(chance() | 1)
    }

    pub(super) fn hex(self) -> String {
        format!("{:016x}", self.0)
    }
}

/// Ids need to differ, not to be secret: the standard library's keys are random and new each time.
fn chance() -> u64 {
    RandomState::new().hash_one(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_of_an_invocation_names_trace_span_and_whether_anybody_keeps_it() {
        let check = |header: &str, expected: Option<(&str, Option<&str>, bool)>| {
            let parent = TraceParent::from_x_ray(header);
            let read = parent.map(|parent| {
                (parent.trace.to_string(), parent.span.map(SpanId::hex), parent.sampled)
            });
            let expected = expected
                .map(|(trace, span, sampled)| (trace.to_owned(), span.map(str::to_owned), sampled));
            assert_eq!(read, expected, "{header}");
        };
        let (root, parent) = ("1-5759e988-bd862e3fe1be46a994272793", "53995c3f42cd8ad8");
        check(&format!("Root={root};Parent={parent};Sampled=1"), Some((root, Some(parent), true)));
        check(
            &format!("Root={root}; Parent={parent}; Sampled=0; Lineage=a:0"),
            Some((root, Some(parent), false)),
        );
        check(&format!("Root={root}"), Some((root, None, true)));
        check(&format!("Root={root};Parent=x"), Some((root, None, true)));
        for none in ["", "Root=", "Root=2-5759e988-bd862e3fe1be46a994272793", "Root=1-ä-b"] {
            check(none, None);
        }
    }

    #[test]
    fn no_two_traces_and_spans_are_the_same() {
        let at = Timestamp::from_second(1_795_000_000).unwrap();
        assert_ne!(TraceId::new(at), TraceId::new(at));
        assert_ne!(SpanId::new(), SpanId::new());
        assert!(TraceId::new(at).to_string().starts_with("1-6afd86c0-"), "{}", TraceId::new(at));
    }
}
