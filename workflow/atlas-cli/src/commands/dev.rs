//! `atlas dev`: the Step Functions API and the console, with the lead-to-call machines, their handlers and
//! the services outside, ready to start.

use std::{
    ffi::OsString,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use atlas_engine::{ExecutionLog, GoingOn, Place, Time, journal::Journals};
use atlas_journal::{Disk, DiskFault, LogFiles, Store, StoreOptions};
use atlas_local::{Code, Deployment, Services, Setup, near, outside_services, task_services};
use atlas_sandbox::Options;
use atlas_server::{App, AppOptions, Guard, router, serve};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::{
    access::Access,
    arguments::{self, Dev},
    behaviour::Behaviour,
    chaos::Chaos,
    failure::{Failure, Outcome, say},
    mock_file,
    retention::keep_for,
};

/// Names the mock file, as for Step Functions Local.
const MOCK_VARIABLE: &str = "SFN_MOCK_CONFIG";

pub(crate) fn run(arguments: Dev) -> Outcome {
    let listen = arguments.listen;
    let access = Access::of(&arguments)?;
    let mock_file = mock_file_of(arguments.mocks.as_deref(), std::env::var_os(MOCK_VARIABLE));
    // What is wrong with it is said before anything is served.
    let mocks = mock_file.as_deref().map(mock_file::read).transpose()?.map(Arc::new);
    if arguments.no_sandbox && arguments.services.seed.is_some() && arguments.chaos.is_empty() {
        return Err(Failure::ours(
            "--seed decides what goes wrong, and nothing does; expected --chaos with it, or no \
             --no-sandbox",
        ));
    }
    let chaos_seed = chaos_seed(&arguments.services);
    let disk = disk(&arguments, chaos_seed)?;
    announce_chaos(&arguments.chaos, chaos_seed);
    let Behaviour { latency, faults, seed } = arguments.services.behaviour()?;
    let options = Options { latency, faults, seed, ..outside_services::options() };
    // The folder is taken before anything else is written there.
    let folder = (!arguments.ephemeral).then_some(arguments.data);
    // The sandbox's handlers read none of ours.
    let variables_of_handlers = if arguments.no_sandbox { variables() } else { Vec::new() };
    let open = |folder| open(folder, disk, &variables_of_handlers);
    let store = folder.as_deref().map(open).transpose()?;
    let log_files = folder.as_deref().map(log_files).transpose()?;
    if let (Some(store), Some(log_files)) = (&store, &log_files) {
        store.keeps_logs(Arc::clone(log_files));
    }
    let forgetting = folder.clone().zip(store.clone());
    let kept =
        Kept { folder, executions: store.as_ref().map_or(0, |store| store.executions_found()) };
    let setup = Setup {
        listen,
        token: access.token.clone(),
        allowed_hosts: access.allowed_hosts.clone(),
        journals: store.map(|store| store as Arc<dyn Journals>),
        execution_log: log_files.clone().map(|files| files as Arc<dyn ExecutionLog>),
        duplicate_express: arguments.chaos.iter().find_map(|it| it.of_express(chaos_seed)),
        services: Services::InProcess(Box::new(options)),
        code: arguments.lambda.map_or(Code::InProcess, Code::Binaries),
        task_variables: variables(),
        mocks,
        mock_file,
        time: if arguments.skip_waits { Time::SkippingWaits } else { Time::Real },
        ..Setup::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::ours(format_args!("cannot start a runtime: {error}")))?;
    if let Some((folder, store)) = forgetting {
        let retention = Duration::from_millis(arguments.retention.unsigned_abs());
        runtime.spawn(keep_for(retention, store, folder));
    }
    let ended = match arguments.no_sandbox {
        true => runtime.block_on(serve_alone(setup, &kept, &access)),
        false => runtime.block_on(serve_deployment(setup, &kept, &access)),
    };
    // Executions that wait are nobody's any more.
    runtime.shutdown_background();
    if let Some(log_files) = log_files {
        log_files.close();
    }
    ended
}

/// Whoever starts this again and again does not want it to go wrong at the same moments each time.
fn chaos_seed(services: &arguments::Services) -> u64 {
    services.seed.unwrap_or_else(|| u64::from(Uuid::new_v4().as_fields().0))
}

fn announce_chaos(chaos: &[Chaos], seed: u64) {
    if !chaos.is_empty() {
        let names: Vec<&str> = chaos.iter().map(|it| it.as_str()).collect();
        eprintln!(
            "on purpose: {}; --seed {seed} lets it come at the same moments",
            names.join(", ")
        );
    }
}

/// Where everything is kept, and how much was there.
struct Kept {
    /// None where it is in memory.
    folder: Option<PathBuf>,
    executions: u64,
}

/// The disk that the journals shall take theirs for.
fn disk(arguments: &Dev, seed: u64) -> Result<Disk, Failure> {
    let mut disk = Disk::default();
    if let Some(bytes) = arguments.data_limit {
        disk = disk.with_room_for(bytes);
    }
    let faults: Vec<DiskFault> = arguments.chaos.iter().filter_map(|it| it.of_disk()).collect();
    if faults.is_empty() {
        return Ok(disk);
    }
    if arguments.ephemeral {
        return Err(Failure::ours(
            "--chaos power-loss and failing-fsync are of the disk that keeps executions, and none does; \
             expected no --ephemeral",
        ));
    }
    Ok(disk.with_faults(&faults, seed))
}

/// The journals of a folder.
fn open(folder: &Path, disk: Disk, variables: &[(String, String)]) -> Result<Arc<Store>, Failure> {
    let phone_hash_key = Some(outside_services::phone_hash_key(variables));
    let options = StoreOptions { disk, phone_hash_key };
    let store = Store::open_with(folder, options).map_err(|error| {
        Failure::ours(format_args!(
            "{error}; --data names another folder, --ephemeral keeps everything in memory"
        ))
    })?;
    Ok(Arc::new(store))
}

/// Where machines log in a folder.
fn log_files(folder: &Path) -> Result<Arc<LogFiles>, Failure> {
    let opened = LogFiles::open(folder, |lost| say(&lost.to_string()));
    let log_files = opened.map_err(|error| {
        Failure::ours(format_args!(
            "cannot write the logs of executions below `{}`: {error}",
            folder.display()
        ))
    })?;
    Ok(Arc::new(log_files))
}

/// The process's variables, as far as they are text.
fn variables() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The mock file that is named, then that of the environment.
fn mock_file_of(named: Option<&Path>, variable: Option<OsString>) -> Option<PathBuf> {
    let variable = variable.filter(|path| !path.is_empty()).map(PathBuf::from);
    named.map(Path::to_owned).or(variable)
}

async fn serve_deployment(setup: Setup, kept: &Kept, access: &Access) -> Outcome {
    let deployment = Deployment::start(setup).await.map_err(Failure::ours)?;
    introduce(near(deployment.address()), kept, deployment.going_on(), access);
    for definition in definitions::machines() {
        eprintln!("  {}", Place::default().state_machine_arn(definition.name));
    }
    if let Some(sandbox) = deployment.sandbox() {
        let base = sandbox.base_url();
        eprintln!("services outside: {base}, where {base}/_atlas/counters tells what happened");
    }
    eprintln!("ready on http://{}", near(deployment.address()));
    stopped().await?;
    deployment.stop().await;
    Ok(ExitCode::SUCCESS)
}

async fn serve_alone(setup: Setup, kept: &Kept, access: &Access) -> Outcome {
    let phone_hash_key = Some(outside_services::phone_hash_key(&setup.task_variables));
    let runner = Arc::new(task_services(setup.task_variables).map_err(Failure::ours)?);
    let Setup {
        listen,
        token,
        allowed_hosts,
        mocks,
        mock_file,
        time,
        journals,
        execution_log,
        duplicate_express,
        ..
    } = setup;
    let options = AppOptions {
        runner,
        mocks,
        mock_file,
        time,
        journals,
        execution_log,
        duplicate_express,
        phone_hash_key,
        ..AppOptions::default()
    };
    let app = App::new(options);
    let going_on = app.recover().map_err(Failure::ours)?;
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        Failure::ours(format_args!(
            "cannot listen on {listen}: {error}; --listen takes another port"
        ))
    })?;
    let address = near(listener.local_addr()?);
    introduce(address, kept, &going_on, access);
    eprintln!("ready on http://{address}");
    let mut guard = Guard::of_loopback().with_hosts(allowed_hosts);
    if let Some(token) = &token {
        guard = guard.with_token(token);
    }
    tokio::select! {
        served = serve(listener, router(app, guard)) => {
            served.map_err(|error| Failure::ours(format_args!("cannot go on serving: {error}")))?;
        }
        stopped = stopped() => stopped?,
    }
    Ok(ExitCode::SUCCESS)
}

fn introduce(address: SocketAddr, kept: &Kept, going_on: &GoingOn, access: &Access) {
    eprintln!("Step Functions API for the AWS CLI and SDKs: AWS_ENDPOINT_URL_SFN=http://{address}");
    access.introduce(address);
    match &kept.folder {
        Some(folder) => eprintln!(
            "kept in `{}`; executions: {}, open: {}",
            folder.display(),
            kept.executions,
            going_on.count
        ),
        None => eprintln!("kept in memory only: everything ends with this process"),
    }
    for (execution_arn, reason) in &going_on.left {
        eprintln!("stays as it is until the next start: {execution_arn}: {reason}");
    }
}

async fn stopped() -> Result<(), Failure> {
    let stopped = tokio::signal::ctrl_c().await;
    stopped.map_err(|error| Failure::ours(format_args!("cannot wait for Ctrl-C: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

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
