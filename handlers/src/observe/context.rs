//! What is known wherever something is seen: for which interaction, in which trace, and where lines go.
//!
//! It belongs to the task, so invocations that run at once do not mix, and one process can hold several.

use std::sync::Arc;

use definitions::contract::InteractionKey;

use super::{Sink, Trace, TraceParent};

tokio::task_local! {
    static CONTEXT: Context;
}

#[derive(Clone, Default)]
pub(super) struct Context {
    pub(super) sink: Option<Arc<dyn Sink>>,
    pub(super) key: Option<InteractionKey>,
    pub(super) parent: Option<TraceParent>,
    pub(super) trace: Option<Arc<Trace>>,
}

impl Context {
    pub(super) fn here() -> Self {
        CONTEXT.try_with(Clone::clone).unwrap_or_default()
    }
}

/// Sends the lines of `future` to `sink`.
pub async fn scoped<T>(sink: Arc<dyn Sink>, future: impl Future<Output = T>) -> T {
    CONTEXT.scope(Context { sink: Some(sink), ..Context::here() }, future).await
}

/// `future` works for this interaction: its calls and warnings name it.
pub async fn about<T>(key: &InteractionKey, future: impl Future<Output = T>) -> T {
    CONTEXT.scope(Context { key: Some(key.clone()), ..Context::here() }, future).await
}

/// `future` is one invocation, called by the span that `parent` names.
pub async fn called_by<T>(parent: Option<TraceParent>, future: impl Future<Output = T>) -> T {
    CONTEXT.scope(Context { parent, ..Context::here() }, future).await
}

/// `future` belongs to `trace`.
pub(crate) async fn traced<T>(trace: Arc<Trace>, future: impl Future<Output = T>) -> T {
    CONTEXT.scope(Context { trace: Some(trace), ..Context::here() }, future).await
}

/// `future` with what is known here, for a task that is spawned beside this one.
pub fn inherit<T>(future: impl Future<Output = T>) -> impl Future<Output = T> {
    CONTEXT.scope(Context::here(), future)
}
