//! The API held to what AWS says of itself where the recordings are silent: callbacks, heartbeats, and
//! tasks of services, which others implement here. Each case names its source.
//!
//! A case is data: `before` is asked of the peer, `definition` is executed, `calls` are made once a task
//! waits for its token (`attempt`: not for the first time) or `after_the_end`. Then the history has these
//! `events`, with at least these details, and the peer answers `after` so. In texts, `${run}` is new each
//! time, `${execution}` the execution, `${token}` the task's token, and `${0.QueueUrl}` what the peer
//! answered before.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use atlas_engine::Place;
use atlas_integrations::{AwsServices, Endpoints, Options};
use atlas_server::{App, AppOptions};
use serde_json::{Value, json};

use crate::{
    client::{Client, served_app},
    other_service::ask,
};

const ACCOUNT: &str = "111122223333";
const MOTO: &str = "ATLAS_MOTO_ENDPOINT";
const DYNALITE: &str = "ATLAS_DYNALITE_ENDPOINT";

async fn check(cases: &str, peers: &[&str]) {
    let cases: Vec<Value> = serde_json::from_str(cases).expect("the cases are JSON");
    for variable in peers {
        let Some(endpoint) = beside::peer(variable) else { continue };
        for case in &cases {
            assert!(case["source"].is_string(), "a case names its source: {}", case["id"]);
            run(case, variable, &endpoint).await;
        }
    }
}

async fn run(case: &Value, variable: &str, endpoint: &str) {
    let place = format!("{} ({variable})", case["id"]);
    let case = filled(case, "run", &new_run());
    let mut answers = Vec::new();
    for request in list(&case["before"]) {
        answers.push(ask(endpoint, &with_answers(request, &answers)).await);
    }
    let case = with_answers(&case, &answers);

    let variables = [("AWS_ENDPOINT_URL".to_owned(), endpoint.to_owned())];
    let endpoints = Endpoints::from_variables(variables).expect("a peer has a URL");
    let services = AwsServices::new(Options { endpoints, ..Options::default() });
    let app = App::new(AppOptions { runner: Arc::new(services), ..AppOptions::default() });
    let mut client = Client::connect(served_app(app.clone()).await, ACCOUNT).await;
    let execution = start(&mut client, &case["definition"]).await;

    let account = app.account(&Place { account: ACCOUNT.into(), ..Place::default() });
    let ended = async || account.engine().wait(&execution).await.expect("it was started");
    for call in list(&case["calls"]) {
        if call["after_the_end"] == true {
            ended().await;
        }
        make(&mut client, call, &execution, &place).await;
    }
    ended().await;

    let history = history(&mut client, &execution).await;
    let shown = || Value::from(history.clone()).to_string();
    let types: Vec<&Value> = history.iter().map(|event| &event["type"]).collect();
    let wanted = list(&case["events"]);
    let wanted_types: Vec<&Value> = wanted.iter().map(|event| &event[0]).collect();
    assert_eq!(types, wanted_types, "{place}: {}", shown());
    for (event, wanted) in history.iter().zip(wanted) {
        let details =
            event.as_object().into_iter().flatten().find(|(name, _)| name.ends_with("Details"));
        let details = details.map_or(&Value::Null, |(_, details)| details);
        let is_there = wanted.get(1).is_none_or(|wanted| holds(wanted, details));
        assert!(is_there, "{place}: {wanted} is not in {details}");
    }
    for request in list(&case["after"]) {
        let answer = ask(endpoint, request).await;
        assert!(holds(&request["answer"], &answer), "{place}: {request} was answered {answer}");
    }
}

fn new_run() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let since = std::time::UNIX_EPOCH.elapsed().expect("1970 is over").as_millis();
    format!("{since}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

async fn start(client: &mut Client, definition: &Value) -> String {
    let create = json!({ "name": "m", "definition": definition.to_string(),
        "roleArn": format!("arn:aws:iam::{ACCOUNT}:role/r") });
    let (status, created) = client.call("CreateStateMachine", &create).await;
    assert_eq!(status, 200, "{created}");
    let start = json!({ "stateMachineArn": created["stateMachineArn"], "name": "e" });
    let (status, started) = client.call("StartExecution", &start).await;
    assert_eq!(status, 200, "{started}");
    started["executionArn"].as_str().expect("it has a name").to_owned()
}

async fn history(client: &mut Client, execution: &str) -> Vec<Value> {
    let request = json!({ "executionArn": execution });
    let (_, history) = client.call("GetExecutionHistory", &request).await;
    list(&history["events"]).to_vec()
}

/// The token that an attempt of the task gave away, once it has. Each question waits for its answer.
async fn token_of(client: &mut Client, execution: &str, attempt: usize, place: &str) -> String {
    loop {
        let events = history(client, execution).await;
        let of = |wanted: &str| -> Vec<&Value> {
            events.iter().filter(|event| event["type"] == wanted).collect()
        };
        if of("TaskSubmitted").len() >= attempt {
            let scheduled = of("TaskScheduled")[attempt - 1];
            let parameters = scheduled["taskScheduledEventDetails"]["parameters"].as_str();
            let parameters: Value = serde_json::from_str(parameters.unwrap_or_default())
                .expect("the parameters of a task are JSON");
            let token = parameters["MessageBody"]["token"].as_str();
            return token.expect("the case sends the token").to_owned();
        }
        let has_failed = events.last().is_some_and(|event| event["type"] == "ExecutionFailed");
        assert!(!has_failed, "{place}: {events:?}");
    }
}

/// Calls once, or again and again until it is refused.
async fn make(client: &mut Client, call: &Value, execution: &str, place: &str) {
    let attempt = call["attempt"].as_u64().unwrap_or(1);
    let attempt = usize::try_from(attempt).expect("there are few attempts");
    let token = token_of(client, execution, attempt, place).await;
    let request = filled(&filled(&call["request"], "token", &token), "execution", execution);
    let operation = call["op"].as_str().expect("a call has an operation");
    let refusal = call["refused"].as_str();
    loop {
        let (status, answer) = client.call(operation, &request).await;
        if call["until_refused"] == true && status == 200 {
            continue;
        }
        assert_eq!(answer["__type"].as_str(), refusal, "{place}: {call}: {answer}");
        assert_eq!(status == 200, refusal.is_none(), "{place}: {call}: {answer}");
        return;
    }
}

/// With `${name}` replaced in every text.
fn filled(value: &Value, name: &str, with: &str) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace(&format!("${{{name}}}"), with)),
        Value::Array(items) => items.iter().map(|item| filled(item, name, with)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(field, value)| (field.clone(), filled(value, name, with))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn with_answers(value: &Value, answers: &[Value]) -> Value {
    let mut whole = value.clone();
    for (index, answer) in answers.iter().enumerate() {
        for (field, found) in answer.as_object().into_iter().flatten() {
            if let Some(found) = found.as_str() {
                whole = filled(&whole, &format!("{index}.{field}"), found);
            }
        }
    }
    whole
}

/// Whether all that is wanted is there. JSON in a text is looked into, `<any>` is any text, and a field
/// that is `<none>` is not there.
fn holds(wanted: &Value, given: &Value) -> bool {
    match (wanted, given) {
        (Value::Object(_) | Value::Array(_), Value::String(text)) => {
            serde_json::from_str::<Value>(text).is_ok_and(|inner| holds(wanted, &inner))
        }
        (Value::Object(wanted), Value::Object(given)) => {
            wanted.iter().all(|(name, wanted)| match given.get(name) {
                Some(given) => holds(wanted, given),
                None => wanted == "<none>",
            })
        }
        (Value::Array(wanted), Value::Array(given)) => {
            wanted.len() == given.len() && wanted.iter().zip(given).all(|(a, b)| holds(a, b))
        }
        (Value::String(wanted), Value::String(_)) if wanted == "<any>" => true,
        _ => wanted == given,
    }
}

#[tokio::test]
async fn callbacks_and_heartbeats_end_tasks_as_documented() {
    check(include_str!("../cases/callbacks.json"), &[MOTO]).await;
}

#[tokio::test]
async fn items_of_dynamodb_are_written_and_refused_as_documented() {
    check(include_str!("../cases/dynamodb.json"), &[DYNALITE, MOTO]).await;
}

#[tokio::test]
async fn messages_and_events_arrive_as_documented() {
    check(include_str!("../cases/messages.json"), &[MOTO]).await;
}
