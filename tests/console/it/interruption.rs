//! A network that can be interrupted, between a browser and a server.

use std::net::SocketAddr;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

/// Passes connections on until it is told not to.
pub(crate) struct Interruption {
    url: String,
    is_interrupted: watch::Sender<bool>,
    _connections: JoinSet<()>,
}

impl Interruption {
    /// Stands before a server.
    pub(crate) async fn before(url: &str) -> Self {
        let server: SocketAddr = url.trim_start_matches("http://").parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (is_interrupted, watched) = watch::channel(false);
        let mut connections = JoinSet::new();
        connections.spawn(async move {
            let mut passed = JoinSet::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut watched = watched.clone();
                passed.spawn(async move {
                    let pass = async {
                        let Ok(mut server) = TcpStream::connect(server).await else { return };
                        // Either side may end it; nobody is told why.
                        let _ = copy_bidirectional(&mut stream, &mut server).await;
                    };
                    tokio::select! {
                        biased;
                        _ = watched.wait_for(|is_interrupted| *is_interrupted) => {}
                        () = pass => {}
                    }
                });
            }
        });
        Self { url, is_interrupted, _connections: connections }
    }

    /// Where the browser goes.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Ends what is connected and what would be, or lets it pass again.
    pub(crate) fn interrupt(&self, is_interrupted: bool) {
        self.is_interrupted.send_replace(is_interrupted);
    }
}
