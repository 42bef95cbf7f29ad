//! How the sandbox's services behave: what `--latency`, `--fault` and `--seed` say.

use std::fs;

use atlas_sandbox::{Fault, Latency};

use crate::{arguments::Services, failure::Failure};

/// Latencies, faults, and what decides which calls the faults hit.
#[derive(Debug, Clone)]
pub(crate) struct Behaviour {
    pub(crate) latency: Latency,
    pub(crate) faults: Vec<Fault>,
    pub(crate) seed: u64,
}

impl Services {
    /// Whether anything was said.
    pub(crate) fn is_given(&self) -> bool {
        self.latency.is_some() || !self.fault.is_empty() || self.seed.is_some()
    }

    /// What was said.
    pub(crate) fn behaviour(&self) -> Result<Behaviour, Failure> {
        let faults = self.fault.iter().map(|text| text.parse::<Fault>().map_err(Failure::ours));
        Ok(Behaviour {
            latency: self.latency.as_deref().map_or(Ok(Latency::none()), latency)?,
            faults: faults.collect::<Result<_, _>>()?,
            seed: self.seed.unwrap_or(0),
        })
    }
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
