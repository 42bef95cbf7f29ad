//! `atlas bench`: how fast the Step Functions API answers, and how much faster than elsewhere.

use std::{
    env, fs,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use super::cold_start;
use crate::{
    arguments::{Bench, Measure},
    bench::{Contender, Measured, Plan, Table, document},
    failure::{Failure, Outcome, say},
};

/// Names the program that serves a peer, given its name.
const PEERS: &str = "ATLAS_PEERS";

/// A folder beside what the user works with, and not where everything is in memory. It goes with this.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        Self(PathBuf::from(format!(".atlas-bench-{}", std::process::id())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0)
            && error.kind() != io::ErrorKind::NotFound
        {
            say(&format!("`{}` could not be removed: {error}", self.0.display()));
        }
    }
}

pub(crate) fn run(arguments: Bench) -> Outcome {
    let Bench { instead, peers, durable, json: as_json, connections, seconds } = arguments;
    match instead {
        Some(Measure::ColdStart(arguments)) => return cold_start::run(arguments),
        None => {}
    }
    let mut contenders = vec![Contender::ours()?];
    let folder = durable.then(Folder::new);
    if let Some(Folder(folder)) = &folder {
        contenders.push(Contender::durable(folder)?);
    }
    if peers {
        let program =
            env::var_os(PEERS).filter(|program| !program.is_empty()).ok_or_else(|| {
                Failure::ours(format_args!(
                    "{PEERS} does not name what serves the peers; in the sources of Atlas Engine, \
                 eval \"$(.ci/peers start)\" installs them and sets it"
                ))
            })?;
        contenders.extend(Contender::peers(&program));
    }
    let plan = Plan { connections, span: Duration::from_secs(seconds) };
    // One thread, for whoever asks shares the processor with whoever answers.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::ours)?;
    let mut out = io::stdout().lock();
    let mut measured: Vec<Measured> = Vec::new();
    for contender in &contenders {
        let table = Table::beside(measured.first());
        let mut written = Ok(());
        let mut write = |line: String| {
            if !as_json && written.is_ok() {
                written = writeln!(out, "{line}").and_then(|()| out.flush());
            }
        };
        write(table.heading(contender.name));
        let one = runtime.block_on(contender.measure(&plan, |row| write(table.row(row))))?;
        write(table.end(&one));
        written?;
        measured.push(one);
    }
    if as_json {
        serde_json::to_writer_pretty(&mut out, &document(&measured)).map_err(io::Error::from)?;
        writeln!(out)?;
    }
    let ours = measured.iter().take(1 + usize::from(durable)).flat_map(|one| &one.rows);
    match ours.filter_map(|row| row.outcome.as_ref().err()).next() {
        None => Ok(ExitCode::SUCCESS),
        Some(wrong) => Err(Failure::ours(format_args!("an answer of ours is wrong: {wrong}"))),
    }
}
