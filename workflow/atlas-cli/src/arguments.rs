//! The command line, a file for each group of commands.

mod pipeline;

mod definitions;

mod serving;

mod data;

mod trials;

pub(crate) mod operator;

pub(crate) mod executions;

pub(crate) mod parked;

mod profile;

mod cost;

mod erase;
mod package;

mod deploy;
mod import;

mod doctor;

mod complaint;

use clap::{Parser, Subcommand};

use self::{executions::Executions, parked::Parked};

pub(crate) use self::{
    complaint::parse,
    cost::{Assumed, Capacity, Cost},
    data::{Data, Export},
    definitions::{Exec, Graph, Mocks, Render, Validate},
    deploy::{Deploy, Revision, Template, TemplateFormat},
    doctor::Doctor,
    erase::{Erase, STACK},
    import::Import,
    package::Package,
    pipeline::{Load, Run, Suppress},
    profile::{Profile, ReportFormat},
    serving::{Dev, Sandbox, Services},
    trials::{Bench, ColdStart, Measure, Torture},
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
    /// Find executions, see why they are where they are, and act
    ///
    /// The same against `atlas dev` (--endpoint http://127.0.0.1:8083, or AWS_ENDPOINT_URL_SFN) and AWS.
    /// On a terminal tables, else plain lines with tabs between columns. Exit code: 0 done; 1 where an
    /// execution or a part of what was asked failed; 2 for a wrong command line, or where nobody answers.
    Executions(Executions),
    /// Leads and outcomes that could not be delivered
    ///
    /// They are in the table that CALLS_TABLE names, where the workflow put them. Exit code: 0 done; 1
    /// where an item could not be delivered; 2 for a wrong command line, or where nobody answers.
    Parked(Parked),
    /// Print what completes these commands in a shell
    Completions {
        /// The shell
        #[arg(value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
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
    /// Say where the time of executions goes, and what a change would gain
    ///
    /// Without --histories the pipeline, or --definition, is run here, and what its functions call is traced as
    /// AWS X-Ray would. Exit code: 0 when there is a report, 1 when no run got where it is looked at for or a
    /// file is no history, 2 for a wrong command line or a file that cannot be read.
    Profile(Box<Profile>),
    /// Keep the list of numbers that must not be called
    #[command(subcommand)]
    Suppress(Suppress),
    /// Help with step mocks
    #[command(subcommand)]
    Mocks(Mocks),
    /// Say what a month of leads costs on AWS, line by line
    ///
    /// Every mock case is run in virtual time and counted; durations are measured, prices are looked up, both
    /// dated. Exit code: 0 when there is a bill, 1 for a file with a fault, 2 for a wrong command line.
    Cost(Box<Cost>),
    /// Say which quota of AWS, Salesforce or ourselves stops first, at how many leads an hour
    ///
    /// Exit code: as of `atlas cost`.
    Capacity(Box<Capacity>),
    /// Play Salesforce, Connect, Bedrock, Secrets Manager, DynamoDB and SQS on this machine
    Sandbox(Sandbox),
    /// Build the handlers for AWS Lambda and pack them as zips
    ///
    /// In a clone of Atlas Engine: Cargo builds them there. A binary that Lambda would not start is refused. What
    /// is packed depends on the binary alone, so that the same sources give the same digest. Exit code: 0 done;
    /// 1 where a handler does not build or would not start; 2 where nothing here can build it.
    Package(Package),
    /// Say what would make somebody's machine faster, cheaper or safer, and rewrite what can be
    ///
    /// Original and rewritten definition are then run on the same mocks in virtual time: what comes out
    /// otherwise is taken back, and the time saved is told. Exit code: 0 done; 1 where a definition is
    /// wrong or cannot be reached, 2 for a wrong command line or a file that cannot be read.
    Import(Box<Import>),
    /// Say whether a deployment is right before anybody is called, and what to do about what is not
    ///
    /// It looks at variables, credentials, secret, Salesforce, Connect, Bedrock, tables, queues, machines and
    /// quotas, of AWS or of a sandbox. It changes nothing, calls nobody and shows no secret. Exit code: 0 when
    /// all is well or only warned of; 1 when something is wrong; 2 when something could not be looked at.
    Doctor(Doctor),
    /// Write what a deployment to AWS is made of
    ///
    /// Nothing is asked of AWS. Exit code: 0 done; 1 where --check finds a file missing or stale; 2 for a
    /// wrong command line or a folder that cannot be written.
    #[command(subcommand)]
    Deploy(Deploy),
    /// Erase a person wherever this workflow keeps something of them, and say what it could not reach
    ///
    /// Records of leads and calls, caches, dead letters, executions and their logs, exported files; then a
    /// report, in which neither number nor address stands. The same against `atlas dev` (--endpoint, with
    /// --dynamodb-endpoint), a folder that it left (--data), and AWS. Exit code: 0 when all of it is erased,
    /// or nothing is there; 1 where executions still run, a part failed or the records were not looked at; 2 for a wrong command line, or
    /// where nobody answers.
    Erase(Box<Erase>),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
