//! Reads the command line, and says in one line what is wrong with it.

use std::{ffi::OsString, process::ExitCode};

use clap::{Command, CommandFactory, Parser, error::ErrorKind};

use super::Arguments;
use crate::{failure::say, label::clean, personal::hidden};

/// Reads the command line. What it does not understand is one line on stderr and exit code 2.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Arguments, ExitCode> {
    let given: Vec<OsString> = arguments.collect();
    Arguments::try_parse_from(&given).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // Whoever closed our output does not want the help.
            let _ = error.print();
            ExitCode::from(if error.use_stderr() { 2 } else { 0 })
        }
        _ => {
            say(&complaint(&error, &given));
            ExitCode::from(2)
        }
    })
}

/// What is wrong with a command line, in one line: what clap says, without its layout.
fn complaint(error: &clap::Error, given: &[OsString]) -> String {
    let (name, known) = known_command(given);
    let text = error.render().to_string();
    let mut words = String::new();
    for line in text.split("\n\nUsage:").next().unwrap_or_default().lines() {
        let line = line.trim().trim_start_matches("error: ").trim_start_matches("tip: ");
        if line.is_empty() || line.starts_with("For more information") {
            continue;
        }
        if !words.is_empty() {
            words.push_str(if words.ends_with(':') { " " } else { "; " });
        }
        words.push_str(line);
    }
    if error.kind() == ErrorKind::InvalidSubcommand {
        words.push_str("; expected ");
        words.push_str(&commands_of(&known));
    }
    format!("{}; see `{name} --help`", hidden(&clean(&words)))
}

/// The command as far as its words are ones that we know, `atlas mocks skeleton`, and what it is.
fn known_command(given: &[OsString]) -> (String, Command) {
    let mut known = Arguments::command();
    let mut name = known.get_name().to_owned();
    for word in given.iter().skip(1) {
        let Some(next) = known.find_subcommand(word).cloned() else { break };
        name.push(' ');
        name.push_str(next.get_name());
        known = next;
    }
    (name, known)
}

/// All that a command has below it: `stats, compact, export or import`.
fn commands_of(known: &Command) -> String {
    let mut names: Vec<&str> = known.get_subcommands().map(Command::get_name).collect();
    let last = names.pop().unwrap_or_default();
    format!("{} or {last}", names.join(", "))
}
