//! What is served where: the API wherever somebody posts, the console below `/console/`, and the guard
//! before all of it.

use std::sync::Arc;

use axum::{Router, extract::FromRef, middleware};
use tokio::sync::Semaphore;

use crate::{
    app::App,
    console::{self, Streams, Views},
    guard::{Guard, admit},
    protocol,
};

/// So many requests that take long are answered at once.
const LONG_AT_ONCE: usize = 2;

/// What those who answer are given.
#[derive(Debug, Clone)]
pub(crate) struct Served {
    app: App,
    guard: Guard,
    /// What was seen of executions.
    pub(crate) views: Arc<Views>,
    /// Who is told of what happens.
    pub(crate) streams: Arc<Streams>,
    /// Who does what takes long and much memory.
    pub(crate) turns: Arc<Semaphore>,
}

impl FromRef<Served> for App {
    fn from_ref(served: &Served) -> Self {
        served.app.clone()
    }
}

impl FromRef<Served> for Guard {
    fn from_ref(served: &Served) -> Self {
        served.guard.clone()
    }
}

/// An app, for whom the guard lets in.
pub fn router(app: App, guard: Guard) -> Router {
    console::routes()
        .fallback(protocol::answer)
        .with_state(Served {
            app,
            guard: guard.clone(),
            views: Arc::default(),
            streams: Arc::default(),
            turns: Arc::new(Semaphore::new(LONG_AT_ONCE)),
        })
        .layer(middleware::from_fn_with_state(guard, admit))
}
