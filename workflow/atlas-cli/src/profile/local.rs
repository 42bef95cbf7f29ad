//! Runs on this machine: the pipeline or other definitions, with the handlers or other functions, against a
//! sandbox that lives as long as the command.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use atlas_asl::{
    model::{ExecutionType, StateKind, StateMachine},
    render::render,
    resource::Resource,
};
use atlas_core::Payload;
use atlas_engine::{
    Description, Engine, EngineError, MachineUpdate, NewMachine, Settings, StartRequest, Time,
};
use atlas_local::{Code, Deployment, LEAD_HANDLERS, Services, Setup, TraceLog, outside_services};
use atlas_sandbox::Options;
use definitions::{SUBSTITUTIONS, lead_to_call};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::Recorded;
use crate::{
    arguments::Profile, behaviour::Behaviour, definition, failure::Failure, failure::say, source,
};

/// Connect's pace is per account: with several runs at once it would be what is measured.
const NO_PACE: [&str; 2] = ["CONNECT_REQUESTS_PER_SECOND", "CONNECT_CONCURRENT_CALLS"];
const TOPICS: [&str; 4] = ["pricing", "demo", "support", "integration"];
/// The last digits of these numbers let each call be answered.
const FIRST_NUMBER: u32 = 5_600_500;

/// A machine that is run.
struct Machine {
    name: String,
    execution_type: ExecutionType,
    definition: StateMachine,
    text: String,
}

/// Runs what is asked for, and tells all of it.
pub(crate) fn run(asked: &Profile) -> Result<Recorded, Failure> {
    let behaviour = asked.services.behaviour()?;
    let input = match &asked.lead {
        Some(path) => source::text(path, "what a run begins with, a JSON document")?,
        None => definitions::SAMPLE_LEAD.to_owned(),
    };
    let input: Value = serde_json::from_str(&input)
        .map_err(|error| Failure::theirs(format_args!("--lead: {error}; expected JSON")))?;
    let machines = machines(asked)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::ours(format_args!("cannot start a runtime: {error}")))?;
    let recorded = runtime.block_on(run_all(asked, behaviour, machines, &input));
    // What still waits for a peer that hangs is waited for by nobody.
    runtime.shutdown_background();
    recorded
}

async fn run_all(
    asked: &Profile,
    behaviour: Behaviour,
    machines: Vec<Machine>,
    input: &Value,
) -> Result<Recorded, Failure> {
    let Behaviour { latency, faults, seed } = behaviour;
    let options = Options { latency, faults, seed, ..outside_services::options() };
    let traces = TraceLog::default();
    let deployment = Deployment::start(Setup {
        services: Services::InProcess(Box::new(options)),
        code: Code::InProcess,
        handlers: LEAD_HANDLERS.to_vec(),
        binaries: binaries(asked.lambda.as_deref(), &machines)?,
        variables: NO_PACE.map(|name| (name.to_owned(), "1000000".to_owned())).to_vec(),
        traces: Some(traces.clone()),
        ..Setup::default()
    })
    .await
    .map_err(Failure::ours)?;
    let engine = deployment.engine();
    for machine in &machines {
        create(&engine, machine)?;
    }
    let start = machines.first().map_or(lead_to_call::NAME, |machine| &machine.name);
    let mut next = 0;
    if !asked.cold {
        let warming = u32::try_from(asked.at_once.get()).unwrap_or(u32::MAX);
        // Each environment that will be needed is made, and each topic written once.
        run_some(&engine, start, input, next..next + warming, warming).await?;
        next += warming;
        traces.take();
    }
    let before = engine.executions().len();
    say(&format!("{} runs of {start}, {} at once", asked.runs, asked.at_once));
    let at_once = u32::try_from(asked.at_once.get()).unwrap_or(u32::MAX);
    run_some(&engine, start, input, next..next + asked.runs, at_once).await?;
    let executions = engine.executions().split_off(before);
    let mut recorded = Recorded::default();
    for execution in &executions {
        let history = engine.history(&execution.execution_arn).map_err(Failure::ours)?;
        let events: Vec<Value> = history
            .iter()
            .map(|event| {
                #[expect(clippy::cast_precision_loss, reason = "milliseconds stay far below 2^53")]
                let seconds = event.timestamp.as_millis() as f64 / 1e3;
                serde_json::to_value(event.told(seconds, true)).expect("an event is JSON")
            })
            .collect();
        let machine = &*execution.state_machine_name;
        let of_ours = definitions::local_machines().into_iter().find(|it| it.name == machine);
        let own = machines.iter().find(|it| it.name == machine).map(|it| it.text.clone());
        let text = own.or_else(|| of_ours.map(|it| it.text)).unwrap_or_default();
        let place = execution.execution_arn.to_string();
        recorded.add(place, described(execution), text.into(), events.into());
    }
    // Only what has ended is in it.
    deployment.stop().await;
    recorded.traces.push(("the traces of these runs".to_owned(), traces.take()));
    Ok(recorded)
}

/// Begins these runs, so many at once, and waits until all that they began has ended.
async fn run_some(
    engine: &Engine,
    start: &str,
    input: &Value,
    numbers: std::ops::Range<u32>,
    at_once: u32,
) -> Result<(), Failure> {
    let turns = Arc::new(Semaphore::new(at_once as usize));
    for number in numbers {
        let turn = Arc::clone(&turns).acquire_owned().await.expect("nobody closes it");
        let request = StartRequest {
            state_machine: start.to_owned(),
            name: None,
            input: Payload::from(another(input, number)),
            case: None,
            time: Time::Real,
        };
        let arn = engine.start(request).map_err(refused)?.execution_arn;
        let engine = engine.clone();
        tokio::spawn(async move {
            let _turn = turn;
            // One that is not there any more has ended.
            let _ = engine.wait(&arn).await;
            let is_next =
                |it: &Description| it.outcome.is_none() && it.started_by.as_deref() == Some(&*arn);
            while let Some(next) = engine.executions().into_iter().find(is_next) {
                let _ = engine.wait(&next.execution_arn).await;
            }
        });
    }
    let all = turns.acquire_many(at_once).await.expect("nobody closes it");
    drop(all);
    while let Some(open) = engine.executions().into_iter().find(|it| it.outcome.is_none()) {
        engine.wait(&open.execution_arn).await.map_err(Failure::ours)?;
    }
    Ok(())
}

/// The input of another run: what tells leads apart is another.
fn another(input: &Value, number: u32) -> Value {
    let mut input = input.clone();
    if let Some(fields) = input.as_object_mut() {
        fields
            .insert("interactionKey".to_owned(), json!(uuid::Uuid::new_v4().simple().to_string()));
        if let Some(lead) = fields.get_mut("lead").and_then(Value::as_object_mut) {
            lead.insert(
                "phone".to_owned(),
                json!(format!("+1415{}", FIRST_NUMBER + number % 9000)),
            );
            lead.insert("topic".to_owned(), json!(TOPICS[number as usize % TOPICS.len()]));
        }
    }
    input
}

fn machines(asked: &Profile) -> Result<Vec<Machine>, Failure> {
    let local: Vec<String> =
        SUBSTITUTIONS.iter().map(|one| format!("{}={}", one.name, one.local)).collect();
    let substitutions: Vec<String> = asked.substitute.iter().cloned().chain(local).collect();
    let ours = definitions::local_machines();
    asked
        .definition
        .iter()
        .map(|path| {
            let name = definition::machine_name(path);
            let replaced = ours.iter().find(|it| it.name == name);
            let execution_type =
                replaced.map_or(asked.execution_type.into(), |it| it.execution_type);
            let definition = definition::checked(path, &substitutions, execution_type)?;
            let text = render(&definition);
            Ok(Machine { name, execution_type, definition, text })
        })
        .collect()
}

fn create(engine: &Engine, machine: &Machine) -> Result<(), Failure> {
    let created = engine.create_machine(NewMachine {
        name: &machine.name,
        execution_type: machine.execution_type,
        definition: &machine.definition,
        text: Some(&machine.text),
        role_arn: None,
        settings: Settings::default(),
    });
    match created {
        Err(EngineError::StateMachineAlreadyExists(arn)) => {
            let definition = Some((&machine.definition, &*machine.text));
            let update = MachineUpdate { definition, ..MachineUpdate::default() };
            engine.update_state_machine(&arn, &update).map(drop).map_err(refused)
        }
        created => created.map(drop).map_err(refused),
    }
}

fn refused(error: EngineError) -> Failure {
    Failure::theirs(crate::personal::hidden(&crate::label::clean(&error.to_string())))
}

/// The binaries of a folder that a machine names as functions, ours or another.
fn binaries(folder: Option<&Path>, machines: &[Machine]) -> Result<Vec<PathBuf>, Failure> {
    let Some(folder) = folder else { return Ok(Vec::new()) };
    let mut names: BTreeSet<String> =
        LEAD_HANDLERS.iter().map(|handler| handler.name().to_owned()).collect();
    for located in machines.iter().flat_map(|machine| machine.definition.states()) {
        if let StateKind::Task(task) = &located.state.kind {
            names.extend(function_of(task));
        }
    }
    let found: Vec<PathBuf> =
        names.iter().map(|name| folder.join(name)).filter(|path| path.is_file()).collect();
    if found.is_empty() {
        return Err(Failure::ours(format_args!(
            "{}: no binary in it is named after a function of these machines: {}",
            source::shown(folder),
            names.into_iter().collect::<Vec<_>>().join(", ")
        )));
    }
    Ok(found)
}

/// The name of the function that a Task invokes, where its definition says it.
fn function_of(task: &atlas_asl::model::Task) -> Option<String> {
    let told = match Resource::parse(&task.resource).ok()? {
        Resource::Function { arn } => arn,
        Resource::Integration { service, .. } if service == "lambda" => {
            let given = task.parameters.as_ref().or(task.arguments.as_ref())?;
            given.get("FunctionName")?.as_str()?.to_owned()
        }
        Resource::Integration { .. } | Resource::AwsSdk { .. } | Resource::Activity { .. } => {
            return None;
        }
    };
    let name = told.split_once(":function:").map_or(told.as_str(), |(_, name)| name);
    Some(name.split(':').next().unwrap_or(name).to_owned())
}

/// What `DescribeExecution` tells, as far as a profile needs it.
fn described(execution: &Description) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds stay far below 2^53")]
    let seconds = |at: atlas_core::Timestamp| at.as_millis() as f64 / 1e3;
    let mut told = json!({
        "executionArn": &*execution.execution_arn,
        "stateMachineArn": &*execution.state_machine_arn,
        "status": execution.status(),
        "startDate": seconds(execution.started_at),
    });
    if let Some(stopped) = execution.ended_at {
        told["stopDate"] = json!(seconds(stopped));
    }
    told
}
