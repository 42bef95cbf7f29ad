//! Who asks for skipped waits: the request, the machine, or the server for all.

use atlas_engine::Time;
use axum::http::HeaderMap;

/// The header of a request that starts something: `true` or `false`.
pub(crate) const HEADER: &str = "x-atlas-skip-waits";

/// The tag of a state machine: `true` or `false`.
pub(crate) const TAG: &str = "atlas:skip-waits";

/// What a request's header asks for.
pub(crate) fn asked(headers: &HeaderMap) -> Option<Time> {
    headers.get(HEADER).and_then(|value| meant(value.to_str().ok()?))
}

/// What a text asks for; another one than `true` and `false` asks for nothing.
pub(crate) fn meant(text: &str) -> Option<Time> {
    match text.trim() {
        "true" => Some(Time::SkippingWaits),
        "false" => Some(Time::Real),
        _ => None,
    }
}
