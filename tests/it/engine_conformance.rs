//! The engine, held to what AWS was recorded to do: nested executions, activities, EXPRESS machines,
//! functions that are too slow, executions that are stopped or refused.
//!
//! Each case's calls are made in order, in a clock that jumps to the next timer whenever nothing
//! else can happen, and once more in the engine's own virtual time.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Write as _,
    sync::Arc,
    time::Duration,
};

use atlas_asl::{model::ExecutionType, parse::parse};
use atlas_core::{Outcome, Payload, Seed};
use atlas_engine::{
    Engine, EngineError, EngineOptions, Place, StartRequest, Time,
    journal::{Journal, NoJournal},
    parse_input,
    runner::TaskRunner,
};
use beside::Case;
use serde_json::{Value, json};

use crate::recorded_services::RecordedServices;

/// Cases that this test runs and the engine does not yet answer as AWS did, with the reason.
const KNOWN_GAPS: &[(&str, &str)] = &[
    (
        "test_lambda_invoke_with_retry_extended_input",
        "recorded before AWS knew redrives: its context object has no `RedriveCount`",
    ),
    (
        "test_map_state_label",
        "AWS shows the first state an input that is an array as compact text here, as given elsewhere",
    ),
];

/// No recorded execution takes longer, by its own clock.
const LONGEST: Duration = Duration::from_secs(3600);

#[test]
fn the_engine_answers_as_aws_was_recorded_to() {
    let known: BTreeMap<&str, &str> = KNOWN_GAPS.iter().copied().collect();
    let mut table: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut not_run: BTreeMap<String, usize> = BTreeMap::new();
    let (mut fell_back, mut passed, mut seen) =
        (String::new(), BTreeMap::<String, bool>::new(), BTreeSet::new());
    let cases = beside::cases();
    for case in &cases {
        for time in [Time::Real, Time::SkippingWaits] {
            // What is to be stopped must still run.
            let is_stopped = case.calls.iter().any(|call| call.op == "StopExecution");
            if is_stopped && time == Time::SkippingWaits {
                continue;
            }
            let outcome = match in_jumping_time(run(case, time)) {
                Ok(outcome) => outcome,
                Err(Skipped(why)) => {
                    *not_run.entry(why).or_default() += 1;
                    break;
                }
            };
            seen.insert(case.id.as_str());
            let row = table.entry(format!("{} {time:?}", case.area)).or_default();
            row.1 += 1;
            row.0 += usize::from(outcome.is_ok());
            *passed.entry(case.id.clone()).or_insert(true) &= outcome.is_ok();
            if let Err(why) = outcome
                && !known.contains_key(case.id.as_str())
            {
                let _ = writeln!(fell_back, "{} {} {time:?}\n    {why}", case.area, case.id);
            }
        }
    }
    for (area, (passed, run)) in &table {
        println!("{passed:4} of {run:4} {area}");
    }
    for (why, count) in &not_run {
        println!("{count:4} not run: {why}");
    }
    assert!(fell_back.is_empty(), "differ from AWS and are no known gap:\n{fell_back}");
    if !cases.is_empty() {
        for (id, _) in KNOWN_GAPS {
            assert!(seen.contains(id), "`{id}` is a known gap, but no case that this test runs");
            assert!(!passed[*id], "`{id}` is no gap any more, take it off the list");
        }
    }
}

/// Where the cases were recorded.
pub(crate) fn place() -> Place {
    Place { account: "111111111111".into(), ..Place::default() }
}

/// An engine with the services of a case around it.
pub(crate) fn engine(case: &Case, journal: Arc<dyn Journal>) -> (Engine, Arc<RecordedServices>) {
    let services = RecordedServices::new(case);
    let runner: Arc<dyn TaskRunner> = Arc::<RecordedServices>::clone(&services);
    let place = place();
    let seed = Some(Seed([1; 32]));
    let options = EngineOptions { runner, journal, place, seed, ..EngineOptions::default() };
    (Engine::new(options), services)
}

/// The case needs what the engine alone has not: the API, another service.
pub(crate) struct Skipped(String);

pub(crate) fn in_jumping_time<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime of one thread can be made")
        .block_on(future)
}

/// What the engine answered, by the kind of the answer, in the order of the calls.
#[derive(Default)]
pub(crate) struct Answers {
    histories: Vec<Value>,
    refusals: Vec<Value>,
    sync_starts: Vec<Value>,
    /// The executions that were started.
    pub(crate) started: Vec<Arc<str>>,
}

async fn run(case: &Case, time: Time) -> Result<Result<(), String>, Skipped> {
    if !case.calls.iter().any(|call| {
        matches!(&*call.op, "StartExecution" | "StartSyncExecution")
            || (call.op == "CreateActivity" && call.status != 200)
    }) {
        return Err(Skipped("no execution is started".to_owned()));
    }
    let (engine, services) = engine(case, Arc::new(NoJournal));
    services.serve(Some(engine.clone()));
    let called = call_all(case, &engine, time).await;
    services.serve(None);
    let answers = match called {
        Ok(answers) => answers,
        Err(Unanswered::Skipped(skipped)) => return Err(skipped),
        Err(Unanswered::Wrong(why)) => return Ok(Err(why)),
    };
    if services.needs_more() {
        return Err(Skipped("a service that is not recorded".to_owned()));
    }
    Ok(compare(case, &engine, answers).await)
}

/// Why a case's calls could not all be made.
pub(crate) enum Unanswered {
    Skipped(Skipped),
    Wrong(String),
}

pub(crate) async fn call_all(
    case: &Case,
    engine: &Engine,
    time: Time,
) -> Result<Answers, Unanswered> {
    let mut values: HashMap<String, String> = HashMap::new();
    let mut answers = Answers::default();
    for (index, call) in case.calls.iter().enumerate() {
        let text = |field: &str| call.request[field].as_str().map(|text| resolved(text, &values));
        let name = text("name").unwrap_or_default();
        match call.op.as_str() {
            "CreateStateMachine" if call.status == 200 => {
                let place = Place { account: "111111111111".into(), ..Place::default() };
                let reference = format!("{index}.stateMachineArn");
                // What is deleted before it is used was never there, for the engine.
                if !is_deleted(case, &reference) {
                    let definition = text("definition").unwrap_or_default();
                    create(engine, &name, text("type").as_deref(), &definition)
                        .map_err(Unanswered::Wrong)?;
                }
                values.insert(reference, place.state_machine_arn(&name));
            }
            "CreateActivity" if call.status == 200 => {
                let place = Place { account: "111111111111".into(), ..Place::default() };
                let reference = format!("{index}.activityArn");
                if !is_deleted(case, &reference) {
                    engine.create_activity(&name).map_err(|error| wrong(&error))?;
                }
                values.insert(reference, place.activity_arn(&name));
            }
            "CreateActivity" => match engine.create_activity(&name) {
                Ok(_) => return Err(Unanswered::Wrong(format!("AWS refuses the name {name:?}"))),
                Err(error) => answers.refusals.push(refusal(&error)),
            },
            "StartExecution" | "StartSyncExecution" => {
                let started =
                    start(engine, text("stateMachineArn"), text("name"), text("input"), time);
                match (started, call.status) {
                    (Ok(arn), 200) => {
                        values.insert(format!("{index}.executionArn"), arn.to_string());
                        if call.op == "StartSyncExecution" {
                            answers.sync_starts.push(sync_answer(engine, &arn).await);
                        } else {
                            answers.started.push(arn);
                        }
                    }
                    (Err(error), 400) => answers.refusals.push(refusal(&error)),
                    (Ok(_), _) => return Err(Unanswered::Wrong("AWS refuses the start".into())),
                    (Err(error), _) => return Err(wrong(&error)),
                }
            }
            "GetExecutionHistory" if call.status == 200 => {
                let arn = text("executionArn").unwrap_or_default();
                if call.is_polled {
                    end(engine, &arn).await;
                }
                let mut answer = history(engine, &arn);
                if call.request["reverseOrder"] == true
                    && let Some(events) = answer["events"].as_array_mut()
                {
                    events.reverse();
                }
                answers.histories.push(answer);
            }
            "StopExecution" if call.status == 200 => {
                let arn = text("executionArn").unwrap_or_default();
                engine.stop(&arn, text("error"), text("cause")).map_err(|error| wrong(&error))?;
            }
            "DeleteStateMachine"
            | "DeleteActivity"
            | "DescribeStateMachine"
            | "DescribeStateMachineForExecution"
            | "DescribeExecution"
            | "ListExecutions"
            | "ListActivities"
            | "DescribeActivity"
                if call.status == 200 => {}
            other => {
                let why = format!("{other} ({})", call.status);
                return Err(Unanswered::Skipped(Skipped(why)));
            }
        }
    }
    Ok(answers)
}

fn wrong(error: &EngineError) -> Unanswered {
    Unanswered::Wrong(format!("AWS takes it: {error}"))
}

fn is_deleted(case: &Case, reference: &str) -> bool {
    let reference = format!("${{{reference}}}");
    case.calls.iter().any(|call| match call.op.as_str() {
        "DeleteStateMachine" => call.request["stateMachineArn"] == reference,
        "DeleteActivity" => call.request["activityArn"] == reference,
        _ => false,
    })
}

fn create(engine: &Engine, name: &str, kind: Option<&str>, text: &str) -> Result<(), String> {
    let kind = match kind {
        Some("EXPRESS") => ExecutionType::Express,
        _ => ExecutionType::Standard,
    };
    let parsed = parse(text);
    let machine = parsed.machine.ok_or_else(|| format!("{:?}", parsed.diagnostics))?;
    engine.create_state_machine(name, kind, &machine).map_err(|error| error.to_string())?;
    Ok(())
}

fn start(
    engine: &Engine,
    machine: Option<String>,
    name: Option<String>,
    input: Option<String>,
    time: Time,
) -> Result<Arc<str>, EngineError> {
    let input = input.map_or_else(|| Ok(Payload::empty()), |input| parse_input(&input))?;
    let state_machine = machine.unwrap_or_default();
    let request = StartRequest { state_machine, name, input, case: None, time };
    Ok(engine.start(request)?.execution_arn)
}

/// Waits for an execution's end, if it ends.
pub(crate) async fn end(engine: &Engine, arn: &str) {
    // One that AWS was asked about while it ran goes on here as well.
    let _endless = tokio::time::timeout(LONGEST, engine.wait(arn)).await;
}

fn history(engine: &Engine, arn: &str) -> Value {
    let history = engine.history(arn).unwrap_or_default();
    let events: Vec<Value> =
        history.iter().map(|event| event.to_json(json!("timestamp"))).collect();
    json!({ "events": events })
}

fn refusal(error: &EngineError) -> Value {
    let message = error.to_string();
    json!({"Error": {"Code": error.exception(), "Message": message}, "message": message})
}

async fn sync_answer(engine: &Engine, arn: &str) -> Value {
    end(engine, arn).await;
    let Ok(description) = engine.describe(arn) else { return Value::Null };
    let mut answer = json!({
        "executionArn": arn,
        "stateMachineArn": &*description.state_machine_arn,
        "name": &*description.name,
        "startDate": "datetime",
        "stopDate": "datetime",
        "status": description.status(),
        "input": description.input.text(),
        "inputDetails": {"included": true},
        "outputDetails": {"included": true},
        "billingDetails": {},
    });
    if let Some(Outcome::Succeeded { output }) = &description.outcome {
        answer["output"] = output.text().into();
    }
    if let Some(failure) = description.outcome.as_ref().and_then(Outcome::failure) {
        for (field, text) in [("error", &failure.error), ("cause", &failure.cause)] {
            if let Some(text) = text {
                answer[field] = text.as_str().into();
            }
        }
    }
    answer
}

async fn compare(case: &Case, engine: &Engine, answers: Answers) -> Result<(), String> {
    let Answers { mut histories, refusals, sync_starts, started } = answers;
    let expected = |is_one: fn(&Value) -> bool| -> Vec<&Value> {
        let all = case.expected.as_object().into_iter().flat_map(|all| all.values());
        all.filter(|answer| is_one(answer)).collect()
    };
    let wanted = expected(|answer| answer["events"].is_array());
    if histories.len() < wanted.len() {
        // The recorded calls were cut short: ask for every execution.
        histories.clear();
        for arn in &started {
            end(engine, arn).await;
            histories.push(history(engine, arn));
        }
    }
    // Where AWS was asked more often, the last answers were kept.
    let surplus = histories.len().saturating_sub(wanted.len());
    let histories = histories.split_off(surplus);
    pair(case, "histories", &wanted, histories)?;
    pair(case, "refusals", &expected(|answer| answer.get("Error").is_some()), refusals)?;
    let is_sync = |answer: &Value| answer.get("billingDetails").is_some();
    pair(case, "answers to StartSyncExecution", &expected(is_sync), sync_starts)
}

fn pair(case: &Case, kind: &str, wanted: &[&Value], given: Vec<Value>) -> Result<(), String> {
    if wanted.len() != given.len() {
        return Err(format!("AWS gave {} {kind}, Atlas {}", wanted.len(), given.len()));
    }
    for (wanted, mut given) in wanted.iter().zip(given) {
        let mut wanted = (*wanted).clone();
        if let Value::Object(fields) = &mut wanted {
            fields.remove("ResponseMetadata");
        }
        beside::cut_where_it_still_ran(&wanted, &mut given);
        beside::compare(case, &wanted, &given).map_err(|mismatch| {
            format!(
                "{}\n    AWS   {}\n    Atlas {}",
                mismatch.at, mismatch.expected, mismatch.actual
            )
        })?;
    }
    Ok(())
}

/// Puts in what earlier calls answered: `${0.stateMachineArn}`.
fn resolved(text: &str, values: &HashMap<String, String>) -> String {
    let mut resolved = text.to_owned();
    for (reference, value) in values {
        resolved = resolved.replace(&format!("${{{reference}}}"), value);
    }
    resolved
}
