//! `atlas mocks skeleton FILE`: a first mock file for a definition.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use crate::{
    arguments::Mocks,
    definition,
    failure::{Outcome, say},
    label::clean,
    skeleton::skeleton,
};

pub(crate) fn run(arguments: &Mocks) -> Outcome {
    let Mocks::Skeleton { definition: path, name } = arguments;
    let machine = definition::readable(path)?;
    let name = name.clone().unwrap_or_else(|| definition::machine_name(path));
    let skeleton = skeleton(&name, &machine);
    for note in &skeleton.notes {
        say(&clean(note));
    }
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &skeleton.config).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(ExitCode::SUCCESS)
}
