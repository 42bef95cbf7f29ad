//! The commands, one file each.

mod bench;
mod capacity;
mod cold_start;
mod completions;
mod cost;
mod data;
mod deploy;
mod dev;
mod doctor;
mod erase;
mod exec;
mod executions;
mod graph;
mod import;
mod load;
mod mocks;
mod package;
mod parked;
mod profile;
mod render;
mod run;
mod sandbox;
mod suppress;
mod torture;
mod validate;

use crate::{
    arguments::{Arguments, Command},
    failure::Outcome,
};

/// Carries out what the command line asks.
pub(crate) fn run(arguments: Arguments) -> Outcome {
    match arguments.command {
        Command::Run(arguments) => run::run(arguments),
        Command::Exec(arguments) => exec::run(arguments),
        Command::Validate(arguments) => validate::run(&arguments),
        Command::Render(arguments) => render::run(&arguments),
        Command::Graph(arguments) => graph::run(&arguments),
        Command::Dev(arguments) => dev::run(arguments),
        Command::Load(arguments) => load::run(arguments),
        Command::Bench(arguments) => bench::run(arguments),
        Command::Executions(arguments) => executions::run(arguments),
        Command::Parked(arguments) => parked::run(arguments),
        Command::Completions { shell } => completions::run(shell),
        Command::Data(arguments) => data::run(arguments),
        Command::Torture(arguments) => torture::run(arguments),
        Command::Profile(arguments) => profile::run(*arguments),
        Command::Cost(arguments) => cost::run(&arguments),
        Command::Capacity(arguments) => capacity::run(&arguments),
        Command::Suppress(arguments) => suppress::run(arguments),
        Command::Mocks(arguments) => mocks::run(&arguments),
        Command::Sandbox(arguments) => sandbox::run(arguments),
        Command::Package(arguments) => package::run(arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Doctor(arguments) => doctor::run(arguments),
        Command::Deploy(arguments) => deploy::run(&arguments),
        Command::Erase(arguments) => erase::run(*arguments),
    }
}
