//! Takes connections and hands their requests to the router; a slow or greedy client costs a bounded
//! amount of memory and time.

use std::{io, sync::Arc, time::Duration};

use axum::Router;
use hyper::{Request, body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::Semaphore, task::JoinSet};
use tower::ServiceExt as _;

use crate::{guard::Reached, patience::Patience};

/// How long a client may take to send the head of a request; also how long an idle connection is
/// kept.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

/// The bytes that are kept of a request's head, and read ahead of its body.
const BUFFER_BYTES: usize = 64 * 1024;

/// Connections above this wait until another one ends.
const MOST_CONNECTIONS: usize = 1_024;

/// Serves until it is dropped; connections end with it.
pub async fn serve(listener: TcpListener, router: Router) -> io::Result<()> {
    let free = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let Ok(permit) = Arc::clone(&free).acquire_owned().await else { return Ok(()) };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            // The peer is gone already, or the machine is out of something for a moment.
            Err(error) if is_passing(&error) => {
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
            Err(error) => return Err(error),
        };
        // Answers are small and awaited: a client that cannot be told so is served all the same.
        let _slower = stream.set_nodelay(true);
        // Whoever is gone already has reached nothing.
        let Ok(reached) = stream.local_addr().map(|address| Reached(address.ip())) else {
            continue;
        };
        let service = router.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(reached);
            request
        });
        let service = TowerToHyperService::new(service);
        connections.spawn(async move {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIMEOUT)
                .max_buf_size(BUFFER_BYTES)
                .serve_connection(TokioIo::new(Patience::new(stream)), service);
            // Whoever hangs up has said all.
            let _hung_up = connection.await;
            drop(permit);
        });
        while connections.try_join_next().is_some() {}
    }
}

fn is_passing(error: &io::Error) -> bool {
    // Too many open files, of the process or of the system.
    let out_of_files = matches!(error.raw_os_error(), Some(23 | 24));
    out_of_files
        || matches!(
            error.kind(),
            io::ErrorKind::ConnectionAborted
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionRefused
                | io::ErrorKind::Interrupted
        )
}
