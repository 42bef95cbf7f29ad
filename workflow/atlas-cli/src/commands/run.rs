//! `atlas run`: a lead through both lead-to-call machines.

use std::path::Path;

use atlas_core::Payload;
use atlas_engine::{Time, mocks::MockConfig};
use definitions::contract::Intake;
use serde_json::Value;

use crate::{
    arguments::Run,
    failure::{Failure, Outcome},
    host,
    label::clean,
    mock_file,
    report::{self, Report, Show},
    source,
    with_sandbox::{self, Plan},
};

/// The case of a run with mocks that names none.
const DEFAULT_CASE: &str = "HappyPath";
/// The mock file that nobody names.
const BUILT_IN: &str = "the built-in mock file";

pub(crate) fn run(arguments: Run) -> Outcome {
    if arguments.case.is_some() || arguments.mocks.is_some() {
        run_mocked(arguments)
    } else {
        run_handlers(arguments)
    }
}

fn run_handlers(arguments: Run) -> Outcome {
    let lead = match &arguments.lead {
        Some(path) => source::text(path, "a lead, a JSON document")?,
        None => definitions::SAMPLE_LEAD.to_owned(),
    };
    let first = intake(arguments.lead.as_deref(), &lead)?;
    let behaviour = arguments.services.behaviour()?;
    let leads = std::iter::once(first.clone());
    let leads = leads.chain((1..arguments.repeat).map(|_| come_again(&first))).collect();
    // The handlers and the services they call live in real time, so the machines do too.
    let time = if arguments.skip_waits { Time::SkippingWaits } else { Time::Real };
    let plan = Plan { leads, binaries: arguments.lambda, behaviour, time };
    let introduction = report::introduction(lead_named(&first), Some(plan.handled()), time);
    let show = if arguments.json { Show::Later } else { Show::Live };
    let reports =
        report::watched(introduction, time, show, |watch| with_sandbox::run(plan, watch))?;
    if arguments.json {
        report::print_json(&report::documents(&reports))?;
    } else {
        report::print_all(&reports)?;
    }
    report::conclude(reports.iter().flat_map(|report| &report.ended))
}

/// The same person, another time: another conversation of the bot.
fn come_again(lead: &Payload) -> Payload {
    let mut again = lead.value().clone();
    again["interactionKey"] = uuid::Uuid::new_v4().simple().to_string().into();
    Payload::from(again)
}

fn run_mocked(arguments: Run) -> Outcome {
    if arguments.services.is_given() || arguments.repeat > 1 {
        return Err(Failure::ours(
            "--latency, --fault, --seed and --repeat are of real handlers; --case and --mocks let \
             mocks do the steps, which call no service",
        ));
    }
    let case = arguments.case.unwrap_or_else(|| DEFAULT_CASE.to_owned());
    let lead = match &arguments.lead {
        Some(path) => source::text(path, "a lead, a JSON document")?,
        None => definitions::sample_lead(&case).to_owned(),
    };
    let input = intake(arguments.lead.as_deref(), &lead)?;
    let mocks = match &arguments.mocks {
        Some(path) => mock_file::read(path)?,
        None => MockConfig::parse(definitions::MOCKS.as_bytes()).map_err(Failure::ours)?,
    };
    // Mocks answer at once, and nobody outside is waited for.
    let time = if arguments.real_time { Time::Real } else { Time::SkippingWaits };
    let plan = host::Plan {
        machines: definitions::local_machines()
            .into_iter()
            .map(|local| (local.name.to_owned(), local.execution_type, local.machine))
            .collect(),
        input,
        mocks: Some(mocks),
        mock_file: arguments.mocks.as_deref().map_or_else(|| BUILT_IN.to_owned(), source::shown),
        case: Some(case),
        time,
        how_to_skip: "a run without --real-time",
    };
    let introduction = report::introduction(lead_named(&plan.input), plan.mocked(), time);
    let show = if arguments.json { Show::Later } else { Show::Live };
    let ended = report::watched(introduction, time, show, |watch| host::run(plan, watch))?;
    let report = Report::without_calls(ended);
    if arguments.json {
        report::print_json(&report::document(&report))?;
    } else {
        report::print(&report)?;
    }
    report::conclude(&report.ended)
}

fn lead_named(input: &Payload) -> String {
    let key = input.value().get("interactionKey").and_then(Value::as_str);
    format!("lead {}", clean(key.unwrap_or_default()))
}

/// The lead as the machine's input: what is wrong with it is said here, before anything starts.
fn intake(path: Option<&Path>, text: &str) -> Result<Payload, Failure> {
    let shown = path.map_or_else(|| "the sample lead".to_owned(), source::shown);
    if text.trim().is_empty() {
        return Err(Failure::theirs(format_args!(
            "{shown}: empty; expected a lead, a JSON document such as definitions/leads/ada.json"
        )));
    }
    let mut document: Value = serde_json::from_str(text).map_err(|error| {
        // The reader's own word for it is its guard against recursion.
        let told = match error.to_string() {
            told if told.starts_with("recursion limit") => "nested too deep".to_owned(),
            told => told,
        };
        Failure::theirs(format_args!("{shown}: {told}; expected a lead, a JSON document"))
    })?;
    if let Value::Object(fields) = &mut document {
        fields
            .entry("interactionKey")
            .or_insert_with(|| Value::String(uuid::Uuid::new_v4().to_string()));
    }
    if let Err(invalid) = Intake::parse(&document) {
        let faults = invalid.iter().map(|field| format!("{shown}: {}", clean(&field.to_string())));
        return Err(Failure::all_theirs(faults));
    }
    Ok(Payload::from(document))
}
