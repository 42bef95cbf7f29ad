//! `atlas bench cold-start`: how long functions take until their first answer, beside those in Python.

use std::{
    env,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use handlers::functions::Handler;

use crate::{
    arguments::ColdStart,
    cold_start::{Broken, Candidate, Figures, NotThere, Row, Sample, Table, World},
    failure::{Failure, Outcome, say},
};

/// Names the folder with all that the handlers in Python need.
const PYTHON: &str = "ATLAS_PYTHON_HANDLERS";

pub(crate) fn run(arguments: ColdStart) -> Outcome {
    let ColdStart { functions, handler: asked, runs, peers, json: as_json } = arguments;
    let handlers: Vec<Handler> = Handler::ALL
        .into_iter()
        .filter(|handler| asked.is_empty() || asked.contains(handler))
        .collect();
    let mut candidates = vec![Candidate::Binaries(functions)];
    if peers {
        let folder = env::var_os(PYTHON).filter(|folder| !folder.is_empty());
        let folder = folder.ok_or_else(|| {
            Failure::ours(format_args!(
                "{PYTHON} does not name what the handlers in Python need; in the sources of Atlas Engine, \
                 eval \"$(.ci/peers start)\" installs it and sets the variable"
            ))
        })?;
        candidates.push(Candidate::Python(PathBuf::from(folder)));
    }
    for candidate in &candidates {
        for &handler in &handlers {
            candidate.binary(handler)?;
        }
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::ours)?;
    let table = runtime.block_on(measure(&candidates, &handlers, runs))?;
    runtime.shutdown_background();
    let mut out = io::stdout().lock();
    if as_json {
        serde_json::to_writer_pretty(&mut out, &table.document()).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        out.write_all(table.markdown().as_bytes())?;
    }
    let mut ours = table.rows.iter().filter_map(|row| Some((row.handler, row.of.first()?)));
    match ours.find_map(|(handler, found)| Some((handler, found.as_ref().err()?))) {
        None => Ok(ExitCode::SUCCESS),
        Some((handler, broken)) => Err(Failure::ours(format_args!("`{handler}`: {broken}"))),
    }
}

/// One after the other within each run, so that whatever else the machine does meets all of them.
async fn measure(
    candidates: &[Candidate],
    handlers: &[Handler],
    runs: u32,
) -> Result<Table, Failure> {
    let world = World::start().await.map_err(Failure::ours)?;
    let mut found: Vec<Vec<Result<Vec<Sample>, Broken>>> =
        handlers.iter().map(|_| candidates.iter().map(|_| Ok(Vec::new())).collect()).collect();
    // The first start reads the files from the disk, and is none of those that are counted.
    for run in 0..=runs {
        say(&format!("run {run} of {runs}"));
        for (handler, of) in handlers.iter().zip(&mut found) {
            for (candidate, samples) in candidates.iter().zip(of) {
                let Ok(taken) = samples else { continue };
                match world.measure(candidate, *handler).await {
                    Ok(sample) if run > 0 => taken.push(sample),
                    Ok(_) => {}
                    Err(broken) => *samples = Err(broken),
                }
            }
        }
    }
    world.stop().await;
    let rows = handlers.iter().zip(found).map(|(&handler, of)| {
        let of = candidates.iter().zip(of).map(|(candidate, samples)| {
            samples.map(|samples| (Figures::of(&samples), candidate.zips(handler)))
        });
        Row { handler, of: of.collect() }
    });
    let candidates = candidates.iter().map(Candidate::name).collect();
    Ok(Table { candidates, rows: rows.collect() })
}

impl From<NotThere> for Failure {
    fn from(error: NotThere) -> Self {
        Self::ours(error)
    }
}
