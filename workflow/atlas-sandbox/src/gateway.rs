//! The one way in: every request of every service and of the administration.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, DefaultBodyLimit, State},
    http::{HeaderMap, Method, Uri},
    response::Response,
};

use crate::{
    admin,
    connection::Peer,
    reply::Reply,
    route,
    world::{Answer, World},
};

/// DynamoDB takes bodies of 16 MB, the others less.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

pub(crate) fn router(world: Arc<World>) -> Router {
    Router::new().fallback(enter).layer(DefaultBodyLimit::max(LARGEST_BODY)).with_state(world)
}

async fn enter(
    State(world): State<Arc<World>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let new_connection = peer.first_request();
    if uri.path().starts_with("/_atlas/") {
        return respond(admin::answer(&world, &method, uri.path(), &body));
    }
    let call = match route::route(&method, &uri, headers, body) {
        Ok(call) => call,
        Err(reply) => return respond(reply),
    };
    // A service goes on when its client hangs up, so the work does not end with the connection.
    let answer = tokio::spawn(world.serve(call, new_connection)).await;
    match answer {
        Ok(Answer::Reply(reply)) => respond(reply),
        Ok(Answer::Reset) => {
            peer.reset();
            respond(Reply::empty(500))
        }
        Err(_) => respond(Reply::text(500, "the sandbox failed at this request\n")),
    }
}

fn respond(reply: Reply) -> Response {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).expect("every status and header is one of ours")
}
