//! Runs a machine of one task, with its service at an endpoint.

use std::sync::Arc;

use atlas_asl::{model::ExecutionType, parse};
use atlas_core::{Outcome, Payload};
use atlas_engine::{Engine, EngineOptions, Place, StartRequest, Started, Time};
use serde_json::{Value, json};

use crate::{AwsServices, Credentials, Endpoints, Options};

pub(super) const ACCOUNT: &str = "111122223333";

/// Everything at one endpoint, requests as of the execution's account.
pub(super) fn at(url: &str) -> Options {
    let variables = [("AWS_ENDPOINT_URL".to_owned(), url.to_owned())];
    Options { endpoints: Endpoints::from_variables(variables).unwrap(), ..Options::default() }
}

pub(super) fn signed(options: Options) -> Options {
    let credentials = Credentials {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: "s3cr3t".to_owned(),
        session_token: Some("t0ken".to_owned()),
    };
    Options { credentials: Some(credentials), ..options }
}

pub(super) fn task(resource: &str, parameters: Value) -> Value {
    let resource = if resource.starts_with("arn:") {
        resource.to_owned()
    } else {
        format!("arn:aws:states:::{resource}")
    };
    json!({ "Type": "Task", "Resource": resource, "Parameters": parameters, "End": true })
}

pub(super) fn start(options: Options, task: Value) -> (Engine, Started) {
    let engine = Engine::new(EngineOptions {
        place: Place { account: ACCOUNT.into(), region: "eu-west-1".into() },
        runner: Arc::new(AwsServices::new(options)),
        ..EngineOptions::default()
    });
    let machine = json!({ "StartAt": "Only", "States": { "Only": task } });
    let parsed = parse::parse(&machine.to_string());
    assert_eq!(parsed.diagnostics, []);
    let machine = parsed.machine.unwrap();
    engine.create_state_machine("m", ExecutionType::Standard, &machine).unwrap();
    let started = engine
        .start(StartRequest {
            state_machine: "m".to_owned(),
            name: Some("e".to_owned()),
            input: Payload::empty(),
            case: None,
            time: Time::Real,
        })
        .unwrap();
    (engine, started)
}

/// What came of the task: its result, or its error and cause.
pub(super) async fn run(options: Options, task: Value) -> Result<Value, (String, String)> {
    let (engine, started) = start(options, task);
    told(engine.wait(&started.execution_arn).await.unwrap())
}

pub(super) fn told(outcome: Outcome) -> Result<Value, (String, String)> {
    match outcome {
        Outcome::Succeeded { output } => Ok(output.value().clone()),
        Outcome::Failed(failure) | Outcome::TimedOut(failure) | Outcome::Aborted(failure) => {
            Err((failure.error.unwrap_or_default(), failure.cause.unwrap_or_default()))
        }
    }
}

/// A result without what it tells of the exchange, which is checked to be there.
pub(super) fn fields(result: Value) -> Value {
    let mut result = result;
    let fields = result.as_object_mut().unwrap();
    let http = fields.remove("SdkHttpMetadata").unwrap();
    let response = fields.remove("SdkResponseMetadata").unwrap();
    assert_eq!(http["HttpHeaders"]["x-amzn-RequestId"], response["RequestId"]);
    assert_eq!(http["AllHttpHeaders"]["x-amzn-RequestId"], json!([response["RequestId"]]));
    assert!(http["HttpStatusCode"].as_u64().is_some_and(|status| status / 100 == 2), "{http}");
    result
}
