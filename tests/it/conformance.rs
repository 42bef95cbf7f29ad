//! The interpreter held to histories recorded from AWS, through the `step` boundary alone.
//!
//! Each case's machines are created and started in order; timers jump, functions answer as they
//! were recorded. What needs more than the interpreter (activities, aliases, map runs, other
//! services) is not run here.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use atlas_asl::{model::ExecutionType, parse::parse, resource::Resource};
use atlas_core::{
    Command, Event, Execution, Fact, Identity, Payload, Program, Seed, TaskRequest, Timestamp, step,
};
use beside::{Case, Invocation};
use serde_json::{Value, json};

/// Cases that this test runs and the interpreter does not yet answer as AWS did, with the reason.
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

/// A case that runs longer than this many commands is endless.
const MOST_COMMANDS: usize = 100_000;

#[test]
fn histories_equal_those_recorded_from_aws() {
    let cases = beside::cases();
    let known: BTreeMap<&str, &str> = KNOWN_GAPS.iter().copied().collect();
    let mut table: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let (mut fell_back, mut now_pass, mut seen) = (String::new(), String::new(), BTreeSet::new());
    for case in &cases {
        let Some(outcome) = run(case) else { continue };
        let row = table.entry(case.area.clone()).or_default();
        row.1 += 1;
        seen.insert(case.id.as_str());
        match outcome {
            Ok(()) => {
                row.0 += 1;
                if known.contains_key(case.id.as_str()) {
                    let _ = writeln!(now_pass, "{}", case.id);
                }
            }
            Err(why) => {
                if !known.contains_key(case.id.as_str()) {
                    let _ = writeln!(fell_back, "{} {}\n    {why}", case.area, case.id);
                }
            }
        }
    }
    for (area, (passed, run)) in &table {
        println!("{passed:4} of {run:4} {area}");
    }
    assert!(fell_back.is_empty(), "differ from AWS and are no known gap:\n{fell_back}");
    assert!(now_pass.is_empty(), "no gaps any more, take them off the list:\n{now_pass}");
    if !cases.is_empty() {
        for (id, _) in KNOWN_GAPS {
            assert!(seen.contains(id), "`{id}` is a known gap, but no case that this test runs");
        }
    }
}

/// Runs a case; `None` where it needs more than the interpreter.
fn run(case: &Case) -> Option<Result<(), String>> {
    let mut machines: BTreeMap<String, Arc<Program>> = BTreeMap::new();
    let mut histories: Vec<Value> = Vec::new();
    let mut created = 0;
    for (index, call) in case.calls.iter().enumerate() {
        if call.status != 200 {
            return None;
        }
        let text = |field: &str| call.request[field].as_str();
        match call.op.as_str() {
            "CreateStateMachine" => {
                if text("type") == Some("EXPRESS") {
                    return None;
                }
                let parsed = parse(&resolved(text("definition")?));
                let program = parsed
                    .machine
                    .ok_or_else(|| format!("{:?}", parsed.diagnostics))
                    .and_then(|machine| {
                        Program::compile(&machine).map_err(|faults| format!("{faults:?}"))
                    });
                match program {
                    Ok(program) => {
                        machines.insert(format!("${{{index}.stateMachineArn}}"), Arc::new(program));
                        created += 1;
                    }
                    Err(why) => return Some(Err(format!("AWS took the definition: {why}"))),
                }
            }
            "StartExecution" => {
                // A machine that starts another needs a host.
                if created > 1 && machines.len() > 1 {
                    return None;
                }
                let program = machines.get(text("stateMachineArn")?)?;
                let input = resolved(text("input").unwrap_or("{}"));
                match execute(case, program, &input) {
                    Ok(history) => histories.push(history),
                    Err(NeedsMore) => return None,
                }
            }
            "GetExecutionHistory" | "DescribeExecution" => {}
            _ => return None,
        }
    }
    let expected: Vec<&Value> =
        case.expected.as_object()?.values().filter(|answer| answer["events"].is_array()).collect();
    if expected.is_empty() || expected.len() != histories.len() {
        return None;
    }
    for (wanted, given) in expected.iter().zip(&histories) {
        let mut wanted = (*wanted).clone();
        if let Value::Object(fields) = &mut wanted {
            fields.remove("ResponseMetadata");
        }
        let mut given = given.clone();
        beside::cut_where_it_still_ran(&wanted, &mut given);
        if let Err(mismatch) = beside::compare(case, &wanted, &given) {
            return Some(Err(format!(
                "{}\n    AWS   {}\n    Atlas {}",
                mismatch.at, mismatch.expected, mismatch.actual
            )));
        }
    }
    Some(Ok(()))
}

/// The case asks for something outside the interpreter.
struct NeedsMore;

fn execute(case: &Case, program: &Arc<Program>, input: &str) -> Result<Value, NeedsMore> {
    let input = Payload::parse(input).map_err(|_| NeedsMore)?;
    let execution = run_to_its_end(case, program, input)?;
    let events: Vec<Value> =
        execution.history().iter().map(|event| event.to_json(json!("timestamp"))).collect();
    Ok(json!({ "events": events }))
}

fn run_to_its_end(
    case: &Case,
    program: &Arc<Program>,
    input: Payload,
) -> Result<Execution, NeedsMore> {
    let mut execution = Execution::new(Arc::clone(program), Arc::new(identity()));
    // The cases' own times are counted from now.
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let mut now = Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap());
    let started = Fact::Started { input, seed: Seed([1; 32]) };
    let mut facts = vec![started];
    let mut timers = BTreeMap::new();
    for _ in 0..MOST_COMMANDS {
        let fact = match facts.pop() {
            Some(fact) => fact,
            None => {
                let Some(((at, timer), ())) = timers.pop_first() else { break };
                now = now.max(at);
                Fact::TimerFired { timer }
            }
        };
        for command in step(&mut execution, Event { at: now, fact }) {
            match command {
                Command::InvokeTask(request) => facts.extend(answer(case, &request)?),
                Command::StartTimer { timer, at } => {
                    timers.insert((at, timer), ());
                }
                Command::CancelTimer(cancelled) => {
                    timers.retain(|(_, timer), ()| *timer != cancelled);
                }
                Command::StartChild(request) => {
                    let ended =
                        run_to_its_end(case, &request.processor.program, request.input.clone())?;
                    let outcome = ended.outcome().cloned().ok_or(NeedsMore)?;
                    let (child, attempt) = (request.child, request.attempt);
                    facts.insert(0, Fact::ChildEnded { child, attempt, outcome });
                }
                Command::StopChild(stopped) => facts.retain(
                    |fact| !matches!(fact, Fact::ChildEnded { child, .. } if *child == stopped),
                ),
                Command::CancelTask(_) | Command::Finish(_) => {}
            }
        }
        if execution.outcome().is_some() {
            break;
        }
    }
    Ok(execution)
}

/// What the recorded function said; nothing where it was too slow for the state's timeout.
fn answer(case: &Case, request: &TaskRequest) -> Result<Option<Fact>, NeedsMore> {
    let task = request.task;
    let parameters = request.parameters.value();
    let (function, payload, is_invoke) = match &*request.resource {
        Resource::Function { arn } => (arn.clone(), parameters.clone(), false),
        Resource::Integration { service, action, .. }
            if service == "lambda" && action == "invoke" && !request.resource.waits() =>
        {
            let function = parameters["FunctionName"].as_str().ok_or(NeedsMore)?.to_owned();
            let payload = parameters.get("Payload").cloned().unwrap_or_else(|| json!({}));
            (function, payload, true)
        }
        _ => return Err(NeedsMore),
    };
    // Functions of these cases sleep until the state's timeout has passed.
    if request.timeout_seconds.is_some() && case.area.contains("timeout") {
        return Ok(None);
    }
    let Some(Invocation { result, is_error, is_found, .. }) =
        beside::invocation_of(case, &function, &payload)
    else {
        return Err(NeedsMore);
    };
    if !is_found {
        return Err(NeedsMore);
    }
    if *is_error {
        let error: Value = serde_json::from_str(result).map_err(|_| NeedsMore)?;
        let name = error["errorType"].as_str().map(str::to_owned);
        // The optimised integration writes the function's answer anew; a bare function's is as it was.
        let cause = if is_invoke { error.to_string() } else { result.clone() };
        return Ok(Some(Fact::TaskFailed { task, error: name, cause: Some(cause) }));
    }
    let output = if is_invoke {
        return Err(NeedsMore);
    } else {
        Payload::parse(result.as_str()).map_err(|_| NeedsMore)?
    };
    Ok(Some(Fact::TaskSucceeded { task, output }))
}

/// `${0.stateMachineArn}` and the like become ARNs of their own.
fn resolved(text: &str) -> String {
    let mut resolved = text.to_owned();
    while let Some(start) = resolved.find("${") {
        let Some(length) = resolved[start..].find('}') else { break };
        resolved.replace_range(
            start..=start + length,
            "arn:aws:states:us-east-1:111111111111:stateMachine:other",
        );
    }
    resolved
}

fn identity() -> Identity {
    Identity {
        execution_arn: "arn:aws:states:us-east-1:111111111111:execution:machine:run".into(),
        execution_name: "run".into(),
        state_machine_arn: "arn:aws:states:us-east-1:111111111111:stateMachine:machine".into(),
        state_machine_name: "machine".into(),
        role_arn: "arn:aws:iam::111111111111:role/role".into(),
        region: "us-east-1".into(),
        execution_type: ExecutionType::Standard,
        version_arn: None,
        alias_arn: None,
        map_run_arn: None,
    }
}
