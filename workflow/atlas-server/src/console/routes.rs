//! What is served below `/console/`, and where.

use axum::{
    Router,
    extract::{Request, State},
    http::Method,
    response::{IntoResponse, Redirect, Response},
    routing::{any, get, post},
};

use super::{
    definition, erase, events, execution, executions, fault::Fault, graph, machines, page,
    pipeline, profile, session, state, stream, stuck, tasks,
};
use crate::{app::App, protocol, routes::Served};

/// The console's routes. Whoever opens the server's address in a browser comes to the page; whoever posts
/// there speaks to the API of AWS.
pub(crate) fn routes() -> Router<Served> {
    Router::new()
        .route("/", any(page_or_api))
        .route("/console", get(to_page))
        .route("/console/", get(page::index))
        .route("/console/assets/{*path}", get(page::asset))
        .route("/console/api/session", post(session::open).delete(session::close))
        .route("/console/api/executions", get(executions::list))
        .route("/console/api/find", post(executions::find))
        .route("/console/api/counts", get(executions::counts))
        .route("/console/api/execution", get(execution::show))
        .route("/console/api/state", get(state::show))
        .route("/console/api/events", get(events::window))
        .route("/console/api/definition", get(definition::show))
        .route("/console/api/graph", get(graph::show))
        .route("/console/api/machines", get(machines::list))
        .route("/console/api/stream", get(stream::open))
        .route("/console/api/pipeline", get(pipeline::show))
        .route("/console/api/profile", get(profile::show))
        .route("/console/api/stuck", get(stuck::list))
        .route("/console/api/tasks", post(tasks::end))
        .route("/console/api/erase", post(erase::look_or_erase))
        .route("/console/{*path}", any(nothing_here))
        .method_not_allowed_fallback(wrong_method)
}

async fn page_or_api(app: State<App>, request: Request) -> Response {
    match *request.method() {
        Method::GET | Method::HEAD => to_page().await.into_response(),
        _ => protocol::answer(app, request).await,
    }
}

async fn to_page() -> Redirect {
    Redirect::to("/console/")
}

async fn nothing_here() -> Response {
    Fault::no_such_place().into_response()
}

async fn wrong_method() -> Response {
    Fault::wrong_method().into_response()
}
