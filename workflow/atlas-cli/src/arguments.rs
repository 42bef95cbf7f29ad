//! The command line.

use std::{ffi::OsString, net::SocketAddr, path::PathBuf, process::ExitCode};

use atlas_asl::model::ExecutionType;
use atlas_engine::archive::Status;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, error::ErrorKind};

use crate::{
    byte_size::data_limit, chaos::Chaos, duration::length, failure::say, graph::Format,
    label::clean, load::MOST_LEADS, personal::hidden,
};

/// Where `atlas dev` keeps executions, below the directory that it is started in.
const DATA_FOLDER: &str = ".atlas";

/// Carries a lead from a chat to a ringing phone: defines, checks and runs Step Functions machines
/// here, without an account.
#[derive(Debug, Parser)]
#[command(name = "atlas", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take a lead through both lead-to-call machines and show what happened
    ///
    /// The real handlers do the steps, over HTTP against a sandbox of the outside services that
    /// starts and ends with the run, so nobody is called. With --case or --mocks the steps answer
    /// from a mock file instead. Exit code: 0 when every machine succeeded, 1 when one failed or the
    /// lead is wrong, 2 for a wrong command line or file.
    Run(Run),
    /// Run any definition
    ///
    /// Tasks that no mock answers fail, unless the engine does them itself (nested executions of the
    /// same machine). Exit code: 0 when it succeeded, 1 when it failed or the definition, input or
    /// mock file is wrong, 2 for a wrong command line or a file that cannot be read.
    Exec(Exec),
    /// Say everything that is wrong with definitions, each fault at its line and column
    Validate(Validate),
    /// Write the lead-to-call definitions as Amazon States Language files
    Render(Render),
    /// Draw a definition
    Graph(Graph),
    /// Serve the Step Functions API on this machine
    ///
    /// The lead-to-call machines are there, with their real handlers and a sandbox of the services
    /// outside, ready to start.
    Dev(Dev),
    /// Look after what `atlas dev` keeps in a folder
    ///
    /// A server that has the folder has to stop first. Exit code: 0 done; 1 where some files or executions
    /// were not taken, each of which is named; 2 where nothing could be done.
    #[command(subcommand)]
    Data(Data),
    /// Send many leads at once while services fail, and say what became of each
    ///
    /// The services are a sandbox in a process of its own, which counts who was rung and what Salesforce
    /// knows. Exit code: 0 when no lead was lost, none was rung twice for an attempt, and every execution
    /// ended; 1 otherwise.
    Load(Load),
    /// Measure how fast the Step Functions API answers, over HTTP, and judge every answer
    ///
    /// The server is a process of its own, started without machines. Exit code: 0 when all of its answers
    /// were right, 2 otherwise.
    Bench(Bench),
    /// Kill the durable engine again and again, let its disk fail, and look whether anything was lost
    ///
    /// Clients start, end, stop and redrive executions, and remember what was acknowledged; the server, a
    /// process of its own, is killed at any instant, and in some rounds its disk loses its power or fails
    /// to sync. In the end what it tells is held against what the clients remember. Exit code: 0 when
    /// all is there, once and whole; 1 otherwise.
    Torture(Torture),
    /// Keep the list of numbers that must not be called
    #[command(subcommand)]
    Suppress(Suppress),
    /// Help with step mocks
    #[command(subcommand)]
    Mocks(Mocks),
    /// Play Salesforce, Connect, Bedrock, Secrets Manager, DynamoDB and SQS on this machine
    Sandbox(Sandbox),
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The lead, a JSON file, or `-` for standard input [default: a sample]
    #[arg(long, value_name = "FILE")]
    pub(crate) lead: Option<PathBuf>,
    /// Let mocks do the steps: a test case; a wrong name lists them all
    #[arg(long, value_name = "NAME")]
    pub(crate) case: Option<String>,
    /// Let mocks do the steps: a mock file of your own, in the format of Step Functions Local
    #[arg(long, value_name = "FILE")]
    pub(crate) mocks: Option<PathBuf>,
    /// Run the handlers as the Lambda binaries in this folder, over the Lambda Runtime API
    #[arg(long, value_name = "DIR", conflicts_with_all = ["case", "mocks"])]
    pub(crate) lambda: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) services: Services,
    /// How often the lead comes, one time after the other; from the second time on its scenario is in
    /// the cache
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) repeat: u32,
    /// Let waits, retry delays, timeouts and heartbeats take no time (so it is with mocks anyway)
    #[arg(long, conflicts_with = "real_time")]
    pub(crate) skip_waits: bool,
    /// Live through waits, retry delays, timeouts and heartbeats as on AWS
    #[arg(long)]
    pub(crate) real_time: bool,
    /// Print one JSON document instead, with the history of every execution
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Exec {
    /// The definition; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) definition: PathBuf,
    /// The input: JSON text, `@FILE`, or `-` for standard input
    #[arg(long, value_name = "JSON", default_value = "{}", allow_negative_numbers = true)]
    pub(crate) input: OsString,
    /// STANDARD or EXPRESS
    #[arg(long = "type", value_name = "TYPE", default_value = "standard", ignore_case = true)]
    pub(crate) execution_type: MachineType,
    /// A mock file, in the format of Step Functions Local
    #[arg(long, value_name = "FILE")]
    pub(crate) mocks: Option<PathBuf>,
    /// The test case of the mock file [default: its only one]
    #[arg(long, value_name = "NAME", requires = "mocks")]
    pub(crate) case: Option<String>,
    /// The state machine's name, by which the mock file knows it [default: the file's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// What `${NAME}` stands for in the definition; repeatable
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) substitute: Vec<String>,
    /// Let waits, retry delays, timeouts and heartbeats take no time
    #[arg(long)]
    pub(crate) skip_waits: bool,
    /// Print the history instead, one JSON event a line (`--json` has it too)
    #[arg(long)]
    pub(crate) history: bool,
    /// Print one JSON document instead
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Validate {
    /// The definitions; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) definitions: Vec<PathBuf>,
    /// STANDARD or EXPRESS
    #[arg(long = "type", value_name = "TYPE", default_value = "standard", ignore_case = true)]
    pub(crate) execution_type: MachineType,
    /// Print one JSON document instead
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Render {
    /// The folder to write to
    #[arg(long, value_name = "DIR", default_value = "definitions")]
    pub(crate) out: PathBuf,
    /// Write nothing; fail where a file is missing or differs
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Graph {
    /// The definition; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) definition: PathBuf,
    /// The format of the drawing
    #[arg(long, value_name = "FORMAT", default_value = "ascii")]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// The loopback address to listen on; port 0 is any that is free
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8083")]
    pub(crate) listen: SocketAddr,
    /// A mock file, in the format of Step Functions Local [default: the one SFN_MOCK_CONFIG names]
    #[arg(long, value_name = "FILE")]
    pub(crate) mocks: Option<PathBuf>,
    /// Keep state machines and STANDARD executions in this folder: they go on after a restart, or a
    /// crash. What machines log of their executions is written there too
    #[arg(long, value_name = "DIR", default_value = DATA_FOLDER)]
    pub(crate) data: PathBuf,
    /// Keep everything in memory only
    #[arg(long, conflicts_with_all = ["data", "data_limit", "retention", "chaos"])]
    pub(crate) ephemeral: bool,
    /// Begin nothing new where what is kept would take more than this, as 20MB; what runs waits for room
    #[arg(long, value_name = "SIZE", value_parser = data_limit)]
    pub(crate) data_limit: Option<u64>,
    /// Forget executions that ended so long ago, and logs that got no record since then; AWS forgets
    /// after 90 days
    #[arg(long, value_name = "TIME", default_value = "90d", value_parser = length)]
    pub(crate) retention: i64,
    /// Let something go wrong on purpose, at moments that --seed decides; repeatable
    #[arg(long, value_name = "KIND")]
    pub(crate) chaos: Vec<Chaos>,
    /// Let waits, retry delays, timeouts and heartbeats take no time
    #[arg(long)]
    pub(crate) skip_waits: bool,
    /// Serve no machines, no handlers and no services outside: an empty account
    #[arg(long, conflicts_with_all = ["lambda", "latency", "fault"])]
    pub(crate) no_sandbox: bool,
    /// Run the handlers as the Lambda binaries in this folder, over the Lambda Runtime API
    #[arg(long, value_name = "DIR")]
    pub(crate) lambda: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) services: Services,
}

#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// Where to listen, on loopback; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    pub(crate) services: Services,
    /// Where the Step Functions API is served, as http://127.0.0.1:8083 by `atlas dev`: the printed
    /// environment then names it and the lead-to-call machine there
    #[arg(long, value_name = "URL")]
    pub(crate) step_functions: Option<String>,
}

/// How the sandbox's services behave.
#[derive(Debug, Args)]
pub(crate) struct Services {
    /// How long calls take: none, seed (as measured in the system before), or a JSON file
    /// [default: none]
    #[arg(long, value_name = "none|seed|FILE")]
    pub(crate) latency: Option<String>,
    /// What goes wrong for a share of the calls, as salesforce:503:0.2; repeatable
    #[arg(long, value_name = "SERVICE:KIND:SHARE")]
    pub(crate) fault: Vec<String>,
    /// Decides which calls go wrong, and when [default: 0]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Load {
    /// How many leads come at once
    #[arg(long, value_name = "N", default_value_t = 1000,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_LEADS)))]
    pub(crate) leads: u32,
    /// How often, each time with other calls that go wrong
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) seeds: u32,
    /// The first seed
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) first_seed: u64,
    /// What goes wrong for a share of the calls, as salesforce:503:0.2; repeatable [default: a fifth of
    /// the calls to every service, in each way]
    #[arg(long, value_name = "SERVICE:KIND:SHARE")]
    pub(crate) fault: Vec<String>,
    /// Print one JSON document instead
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// Measure moto and ministack as well, which `eval "$(.ci/peers start)"` installs
    #[arg(long)]
    pub(crate) peers: bool,
    /// Measure the same server as well while it keeps everything, in a folder that is made here and
    /// removed at the end
    #[arg(long)]
    pub(crate) durable: bool,
    /// How many connections start executions at the same time
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_value = "1,32",
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) connections: Vec<u16>,
    /// How long each workload is measured; each connection ends one execution at least
    #[arg(long, value_name = "N", default_value_t = 5,
          value_parser = clap::value_parser!(u64).range(..=3600))]
    pub(crate) seconds: u64,
    /// Print one JSON document instead
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Torture {
    /// How many rounds; every third one is of kills alone, of losses of power, of syncs that fail
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) rounds: u64,
    /// For how long, instead of a number of rounds; a round that has begun is ended
    #[arg(long, value_name = "N", conflicts_with = "rounds", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub(crate) minutes: Option<u64>,
    /// How many clients there are at the same time
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) clients: u32,
    /// How many executions each of them starts in a round
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) starts: u32,
    /// Decides what the clients do and when the server is killed, as far as they are left alone to it
    /// [default: any]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Print one JSON document instead
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Data {
    /// Say how much there is, and of what
    Stats {
        #[command(flatten)]
        folder: KeptIn,
        /// Print one JSON document instead
        #[arg(long)]
        json: bool,
    },
    /// Let go of machines that no execution refers to, and of the room in the file that nothing is in
    Compact {
        #[command(flatten)]
        folder: KeptIn,
    },
    /// Write a JSON file for each execution, machine, activity and set of tags into an empty folder
    ///
    /// The files hold what executions were given and answered, and task tokens that are still good.
    Export(Export),
    /// Take the files of an export; an execution that had not ended goes on when a server starts
    Import {
        #[command(flatten)]
        folder: KeptIn,
        /// The folder of an export, or one of its files
        #[arg(value_name = "PATH")]
        from: PathBuf,
    },
}

/// The folder that is looked after.
#[derive(Debug, Args)]
pub(crate) struct KeptIn {
    /// Where `atlas dev` keeps executions
    #[arg(long, value_name = "DIR", default_value = DATA_FOLDER)]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) folder: KeptIn,
    /// Where to: an empty folder, or one that is not there
    #[arg(value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// Only executions of this machine, by its name or ARN
    #[arg(long, value_name = "NAME")]
    pub(crate) machine: Option<String>,
    /// Only executions that stand so: RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED
    #[arg(long, value_name = "STATUS", value_parser = status)]
    pub(crate) status: Option<Status>,
    /// Only executions that began so long ago, or later
    #[arg(long, value_name = "TIME", value_parser = length)]
    pub(crate) since: Option<i64>,
}

fn status(text: &str) -> Result<Status, String> {
    Status::of_str(text).ok_or_else(|| {
        let known = Status::ALL.map(Status::as_str);
        format!("expected {}", known.join(", "))
    })
}

/// The list is in the table that SUPPRESSION_TABLE names, at AWS_ENDPOINT_URL_DYNAMODB or in AWS; it
/// knows numbers by their hash under PHONE_HASH_KEY, as the handlers do.
#[derive(Debug, Subcommand)]
pub(crate) enum Suppress {
    /// Put a number on the list; `-` reads numbers from standard input, one a line
    Add {
        /// The number, as +14155550123
        #[arg(value_name = "NUMBER", allow_hyphen_values = true)]
        number: String,
        /// Why
        #[arg(long, value_name = "WORDS", default_value = "asked not to be called")]
        reason: String,
    },
    /// Take a number off the list; `-` reads numbers from standard input, one a line
    Remove {
        /// The number, as +14155550123
        #[arg(value_name = "NUMBER", allow_hyphen_values = true)]
        number: String,
    },
    /// Show the list: hashes, reasons and since when
    List {
        /// Print one JSON document instead
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Mocks {
    /// Print a mock file in which every Task answers, shaped as its integration would
    Skeleton {
        /// The definition; `-` is standard input
        #[arg(value_name = "FILE")]
        definition: PathBuf,
        /// The state machine's name [default: the file's name]
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
}

/// `--type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MachineType {
    /// Up to a year, runs once, holds callbacks
    Standard,
    /// Up to five minutes, at least once, no callbacks
    Express,
}

impl From<MachineType> for ExecutionType {
    fn from(given: MachineType) -> Self {
        match given {
            MachineType::Standard => Self::Standard,
            MachineType::Express => Self::Express,
        }
    }
}

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
        words.push_str(
            "; expected run, exec, validate, render, graph, dev, data, load, bench, torture, suppress, mocks or sandbox",
        );
    }
    format!("{}; see `{} --help`", hidden(&clean(&words)), command_named(given))
}

/// The command as far as its words are ones that we know: `atlas mocks skeleton`.
fn command_named(given: &[OsString]) -> String {
    let mut known = Arguments::command();
    let mut name = known.get_name().to_owned();
    for word in given.iter().skip(1) {
        let Some(next) = known.find_subcommand(word).cloned() else { break };
        name.push(' ');
        name.push_str(next.get_name());
        known = next;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
