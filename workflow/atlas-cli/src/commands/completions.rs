//! `atlas completions`: what completes the command line in a shell.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{arguments::Arguments, failure::Outcome};

pub(crate) fn run(shell: Shell) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "atlas", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}
