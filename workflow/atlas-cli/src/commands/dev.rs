//! `atlas dev`: the Step Functions API on loopback, with the lead-to-call machines ready to start.

use std::{
    ffi::OsString,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use atlas_engine::{Engine, NewMachine, Place, Settings, Time};
use atlas_server::{App, AppOptions, router, serve};
use tokio::net::TcpListener;

use crate::{
    arguments::Dev,
    aws,
    failure::{Failure, Outcome},
    mock_file,
};

/// Names the mock file, as for Step Functions Local.
const MOCK_VARIABLE: &str = "SFN_MOCK_CONFIG";

pub(crate) fn run(arguments: &Dev) -> Outcome {
    let address = arguments.listen;
    if !address.ip().is_loopback() {
        return Err(Failure::ours(format_args!(
            "--listen {address} can be reached from other machines, and nothing asks who calls; \
             expected a loopback address such as 127.0.0.1:8083 or [::1]:8083"
        )));
    }
    let mock_file = mock_file_of(arguments.mocks.as_deref(), std::env::var_os(MOCK_VARIABLE));
    // What is wrong with it is said before anything is served.
    let mocks = mock_file.as_deref().map(mock_file::read).transpose()?.map(Arc::new);
    let services = aws::services(std::env::vars_os())?;
    let time = if arguments.skip_waits { Time::SkippingWaits } else { Time::Real };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::ours(format_args!("cannot start a runtime: {error}")))?;
    let runner = Arc::new(services);
    let options = AppOptions { runner, mocks, mock_file, time, ..AppOptions::default() };
    let ended = runtime.block_on(run_until_stopped(address, options));
    // Executions that wait are nobody's any more.
    runtime.shutdown_background();
    ended
}

/// The mock file that is named, then that of the environment.
fn mock_file_of(named: Option<&Path>, variable: Option<OsString>) -> Option<PathBuf> {
    let variable = variable.filter(|path| !path.is_empty()).map(PathBuf::from);
    named.map(Path::to_owned).or(variable)
}

async fn run_until_stopped(address: SocketAddr, options: AppOptions) -> Outcome {
    let app = App::new(options);
    create_machines(app.account(&Place::default()).engine())?;
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Failure::ours(format_args!(
            "cannot listen on {address}: {error}; --listen takes another port"
        ))
    })?;
    let address = listener.local_addr()?;
    let stopped = tokio::signal::ctrl_c();
    eprintln!("Step Functions API for the AWS CLI and SDKs: AWS_ENDPOINT_URL_SFN=http://{address}");
    for definition in definitions::machines() {
        eprintln!("  {}", Place::default().state_machine_arn(definition.name));
    }
    eprintln!("ready on http://{address}");
    tokio::select! {
        served = serve(listener, router(app)) => {
            served.map_err(|error| Failure::ours(format_args!("cannot go on serving: {error}")))?;
        }
        stopped = stopped => {
            stopped.map_err(|error| Failure::ours(format_args!("cannot wait for Ctrl-C: {error}")))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The lead-to-call machines, as they run here.
fn create_machines(engine: &Engine) -> Result<(), Failure> {
    for definition in definitions::local_machines() {
        let new = NewMachine {
            name: definition.name,
            execution_type: definition.execution_type,
            definition: &definition.machine,
            text: Some(&definition.text),
            role_arn: None,
            settings: Settings::default(),
        };
        engine.create_machine(new).map_err(Failure::ours)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_others_can_reach_is_refused() {
        for address in ["0.0.0.0:8083", "192.0.2.1:0", "[::]:8083"] {
            let arguments =
                Dev { listen: address.parse().unwrap(), mocks: None, skip_waits: false };
            let refused = format!("{:?}", run(&arguments).unwrap_err());
            assert!(refused.contains("expected a loopback address"), "{refused}");
        }
    }

    #[test]
    fn the_mock_file_is_the_one_that_is_named_then_that_of_the_environment() {
        let named = Some(Path::new("named.json"));
        let of_environment = || Some(OsString::from("other.json"));
        for (named, variable, expected) in [
            (None, None, None),
            (None, Some(OsString::new()), None),
            (named, of_environment(), named),
            (None, of_environment(), Some(Path::new("other.json"))),
        ] {
            assert_eq!(mock_file_of(named, variable).as_deref(), expected);
        }
    }
}
