//! The one way in: every request of every service and of the administration.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, header::CONTENT_LENGTH, request::Parts},
    response::Response,
};
use tokio::time::Instant;

use crate::{
    admin,
    connection::Peer,
    own_host,
    reply::Reply,
    route,
    world::{Answer, World},
};

/// DynamoDB takes bodies of 16 MB, the others less.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

pub(crate) fn router(world: Arc<World>) -> Router {
    Router::new().fallback(enter).with_state(world)
}

async fn enter(
    State(world): State<Arc<World>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
) -> Response {
    let (Parts { method, uri, headers, .. }, body) = request.into_parts();
    if let Err(foreign) = own_host::check(&uri, &headers) {
        return respond(foreign.reply());
    }
    let Some(body) = read(&headers, body).await else {
        return respond(Reply::text(413, format!("a body has at most {LARGEST_BODY} bytes\n")));
    };
    let (arrived, new_connection) = (Instant::now(), peer.first_request());
    if uri.path().starts_with("/_atlas/") {
        return respond(admin::answer(&world, &method, uri.path(), &headers, &body));
    }
    let call = match route::route(&method, &uri, headers, body) {
        Ok(call) => call,
        Err(reply) => return respond(reply),
    };
    // A service goes on when its client hangs up, so the work does not end with the connection.
    let answer =
        tokio::spawn(world.clone().serve(call, peer.entrance(), new_connection, arrived)).await;
    match answer {
        Ok(Answer::Reply(reply)) => respond(reply),
        Ok(Answer::Reset) => reset(&peer),
        Ok(Answer::Hang) => {
            // Here and not in the task: what hangs is let go as soon as its client is gone.
            world.hang().await;
            reset(&peer)
        }
        Err(_) => respond(Reply::text(500, "the sandbox failed at this request\n")),
    }
}

/// The body, unless it is too large: one that says so is not read at all.
async fn read(headers: &HeaderMap, body: Body) -> Option<Bytes> {
    let announced =
        headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > LARGEST_BODY) {
        return None;
    }
    axum::body::to_bytes(body, LARGEST_BODY).await.ok()
}

/// Nothing of this answer is sent: its first byte resets the connection.
fn reset(peer: &Peer) -> Response {
    peer.reset();
    respond(Reply::empty(500))
}

fn respond(reply: Reply) -> Response {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).expect("every status and header is one of ours")
}
