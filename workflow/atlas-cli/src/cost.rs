//! What leads take, for `atlas cost` and `atlas capacity`: every mock case is run in virtual time, and its histories
//! are counted.

use std::{collections::BTreeMap, time::Duration};

use atlas_core::Payload;
use atlas_cost::{Demand, Executed, Measured, Prices, Prompt, Prompts, Requests, Traffic};
use atlas_engine::{Time, mocks::MockConfig};
use atlas_view::Event;
use definitions::LocalDefinition;
use handlers::bedrock::{Question, Topic, phone_question, response_question, scenario_question};
use serde_json::json;

use crate::{
    arguments::Assumed,
    failure::Failure,
    host::{self, Plan},
    source,
};

/// All that figures come from.
pub(crate) struct Basis {
    pub(crate) demand: Demand,
    pub(crate) traffic: Traffic,
    pub(crate) measured: Measured,
    pub(crate) prices: Prices,
    pub(crate) requests: Requests,
}

/// Reads what is assumed, and counts what leads take.
pub(crate) fn basis(assumed: &Assumed) -> Result<Basis, Failure> {
    let prices = match &assumed.prices {
        Some(file) => {
            let text = source::text(file, "prices, a JSON document")?;
            Prices::parse(&text).map_err(|error| told(file, error))?
        }
        None => Prices::built_in(),
    };
    is_of(&assumed.region, &prices.region, "prices")?;
    let measured = match &assumed.measured {
        Some(file) => {
            let text = source::text(file, "a profile, a JSON document of `atlas profile`")?;
            let parsed = Measured::parse(&text, &source::shown(file));
            parsed.map_err(|error| told(file, error))?
        }
        None => Measured::built_in(),
    };
    let traffic = match &assumed.traffic {
        Some(file) => {
            let text = source::text(file, "assumptions, a JSON document")?;
            Traffic::parse(&text).map_err(|error| told(file, error))?
        }
        None => Traffic::built_in(),
    };
    let mut traffic = traffic.with_shares(&assumed.share).map_err(Failure::ours)?;
    traffic.talk_seconds = assumed.talk_seconds.unwrap_or(traffic.talk_seconds);
    let requests = Requests::built_in();
    let demand = demand(&traffic, &measured, &requests)?;
    Ok(Basis { demand, traffic, measured, prices, requests })
}

/// What a lead takes of everything, where nothing else is assumed than what comes with Atlas.
pub(crate) fn usual_demand() -> Result<Demand, Failure> {
    demand(&Traffic::built_in(), &Measured::built_in(), &Requests::built_in())
}

fn demand(traffic: &Traffic, measured: &Measured, requests: &Requests) -> Result<Demand, Failure> {
    let mut journeys = BTreeMap::new();
    for case in definitions::CASES {
        let journey = journey(case, measured)?;
        journeys.insert(case.to_owned(), journey);
    }
    let demand = atlas_cost::demand(&journeys, traffic, measured, requests, &prompts());
    demand.map_err(Failure::ours)
}

/// Figures of another region would look right.
pub(crate) fn is_of(asked: &str, is: &str, what: &str) -> Result<(), Failure> {
    if asked == is {
        return Ok(());
    }
    Err(Failure::ours(format_args!(
        "the {what} are of {is}, and {asked} was asked for; give a file with --{what}"
    )))
}

/// What is wrong with a file.
pub(crate) fn told(file: &std::path::Path, error: impl std::fmt::Display) -> Failure {
    Failure::theirs(format_args!("{}: {error}", source::shown(file)))
}

fn journey(case: &str, measured: &Measured) -> Result<atlas_cost::Journey, Failure> {
    let machines = definitions::local_machines();
    let lead: serde_json::Value =
        serde_json::from_str(definitions::sample_lead(case)).expect("a sample lead is JSON");
    let plan = Plan {
        machines: machines
            .iter()
            .map(|local| (local.name.to_owned(), local.execution_type, local.machine.clone()))
            .collect(),
        input: Payload::from(lead),
        mocks: Some(MockConfig::parse(definitions::MOCKS.as_bytes()).map_err(Failure::ours)?),
        mock_file: "the built-in mock file".to_owned(),
        case: Some(case.to_owned()),
        time: Time::SkippingWaits,
        how_to_skip: "nothing",
    };
    let ended = host::run(plan, None)?;
    let executed: Vec<Executed<'_>> =
        ended.iter().map(|execution| executed(execution, &machines)).collect();
    atlas_cost::journey(&executed, measured).map_err(Failure::ours)
}

fn executed<'a>(ended: &host::Ended, machines: &'a [LocalDefinition]) -> Executed<'a> {
    let name = &*ended.description.state_machine_name;
    let machine = machines.iter().find(|machine| machine.name == name);
    let machine = machine.expect("only these machines were there");
    let events = ended.history.iter().map(|event| {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds stay far below 2^53")]
        let seconds = event.timestamp.as_millis() as f64 / 1e3;
        Event::of_api(&event.to_json(json!(seconds))).expect("our events are AWS's")
    });
    Executed {
        machine: machine.name,
        execution_type: machine.execution_type,
        definition: &machine.machine,
        definition_bytes: machine.text.len() as u64,
        events: events.collect(),
    }
}

/// The prompts as they are sent, with data of a usual length.
fn prompts() -> Prompts {
    let topic = Topic::of("workflow engines for lead management", &[]);
    let scenario = json!({"opening": "x".repeat(120), "objective": "x".repeat(60),
        "talkingPoints": ["x".repeat(60), "x".repeat(60), "x".repeat(60)]});
    let turn = json!({"heard": "x".repeat(80), "said": "x".repeat(160)});
    let phone = phone_question(scenario, json!([turn, turn]), &"x".repeat(80), Duration::ZERO);
    Prompts {
        scenario: prompt(&scenario_question(&topic, "en-US")),
        response: prompt(&response_question("AboutTechnologyIntent", &topic, "en-US")),
        phone: prompt(&phone),
    }
}

fn prompt(question: &Question) -> Prompt {
    let tool = &question.tool;
    let texts = [question.system, tool.name, tool.description];
    let bytes = texts.iter().map(|text| text.len()).sum::<usize>()
        + question.data.to_string().len()
        + tool.input_schema.to_string().len();
    Prompt { bytes: bytes as u64, most_tokens: question.max_tokens.into() }
}
