//! `atlas sandbox`: the outside services on loopback, alone, until Ctrl-C.

use std::{io::Write as _, process::ExitCode};

use atlas_local::outside_services;
use atlas_sandbox::{Options, Sandbox};

use crate::{
    arguments,
    behaviour::Behaviour,
    failure::{Failure, Outcome},
};

/// Starts the services, says how to reach them, and stays.
pub(crate) fn run(arguments: arguments::Sandbox) -> Outcome {
    let Behaviour { latency, faults, seed } = arguments.services.behaviour()?;
    let listen = arguments.listen;
    let mut options = Options { listen, latency, faults, seed, ..outside_services::options() };
    for misconfiguration in &arguments.misconfigured {
        misconfiguration.plant(&mut options);
    }
    let workflow = arguments.step_functions.as_deref();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::ours)?;
    runtime.block_on(async {
        let sandbox = Sandbox::start(options).await.map_err(Failure::ours)?;
        let mut out = std::io::stdout().lock();
        let mut variables = outside_services::environment(&sandbox, workflow);
        for misconfiguration in &arguments.misconfigured {
            misconfiguration.plant_variables(&mut variables);
        }
        sandbox.tell_environment(variables.clone());
        for (name, value) in variables {
            writeln!(out, "export {name}={value}")?;
        }
        out.flush()?;
        drop(out);
        let base = sandbox.base_url();
        eprintln!("{base}/_atlas/counters tells what happened; Ctrl-C stops the services");
        eprintln!("ready on {base}");
        tokio::signal::ctrl_c().await.map_err(Failure::ours)?;
        sandbox.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}
