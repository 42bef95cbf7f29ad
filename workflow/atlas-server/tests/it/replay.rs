//! Replays the calls of a recorded case, and looks for each recorded answer among those that came.

use std::time::Duration;

use atlas_engine::Engine;
use beside::{Call, Case};
use serde_json::{Value, json};

use crate::client::Client;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// An answer: to which operation, with which status.
pub(crate) struct Answered {
    operation: String,
    status: u16,
    body: Value,
}

/// Makes the calls of a case. A call that the recording repeated until an execution was over is made
/// once, when it is.
pub(crate) async fn replay(case: &Case, client: &mut Client, engine: &Engine) -> Vec<Answered> {
    let mut answers: Vec<Answered> = Vec::new();
    for call in &case.calls {
        let request = resolved(&call.request, &answers);
        for arn in awaited(case, call, &request, engine) {
            // One that nobody knows is what the call's answer is about; one that does not end differs
            // from the recording, and is told with its case.
            let _ended = tokio::time::timeout(PATIENCE, engine.wait(&arn)).await;
        }
        let (status, body) = client.call(&call.op, &request).await;
        answers.push(Answered { operation: call.op.clone(), status, body });
    }
    answers
}

/// The executions whose end a call shows.
fn awaited(case: &Case, call: &Call, request: &Value, engine: &Engine) -> Vec<String> {
    let text = |field: &str| request[field].as_str().unwrap_or_default().to_owned();
    match call.op.as_str() {
        // A history that was recorded is that of an execution's end, also where the recording asked
        // once.
        "GetExecutionHistory" if !needs_real_time(case) => vec![text("executionArn")],
        "ListExecutions" if call.is_polled && text("statusFilter") == "SUCCEEDED" => {
            let machine = text("stateMachineArn");
            let all = engine.executions().into_iter();
            all.filter(|one| *one.state_machine_arn == *machine)
                .map(|one| one.execution_arn.to_string())
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The case looks at an execution while it waits: its time may not be skipped.
pub(crate) fn needs_real_time(case: &Case) -> bool {
    let is_running = |answer: &Value| {
        let last = answer["events"].as_array().and_then(|events| events.last());
        last.and_then(|event| event["type"].as_str())
            .is_some_and(|last| last.ends_with("StateEntered"))
    };
    case.calls.iter().any(|call| call.op == "StopExecution")
        || case.expected.as_object().into_iter().flatten().any(|(_, answer)| is_running(answer))
}

/// With `${0.stateMachineArn}` and the like replaced by what was answered.
fn resolved(request: &Value, answers: &[Answered]) -> Value {
    match request {
        Value::String(text) => Value::String(filled(text, answers)),
        Value::Array(items) => items.iter().map(|item| resolved(item, answers)).collect(),
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(name, value)| (name.clone(), resolved(value, answers))).collect(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) => request.clone(),
    }
}

fn filled(text: &str, answers: &[Answered]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        filled.push_str(before);
        let Some((inside, behind)) = after.split_once('}') else {
            filled.push_str("${");
            rest = after;
            continue;
        };
        match value_of(inside, answers) {
            Some(value) => {
                filled.push_str(&value);
                rest = behind;
            }
            None => {
                filled.push_str("${");
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

fn value_of(inside: &str, answers: &[Answered]) -> Option<String> {
    if let Some(role) = inside.strip_prefix("role") {
        return Some(format!("arn:aws:iam::111111111111:role/role{role}"));
    }
    let (index, path) = inside.split_once('.')?;
    let mut value = &answers.get(index.parse::<usize>().ok()?)?.body;
    for part in path.split('.') {
        value = value.get(part)?;
    }
    value.as_str().map(str::to_owned)
}

/// Compares what was recorded with the answers: each recorded answer is one of them, in order.
pub(crate) fn compare(case: &Case, answers: &[Answered]) -> Result<(), String> {
    let mut next = 0;
    for (key, wanted) in case.expected.as_object().into_iter().flatten() {
        if is_refused_by_the_client(wanted) {
            continue;
        }
        if let Some(list) = wanted.as_array() {
            inputs_and_outputs(case, list, answers).map_err(|why| format!("{key}: {why}"))?;
            continue;
        }
        let mut closest = None;
        let later = next..answers.len();
        let found =
            later.chain(0..next).find(|index| match differs(case, wanted, &answers[*index]) {
                None => true,
                Some(why) => {
                    // The one that agrees the longest is the one that was meant.
                    if closest.as_ref().is_none_or(|(known, _): &(usize, String)| why.0 > *known) {
                        closest = Some(why);
                    }
                    false
                }
            });
        match found {
            Some(index) => next = index + 1,
            None => {
                let why = closest.map_or_else(|| "there is no answer".to_owned(), |(_, why)| why);
                return Err(format!("{key}: {why}"));
            }
        }
    }
    Ok(())
}

/// boto3 itself refused the request, so nothing was sent.
fn is_refused_by_the_client(wanted: &Value) -> bool {
    let text = wanted.as_str().or_else(|| wanted["exception_value"].as_str());
    text.is_some_and(|text| text.starts_with("Parameter validation failed"))
}

/// Why an answer is not the one that was recorded, and how far it agrees.
fn differs(case: &Case, wanted: &Value, answer: &Answered) -> Option<(usize, String)> {
    let Answered { operation, status, body } = answer;
    let message = body["message"].as_str().unwrap_or_default();
    let code = body["__type"].as_str().unwrap_or_default();
    let said =
        format!("An error occurred ({code}) when calling the {operation} operation: {message}");
    let actual = if wanted.is_string() {
        said.into()
    } else if wanted.get("exception_typename").is_some() {
        json!({ "exception_typename": code, "exception_value": said })
    } else {
        let mut actual = body.clone();
        if let Value::Object(fields) = &mut actual {
            if *status != 200 {
                fields.remove("__type");
                fields.insert("Error".into(), json!({ "Code": code, "Message": message }));
            }
            let metadata = json!({ "HTTPHeaders": {}, "HTTPStatusCode": status });
            fields.insert("ResponseMetadata".into(), metadata);
        }
        actual
    };
    let mismatch = beside::compare(case, wanted, &actual).err()?;
    let shown = |text: &str| text.chars().take(1_500).collect::<String>();
    let why = format!(
        "{} {}\n      AWS   {}\n      Atlas {}",
        operation,
        mismatch.at,
        shown(&mismatch.expected),
        shown(&mismatch.actual)
    );
    let same_status =
        wanted["ResponseMetadata"]["HTTPStatusCode"].as_u64() == Some((*status).into());
    Some((usize::from(same_status) * 1_000 + mismatch.at.len(), why))
}

/// Some recordings hold the input and the output of each execution.
fn inputs_and_outputs(case: &Case, wanted: &[Value], answers: &[Answered]) -> Result<(), String> {
    let given: Vec<Value> = answers
        .iter()
        .filter_map(|answer| answer.body["events"].as_array())
        .filter(|events| events.len() > 1)
        .map(|events| {
            let input = &events[0]["executionStartedEventDetails"]["input"];
            let last = events.last().unwrap_or(&Value::Null);
            let output = &last["executionSucceededEventDetails"]["output"];
            json!({ "input": input, "output": output })
        })
        .collect();
    beside::compare(case, &wanted.iter().cloned().collect(), &given.into_iter().collect()).map_err(
        |mismatch| {
            format!(
                "{}\n      AWS   {}\n      Atlas {}",
                mismatch.at, mismatch.expected, mismatch.actual
            )
        },
    )
}
