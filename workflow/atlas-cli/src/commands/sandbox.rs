//! `atlas sandbox`: the outside services on loopback, alone, until Ctrl-C.

use std::{fs, io::Write as _, process::ExitCode};

use atlas_sandbox::{Fault, Latency, Options, Sandbox};

use crate::{
    arguments,
    failure::{Failure, Outcome},
    outside_services,
};

/// Starts the services, says how to reach them, and stays.
pub(crate) fn run(arguments: arguments::Sandbox) -> Outcome {
    let faults = arguments.fault.iter().map(|text| text.parse::<Fault>().map_err(Failure::ours));
    let options = Options {
        listen: arguments.listen,
        latency: latency(&arguments.latency)?,
        faults: faults.collect::<Result<_, _>>()?,
        seed: arguments.seed,
        ..outside_services::options()
    };
    let workflow = arguments.step_functions.as_deref();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::ours)?;
    runtime.block_on(async {
        let sandbox = Sandbox::start(options).await.map_err(Failure::ours)?;
        let mut out = std::io::stdout().lock();
        for (name, value) in outside_services::environment(&sandbox, workflow) {
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

fn latency(given: &str) -> Result<Latency, Failure> {
    match given {
        "none" => Ok(Latency::none()),
        "seed" => Ok(Latency::seed()),
        file => {
            let text = fs::read_to_string(file).map_err(|error| {
                Failure::ours(format_args!(
                    "`--latency` is `none`, `seed` or a file; cannot read `{file}`: {error}"
                ))
            })?;
            Latency::from_json(&text)
                .map_err(|error| Failure::ours(format_args!("{file}: {error}")))
        }
    }
}
