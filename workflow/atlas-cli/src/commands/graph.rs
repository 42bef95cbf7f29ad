//! `atlas graph FILE`: a definition as a drawing.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use crate::{arguments::Graph, definition, failure::Outcome, graph};

pub(crate) fn run(arguments: &Graph) -> Outcome {
    let machine = definition::readable(&arguments.definition)?;
    let drawing = graph::draw(&machine, arguments.format.into());
    let mut out = io::stdout().lock();
    out.write_all(drawing.as_bytes())?;
    if !drawing.ends_with('\n') {
        writeln!(out)?;
    }
    Ok(ExitCode::SUCCESS)
}
