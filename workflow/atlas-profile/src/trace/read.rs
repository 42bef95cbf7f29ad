//! Traces out of what `aws xray batch-get-traces` prints.

use serde_json::Value;

use super::Segment;

/// A trace: the segments of all services that took part.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trace {
    /// `1-…`.
    pub id: String,
    /// Its segments; a subsegment that was sent by itself stands below its parent.
    pub segments: Vec<Segment>,
}

/// A document that holds no traces.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "trace {trace}, segment {segment}: `{problem}` is missing or no such thing; expected the JSON of \
     `aws xray batch-get-traces`: `Traces`, in each `Segments`, in each a `Document`"
)]
pub struct UnreadableTrace {
    trace: usize,
    segment: usize,
    problem: &'static str,
}

impl Trace {
    /// Reads an answer of `BatchGetTraces`. A `Document` is JSON text, or the object itself.
    ///
    /// # Errors
    /// Where it is no such answer; the error says which trace and segment, counted from 0.
    pub fn of_batch(document: &Value) -> Result<Vec<Self>, UnreadableTrace> {
        let problem = |trace, segment, problem| UnreadableTrace { trace, segment, problem };
        let traces = document.get("Traces").and_then(Value::as_array);
        let traces = traces.ok_or_else(|| problem(0, 0, "Traces"))?;
        let read = traces.iter().enumerate().map(|(at, trace)| {
            let documents = trace.get("Segments").and_then(Value::as_array);
            let documents = documents.ok_or_else(|| problem(at, 0, "Segments"))?;
            let segments = documents.iter().enumerate().map(|(index, segment)| {
                let document = segment.get("Document").unwrap_or(&Value::Null);
                let parsed = match document {
                    Value::String(text) => serde_json::from_str(text).ok(),
                    Value::Object(_) => Some(document.clone()),
                    _ => None,
                };
                let parsed: Value = parsed.ok_or_else(|| problem(at, index, "Document"))?;
                Segment::of(&parsed).map_err(|missing| problem(at, index, missing))
            });
            let id = trace.get("Id").and_then(Value::as_str).unwrap_or_default().to_owned();
            Ok(Self { id, segments: nested(segments.collect::<Result<_, _>>()?) })
        });
        read.collect()
    }
}

/// Puts subsegments that were sent by themselves below their parents. What X-Ray infers of the services that
/// were called has a parent too, and an origin; it says nothing that the call does not.
fn nested(segments: Vec<Segment>) -> Vec<Segment> {
    let (apart, mut whole): (Vec<_>, Vec<_>) = segments
        .into_iter()
        .partition(|segment| segment.origin.is_none() && segment.parent_id.is_some());
    for segment in apart {
        let parent = segment.parent_id.clone().unwrap_or_default();
        let found = whole.iter_mut().find_map(|candidate| within(candidate, &parent));
        match found {
            Some(found) => found.subsegments.push(segment),
            None => whole.push(segment),
        }
    }
    whole
}

fn within<'a>(segment: &'a mut Segment, id: &str) -> Option<&'a mut Segment> {
    if segment.id == id {
        return Some(segment);
    }
    segment.subsegments.iter_mut().find_map(|inner| within(inner, id))
}
