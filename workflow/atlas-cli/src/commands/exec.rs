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
    host::Plan,
    mock_file, report, source,
};

pub(crate) fn run(arguments: Exec) -> Outcome {
    let execution_type = ExecutionType::from(arguments.execution_type);
    let machine =
        definition::checked(&arguments.definition, &arguments.substitute, execution_type)?;
    let input = input(&arguments.input)?;
    let name =
        arguments.name.clone().unwrap_or_else(|| definition::machine_name(&arguments.definition));
    let mocks = arguments.mocks.as_deref().map(mock_file::read).transpose()?;
    let case = match (&mocks, arguments.case) {
        (Some(mocks), None) => Some(mock_file::only_case(mocks, &name)?),
        (_, case) => case,
    };
    let plan = Plan {
        machines: vec![(name, execution_type, machine)],
        input,
        mocks,
        case,
        time: if arguments.skip_waits { Time::SkippingWaits } else { Time::Real },
    };
    let ended = report::watched(plan, !arguments.json && !arguments.history)?;
    if arguments.json {
        report::print_json(&report::document(&ended, None))?;
    } else if arguments.history {
        let mut out = io::stdout().lock();
        for execution in &ended {
            for event in &execution.history {
                writeln!(out, "{}", report::event(event))?;
            }
        }
    } else {
        report::print(&ended)?;
    }
    report::conclude(&ended)
}

fn input(given: &OsStr) -> Result<Payload, Failure> {
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
            crate::label::clean(&error.to_string())
        ))
    })
}
