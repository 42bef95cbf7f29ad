//! `atlas import FILE`: somebody's state machines, and what would make them faster, cheaper or safer.

mod machines;

mod given_cases;
mod latencies;

mod proposal;

mod document;
mod words;

use std::{fs, path::Path, process::ExitCode};

use atlas_asl::model::ExecutionType;
use atlas_import::{Examination, Request, examine};

use self::machines::Found;
use super::exec;
use crate::{
    arguments::Import,
    definition,
    failure::{Failure, Outcome, say},
    mock_file, report, source,
};

/// A machine that was looked at.
pub(super) struct Examined {
    found: Found,
    execution_type: ExecutionType,
    examination: Examination,
    /// The same with what somebody has to confirm, where that changes more.
    proposal: Option<Examination>,
}

pub(crate) fn run(arguments: &Import) -> Outcome {
    let (machines, mut out_of_reach) =
        machines::read(&arguments.file, arguments.machine.as_deref())?;
    if let Some(out) = &arguments.out {
        let sources = machines.iter().map(|it| it.path.as_path()).chain([arguments.file.as_path()]);
        refuse_source(out, sources)?;
    }
    let latencies = latencies::of(arguments)?;
    let mocks = arguments.mocks.as_deref().map(mock_file::read).transpose()?;
    let mut examined = Vec::new();
    for found in machines {
        let name = arguments.name.clone().or_else(|| found.name.clone());
        let name = name.unwrap_or_else(|| definition::machine_name(&arguments.file));
        let cases = match (&arguments.mocks, &mocks) {
            (Some(file), Some(mocks)) => {
                let input = exec::input(&arguments.input)?;
                given_cases::of(file, mocks, &name, arguments.case.as_deref(), &input)?
            }
            (_, _) => Vec::new(),
        };
        let execution_type = arguments
            .execution_type
            .map(ExecutionType::from)
            .or(found.execution_type)
            .unwrap_or_default();
        let request = Request {
            definition: &found.text.text,
            execution_type,
            latencies: &latencies,
            cases: &cases,
            with_unconfirmed: arguments.with_unconfirmed,
            placeholders: found.is_of_template.then_some(&found.text.placeholders),
        };
        let mut examination = examine(&request);
        let proposal = proposal::of(&request, &mut examination);
        examined.push(Examined { found, execution_type, examination, proposal });
    }
    for state in latencies.known() {
        if !examined.iter().any(|it| it.found.has_state(state)) && !arguments.latency.is_empty() {
            say(&format!(
                "no state is named `{}`, whose time is given",
                crate::label::clean(state)
            ));
        }
    }
    let mut is_wrong = false;
    for one in &examined {
        is_wrong |= one.is_wrong();
    }
    if arguments.json {
        report::print_json(&document::of(&examined))?;
    } else {
        words::print(&examined)?;
    }
    if let Some(out) = &arguments.out {
        write(out, &examined)?;
    }
    let code = out_of_reach.drain(..).map(|failure| failure.say()).max();
    let code = code.max(is_wrong.then(|| Failure::silent().say()));
    Ok(code.map_or(ExitCode::SUCCESS, ExitCode::from))
}

impl Examined {
    fn is_wrong(&self) -> bool {
        let diagnostics = &self.examination.diagnostics;
        diagnostics.iter().any(|it| it.severity == atlas_asl::diagnostic::Severity::Error)
    }

    /// The file with the rewritten definition in it; as it was where nothing is rewritten.
    fn rewritten(&self) -> Option<String> {
        let (_, rewritten) = self.examination.rewritten.as_ref()?;
        Some(self.found.source.with_definition(&self.found.text, rewritten))
    }
}

/// A template may come out as a definition alone, and YAML without its comments, so sources are never overwritten.
fn refuse_source<'p>(out: &Path, sources: impl Iterator<Item = &'p Path>) -> Result<(), Failure> {
    let Ok(known) = fs::canonicalize(out) else { return Ok(()) };
    for source in sources {
        if fs::canonicalize(source).is_ok_and(|it| it == known) {
            return Err(Failure::ours(format_args!(
                "--out {} is what is read; name another file",
                source::shown(out)
            )));
        }
    }
    Ok(())
}

fn write(out: &Path, examined: &[Examined]) -> Result<(), Failure> {
    let shown = source::shown(out);
    let [one] = examined else {
        return Err(Failure::ours(format_args!(
            "--out writes one machine, and there are {}; --machine names one",
            examined.len()
        )));
    };
    let Some(text) = one.rewritten() else {
        let why = match one.proposal {
            Some(_) => "--with-unconfirmed writes the rest, once somebody has confirmed it",
            None => "it would be as it was",
        };
        say(&format!("{shown} is not written, for nothing is safe to rewrite: {why}"));
        return Ok(());
    };
    fs::write(out, text)
        .map_err(|error| Failure::ours(format_args!("{shown}: cannot be written: {error}")))?;
    say(&format!("wrote {shown}"));
    Ok(())
}
