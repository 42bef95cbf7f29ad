//! Why a deployment does not start.

use std::{io, net::SocketAddr, path::PathBuf};

use atlas_engine::EngineError;
use handlers::{environment::InvalidVariable, functions::Handler};

/// Why a deployment does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port of the API cannot be had.
    #[error("cannot listen on {address}: {source}; another port may be free, and port 0 is any")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The sandbox does not start.
    #[error(transparent)]
    Sandbox(#[from] atlas_sandbox::StartError),
    /// A machine is refused.
    #[error(transparent)]
    Machine(#[from] EngineError),
    /// A handler does not start without this variable.
    #[error("{handler}: {source}")]
    Handler {
        /// The handler.
        handler: Handler,
        /// What it says.
        source: InvalidVariable,
    },
    /// A handler's binary is not there.
    #[error(
        "there is no `{handler}` in `{}`; expected the folder with the handlers' binaries, such as \
         target/debug after `cargo build -p handlers`",
        folder.display()
    )]
    NoBinary {
        /// The handler.
        handler: Handler,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// An endpoint is none.
    #[error(transparent)]
    Endpoint(#[from] atlas_integrations::InvalidEndpoint),
    /// A function cannot be added.
    #[error(transparent)]
    Function(#[from] atlas_lambda::AddError),
}
