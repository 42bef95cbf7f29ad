//! A sandbox that runs: started, addressed, stopped.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use thiserror::Error;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{
    aws::{ACCOUNT, REGION},
    bedrock, connect,
    connection::{Door, Peer},
    dynamodb::TableError,
    gateway,
    options::Options,
    secrets_manager,
    sqs::QueueError,
    world::{World, lock},
};

/// The outside services, listening on loopback until stopped.
#[derive(Debug)]
pub struct Sandbox {
    world: Arc<World>,
    stop: watch::Sender<bool>,
    server: Mutex<Option<JoinHandle<()>>>,
}

/// Why a sandbox does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// An address that others could reach.
    #[error("`{0}` is not on loopback; the sandbox listens on 127.0.0.1 or ::1 only")]
    NotLoopback(IpAddr),
    /// The port cannot be had.
    #[error("cannot listen on `{address}`: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// A table that DynamoDB would not create.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A queue that SQS would not create.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

impl Sandbox {
    /// The account that AWS's services belong to here.
    pub const ACCOUNT: &str = ACCOUNT;
    /// The Region that they are in.
    pub const REGION: &str = REGION;
    /// The queue of the Connect instance whose number can be called from.
    pub const CONNECT_QUEUE_ID: &str = connect::QUEUE_ID;

    /// Starts all services on one port.
    ///
    /// # Errors
    /// Where the address is not on loopback or taken, or a table or a queue is none.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let address = options.listen;
        if !address.ip().is_loopback() {
            return Err(StartError::NotLoopback(address.ip()));
        }
        let listen = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let base_url = format!("http://{}", listener.local_addr().map_err(listen)?);
        let (stop, stopping) = watch::channel(false);
        let world = Arc::new(World::new(options, base_url, stopping.clone())?);
        let door = Door { listener, entrance: None };
        let server = tokio::spawn(open(world.clone(), door, stopping));
        Ok(Self { world, stop, server: Mutex::new(Some(server)) })
    }

    /// Opens another port to the same services, and gives its base URL: the recorder is told which calls came in
    /// there. It is closed with the sandbox.
    ///
    /// # Errors
    /// Where no port can be had.
    pub fn entrance(&self, name: &str) -> Result<String, StartError> {
        let address = SocketAddr::new(self.world.options.listen.ip(), 0);
        let listen = |source| StartError::Listen { address, source };
        let listener = std::net::TcpListener::bind(address).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let listener = TcpListener::from_std(listener).map_err(listen)?;
        let url = format!("http://{}", listener.local_addr().map_err(listen)?);
        lock(&self.world.entrances).push(url.clone());
        let door = Door { listener, entrance: Some(name.into()) };
        tokio::spawn(open(self.world.clone(), door, self.stop.subscribe()));
        Ok(url)
    }

    /// Where everything is reached.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.world.base_url
    }

    /// The URL of a queue.
    #[must_use]
    pub fn queue_url(&self, name: &str) -> String {
        queue_url_at(self.base_url(), name)
    }

    /// The environment variables that point a handler, or any AWS SDK, at the services that are played.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        environment_at(self.base_url())
    }

    /// Takes the variables of the deployment that it belongs to: `GET /_atlas/environment` tells them to everybody on
    /// this machine. Where none are given it tells its own.
    pub fn tell_environment(&self, variables: Vec<(String, String)>) {
        *lock(&self.world.variables) = variables;
    }

    /// What `GET /_atlas/counters` answers.
    #[must_use]
    pub fn counters(&self) -> serde_json::Value {
        crate::admin::counters(&self.world)
    }

    /// Ends every Salesforce session, as an administrator can.
    pub fn revoke_sessions(&self) {
        lock(&self.world.salesforce).revoke_sessions();
    }

    /// Replaces the Salesforce key: the secret holds the new one, and the old one opens nothing.
    pub fn rotate_key(&self) {
        lock(&self.world.keys).rotate();
        lock(&self.world.salesforce).revoke_sessions();
    }

    /// Stops: lets running requests finish, hanging ones go, and closes what is still open after a second.
    pub async fn stop(&self) {
        // Nobody is left to be told where the server has ended already.
        let _ = self.stop.send(true);
        let server = lock(&self.server).take();
        if let Some(mut server) = server
            && tokio::time::timeout(Duration::from_secs(1), &mut server).await.is_err()
        {
            server.abort();
        }
    }
}

/// Serves whoever comes in by this door until all is stopped.
async fn open(world: Arc<World>, door: Door, mut stopping: watch::Receiver<bool>) {
    let service = gateway::router(world).into_make_service_with_connect_info::<Peer>();
    let stopped = async move {
        // An error means that the sandbox was dropped: that stops it too.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    };
    // `axum::serve` ends only by the stop.
    let _ = axum::serve(door, service).with_graceful_shutdown(stopped).await;
}

/// The environment variables that point a handler, or any AWS SDK, at the services of a sandbox that is
/// reached there. The credentials are placeholders: AWS SDKs want some.
#[must_use]
pub fn environment_at(base: &str) -> Vec<(String, String)> {
    let mut variables = vec![
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_DEFAULT_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", "sandbox".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "sandbox".to_owned()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ("SALESFORCE_LOGIN_URL", base.to_owned()),
        ("SALESFORCE_SECRET_ID", secrets_manager::SALESFORCE_SECRET.to_owned()),
        ("CONNECT_INSTANCE_ID", connect::INSTANCE_ID.to_owned()),
        ("CONNECT_CONTACT_FLOW_ID", connect::FLOW_ID.to_owned()),
        ("CONNECT_SOURCE_PHONE_NUMBER", connect::SOURCE_NUMBER.to_owned()),
        ("BEDROCK_MODEL_ID", bedrock::MODEL.to_owned()),
    ];
    let endpoints = [
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
        "AWS_ENDPOINT_URL_CONNECT",
        "AWS_ENDPOINT_URL_DYNAMODB",
        "AWS_ENDPOINT_URL_EVENTBRIDGE",
        "AWS_ENDPOINT_URL_SECRETS_MANAGER",
        "AWS_ENDPOINT_URL_SERVICE_QUOTAS",
        "AWS_ENDPOINT_URL_SQS",
        "AWS_ENDPOINT_URL_STS",
    ];
    variables.extend(endpoints.map(|name| (name, base.to_owned())));
    variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The URL of a queue of a sandbox that is reached there.
#[must_use]
pub fn queue_url_at(base: &str, name: &str) -> String {
    format!("{base}/{ACCOUNT}/{name}")
}
