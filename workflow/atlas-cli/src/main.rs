//! The binary `atlas`: it reads the command line, wires the crates together and says what came of it.

mod arguments;

mod commands;

mod operator;

mod failure;

mod kept_files;

mod source;

mod definition;

mod mock_file;

mod host;

mod with_sandbox;

mod load;

mod connection;

mod server_process;

mod bench;

mod cold_start;

mod profile;

mod torture;

mod cost;

mod span;

mod span_tracker;

mod report;

mod outcome;

mod base_url;
mod behaviour;

mod chaos;

mod access;

mod retention;

mod byte_size;

mod external_call;

mod time_outside;

mod floor;

mod ring;

mod live;

mod terminal;

mod duration;

mod tree;

mod row_budget;

mod axis;

mod timeline;

mod time_spent;

mod skeleton;

use std::process::ExitCode;

use atlas_view::{graph, label, masking as personal};

fn main() -> ExitCode {
    let arguments = match arguments::parse(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    match commands::run(arguments) {
        Ok(code) => code,
        Err(failure) => ExitCode::from(failure.say()),
    }
}
