//! The listener's side of a connection: whether it has served a request before, and how to reset it.
//!
//! A reset is what a client sees when a peer dies: a TCP RST, not an orderly end.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};

/// What is known of a connection while it serves a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Peer(Arc<Known>);

#[derive(Debug, Default)]
struct Known {
    entrance: Option<Arc<str>>,
    requests: AtomicU64,
    reset: AtomicBool,
}

impl Peer {
    fn at(entrance: Option<Arc<str>>) -> Self {
        Self(Arc::new(Known { entrance, ..Known::default() }))
    }

    /// The entrance that it came in by.
    pub(crate) fn entrance(&self) -> Option<Arc<str>> {
        self.0.entrance.clone()
    }

    /// Takes note of a request; true where it is the connection's first.
    pub(crate) fn first_request(&self) -> bool {
        self.0.requests.fetch_add(1, Ordering::Relaxed) == 0
    }

    /// The next byte that would be written resets the connection instead.
    pub(crate) fn reset(&self) {
        self.0.reset.store(true, Ordering::Relaxed);
    }

    fn is_reset(&self) -> bool {
        self.0.reset.load(Ordering::Relaxed)
    }
}

/// Accepts connections.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) listener: TcpListener,
    /// Its name, where it is not the front door.
    pub(crate) entrance: Option<Arc<str>>,
}

impl Listener for Door {
    type Io = Connection;
    type Addr = Peer;

    async fn accept(&mut self) -> (Connection, Peer) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    // Small answers must not wait for more of them; without it they only come later.
                    let _ = stream.set_nodelay(true);
                    let peer = Peer::at(self.entrance.clone());
                    return (Connection { stream, peer: peer.clone() }, peer);
                }
                // Out of file descriptors, or gone before it was accepted: the next one may do.
                Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<Peer> {
        self.listener.local_addr().map(|_: SocketAddr| Peer::default())
    }
}

impl Connected<IncomingStream<'_, Door>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.remote_addr().clone()
    }
}

/// A TCP stream that can be made to fail.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    peer: Peer,
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.peer.is_reset() {
            // Closing without lingering sends RST; where that fails, the client still sees an end.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.peer.is_reset() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.peer.is_reset() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.peer.is_reset() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
