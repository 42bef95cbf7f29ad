//! `atlas exec FILE`: any definition, run here.

use std::{
    ffi::OsStr,
    io::{self, Write},
    path::Path,
};

use atlas_asl::model::ExecutionType;
use atlas_core::Payload;
use atlas_engine::{Time, parse_input};

use crate::{
    arguments::Exec,
    definition,
    failure::{Failure, Outcome},
    host::{self, Plan},
    label::clean,
    mock_file,
    personal::hidden,
    report::{self, Report, Show},
    source,
};

pub(crate) fn run(arguments: Exec) -> Outcome {
    let execution_type = ExecutionType::from(arguments.execution_type);
    let machine =
        definition::checked(&arguments.definition, &arguments.substitute, execution_type)?;
    let input = input(&arguments.input)?;
    let name =
        arguments.name.clone().unwrap_or_else(|| definition::machine_name(&arguments.definition));
    let mocks = arguments.mocks.as_deref().map(mock_file::read).transpose()?;
    let case = match (&arguments.mocks, &mocks, arguments.case) {
        (Some(file), Some(mocks), None) => Some(mock_file::only_case(file, mocks, &name)?),
        (_, _, case) => case,
    };
    let plan = Plan {
        machines: vec![(name, execution_type, machine)],
        input,
        mocks,
        mock_file: arguments.mocks.as_deref().map(source::shown).unwrap_or_default(),
        case,
        how_to_skip: "--skip-waits",
        time: if arguments.skip_waits { Time::SkippingWaits } else { Time::Real },
    };
    let show = if arguments.json || arguments.history { Show::Later } else { Show::Live };
    let introduction = report::introduction(clean(&plan.machines[0].0), plan.mocked(), plan.time);
    let ended = report::watched(introduction, plan.time, show, |watch| host::run(plan, watch))?;
    let report = Report { ended, calls: Vec::new(), ring: None };
    let ended = &report.ended;
    if arguments.json {
        report::print_json(&report::document(&report))?;
    } else if arguments.history {
        let mut out = io::stdout().lock();
        for execution in ended {
            for event in &execution.history {
                writeln!(out, "{}", report::event(event))?;
            }
        }
    } else {
        report::print(&report)?;
    }
    report::conclude(ended)
}

/// What `--input` gives.
pub(crate) fn input(given: &OsStr) -> Result<Payload, Failure> {
    let not_utf8 = || Failure::ours("--input is not UTF-8; expected JSON text, `@FILE` or `-`");
    let text = match given.as_encoded_bytes() {
        b"-" => source::text(Path::new("-"), "a JSON document")?,
        [b'@', ..] => {
            let path = given.to_str().map(|text| Path::new(&text[1..]));
            source::text(path.ok_or_else(not_utf8)?, "a JSON document")?
        }
        _ => given.to_str().ok_or_else(not_utf8)?.to_owned(),
    };
    parse_input(&text).map_err(|error| {
        Failure::theirs(format_args!(
            "--input: {}; expected JSON text, `@FILE` or `-`",
            hidden(&clean(&error.to_string()))
        ))
    })
}
