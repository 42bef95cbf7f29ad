//! Binaries in a deployment, and how they are invoked.

use std::path::{Path, PathBuf};

use atlas_core::Payload;
use atlas_engine::Place;
use atlas_lambda::InvokeRequest;
use atlas_local::{Code, Deployment, Setup};
use handlers::functions::Handler;
use serde_json::Value;

/// Where cargo puts the handlers' binaries. Naming one has it build them all.
pub(crate) fn binaries() -> PathBuf {
    let one = Path::new(env!("CARGO_BIN_EXE_CreateLeadHandler"));
    one.parent().unwrap().to_owned()
}

/// A deployment of these handlers.
pub(crate) async fn deployment(handlers: &[Handler]) -> Deployment {
    let code = Code::Binaries(binaries());
    let setup = Setup { code, handlers: handlers.to_vec(), ..Setup::default() };
    Deployment::start(setup).await.unwrap()
}

/// Invokes a handler: what it answers, or its error document.
pub(crate) async fn invoke(
    deployment: &Deployment,
    handler: Handler,
    payload: Value,
) -> Result<Value, Value> {
    let function = handler.name().parse().unwrap();
    let request = InvokeRequest::new(function, Place::default(), Payload::from(payload));
    let invoked = deployment.functions().invoke(request).await.unwrap();
    let json = |body: &atlas_lambda::Body| body.json().unwrap().clone();
    invoked.outcome.unwrap().map(|body| json(&body)).map_err(|error| json(error.body()))
}
