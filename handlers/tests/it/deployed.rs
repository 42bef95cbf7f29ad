//! Binaries in a deployment, and how they are invoked.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use atlas_core::Payload;
use atlas_engine::{Place, Time};
use atlas_lambda::InvokeRequest;
use atlas_local::{Code, Deployment, Services, Setup, outside_services};
use atlas_sandbox::Options;
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

/// The pace is no matter, and what is overdue is looked after soon.
pub(crate) fn quick_variables() -> Vec<(String, String)> {
    let variables = [("CONNECT_REQUESTS_PER_SECOND", "1000"), ("OVERDUE_AFTER_SECONDS", "3")];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// Services with these faults, and queues that soon bring again what was not deleted.
pub(crate) fn quick_services(faults: &[&str]) -> Options {
    let mut options = outside_services::options();
    options.faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    // Long enough for the attempt to be noted before its call ends.
    options.connect.talk = Duration::from_secs(1);
    for queue in &mut options.queues {
        if let Some(timeout) = queue["Attributes"].get_mut("VisibilityTimeout") {
            *timeout = "2".into();
        }
    }
    options
}

/// A deployment whose waits take no time, whose pace is no matter, and that tries soon again.
pub(crate) fn quick(faults: &[&str]) -> Setup {
    Setup {
        services: Services::InProcess(Box::new(quick_services(faults))),
        variables: quick_variables(),
        code: Code::Binaries(binaries()),
        time: Time::SkippingWaits,
        ..Setup::default()
    }
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
