//! The binary `atlas` as its users have it: what it prints where, and how it exits.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

mod import;

mod server;

mod run;

mod exec;

mod validate;

mod render;

mod deploy;

mod drawings;
mod durable;

mod data_folder;

mod data_commands;

mod full_disk;

mod torture;

mod bad_input;

mod doctor;
mod operator;
mod suppress;
mod terminal;

mod bench;
mod cold_start;
mod cost;
mod load;
mod package;
mod profile;

#[cfg(unix)]
mod documents;
