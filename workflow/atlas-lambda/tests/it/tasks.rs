//! Tasks of state machines that invoke functions.

use std::{future, sync::Arc};

use atlas_asl::{model::ExecutionType, parse};
use atlas_core::{Failure, Outcome, Payload};
use atlas_engine::{
    Engine, EngineOptions, StartRequest, Time,
    runner::{Answering, TaskAnswer, TaskCall, TaskRunner},
};
use atlas_lambda::{FunctionError, FunctionSettings, Functions, Invocation, LambdaTasks};
use serde_json::{Value, json};

use super::host::in_process;

const INVOKE: &str = "arn:aws:states:::lambda:invoke";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:F";

/// Answers with its payload, or fails with what it says is to be raised.
fn mirror() -> Arc<Functions> {
    let settings = FunctionSettings { reserved_concurrency: Some(1), ..Default::default() };
    in_process(settings, |invocation: Invocation| {
        let payload = invocation.payload.value().clone();
        future::ready(match payload.get("raise") {
            Some(error) => Err(FunctionError::from(error.clone())),
            None => Ok(payload.into()),
        })
    })
}

async fn run(runner: impl TaskRunner + 'static, state: Value) -> Outcome {
    let engine =
        Engine::new(EngineOptions { runner: Arc::new(runner), ..EngineOptions::default() });
    let definition = json!({"StartAt": "Only", "States": {"Only": state}});
    let parsed = parse::parse(&definition.to_string());
    assert_eq!(parsed.diagnostics, [], "{definition}");
    let machine = parsed.machine.unwrap();
    engine.create_state_machine("M", ExecutionType::Standard, &machine).unwrap();
    let started = engine.start(StartRequest {
        state_machine: "M".to_owned(),
        name: Some("e".to_owned()),
        input: Payload::empty(),
        case: None,
        time: Time::Real,
    });
    engine.wait(&started.unwrap().execution_arn).await.unwrap()
}

fn task(resource: &str, parameters: Value) -> Value {
    json!({"Type": "Task", "Resource": resource, "Parameters": parameters, "End": true})
}

async fn output(state: Value) -> Value {
    match run(LambdaTasks::new(mirror()), state).await {
        Outcome::Succeeded { output } => output.value().clone(),
        other => panic!("it ended otherwise: {other:?}"),
    }
}

async fn failure(runner: impl TaskRunner + 'static, state: Value) -> (String, String) {
    match run(runner, state).await {
        Outcome::Failed(Failure { error, cause }) => (error.unwrap(), cause.unwrap()),
        other => panic!("it ended otherwise: {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_functions_arn_results_in_its_answer() {
    assert_eq!(output(task(FUNCTION, json!({"n": 1}))).await, json!({"n": 1}));
    assert_eq!(output(task(&format!("{FUNCTION}:$LATEST"), json!({}))).await, json!({}));
}

#[tokio::test(start_paused = true)]
async fn lambda_invoke_results_in_what_the_sdk_tells() {
    let answer = output(task(INVOKE, json!({"FunctionName": FUNCTION, "Payload": {"n": 1}}))).await;
    let keys: Vec<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    // The keys that were recorded: v2-base.json and others.
    assert_eq!(
        keys,
        ["ExecutedVersion", "Payload", "SdkHttpMetadata", "SdkResponseMetadata", "StatusCode"]
    );
    assert_eq!(answer["ExecutedVersion"], "$LATEST");
    assert_eq!(answer["Payload"], json!({"n": 1}));
    assert_eq!(answer["StatusCode"], 200);
    let http = &answer["SdkHttpMetadata"];
    assert_eq!(http["HttpStatusCode"], 200);
    assert_eq!(http["HttpHeaders"]["Content-Length"], "7");
    assert_eq!(http["AllHttpHeaders"]["X-Amz-Executed-Version"], json!(["$LATEST"]));
    let request_id = &answer["SdkResponseMetadata"]["RequestId"];
    assert_eq!(http["HttpHeaders"]["x-amzn-RequestId"], *request_id);
}

#[tokio::test(start_paused = true)]
async fn lambda_invoke_takes_its_parameters() {
    let invoke = async |parameters: Value| output(task(INVOKE, parameters)).await;
    let parameters = json!({"FunctionName": "F", "Qualifier": "$LATEST", "Payload": "{\"n\":1}"});
    assert_eq!(invoke(parameters).await["Payload"], json!({"n": 1}));
    let bare = json!({"FunctionName": "000000000000:function:F"});
    assert_eq!(invoke(bare).await["Payload"], json!({}));
    let text = json!({"FunctionName": "F", "Payload": "no JSON"});
    assert_eq!(invoke(text).await["Payload"], "no JSON");
    let event = invoke(json!({"FunctionName": "F", "InvocationType": "Event"})).await;
    assert_eq!((&event["StatusCode"], event.get("Payload")), (&json!(202), None));
    let dry = invoke(json!({"FunctionName": "F", "InvocationType": "DryRun"})).await;
    assert_eq!(dry["StatusCode"], 204);
    let logged = invoke(json!({"FunctionName": "F", "LogType": "Tail"})).await;
    assert!(logged["LogResult"].is_string());
}

#[tokio::test(start_paused = true)]
async fn a_functions_error_is_the_tasks() {
    let document = json!({"errorMessage": "no", "errorType": "Input.Invalid", "stackTrace": []});
    let payload = json!({ "raise": document });
    let expected = ("Input.Invalid".to_owned(), document.to_string());
    for state in [
        task(FUNCTION, payload.clone()),
        task(INVOKE, json!({"FunctionName": "F", "Payload": payload})),
        task(
            &format!("{INVOKE}.waitForTaskToken"),
            json!({"FunctionName": "F", "Payload": {"raise": document, "t.$": "$$.Task.Token"}}),
        ),
    ] {
        assert_eq!(failure(LambdaTasks::new(mirror()), state).await, expected);
    }
    let untyped = json!({"raise": {"errorMessage": "no"}});
    assert_eq!(
        failure(LambdaTasks::new(mirror()), task(FUNCTION, untyped)).await,
        (
            "Lambda.Unknown".to_owned(),
            "The cause could not be determined because Lambda did not return an error type. \
             Returned payload: {\"errorMessage\":\"no\"}"
                .to_owned()
        )
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_worded_as_lambda_words_it() {
    let (error, cause) = failure(
        LambdaTasks::new(mirror()),
        task(INVOKE, json!({"FunctionName": "G", "Payload": {}})),
    )
    .await;
    assert_eq!(error, "Lambda.ResourceNotFoundException");
    let before = "Function not found: arn:aws:lambda:us-east-1:000000000000:function:G:$LATEST \
                  (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; \
                  Request ID: ";
    assert!(cause.starts_with(before) && cause.ends_with("; Proxy: null)"), "{cause}");

    let throttled = FunctionSettings { reserved_concurrency: Some(0), ..Default::default() };
    let functions = in_process(throttled, |_: Invocation| future::ready(Ok(Value::Null.into())));
    let (error, cause) = failure(LambdaTasks::new(functions), task(FUNCTION, json!({}))).await;
    assert_eq!(error, "Lambda.TooManyRequestsException");
    assert!(cause.starts_with("Rate Exceeded. (Service: AWSLambda; Status Code: 429; "), "{cause}");
}

/// Answers every task with a word.
struct Elsewhere;

impl TaskRunner for Elsewhere {
    fn run(&self, _: TaskCall) -> Answering {
        Box::pin(future::ready(TaskAnswer::Answered(Payload::from(json!("elsewhere")))))
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_here_is_handed_on_where_that_is_wanted() {
    let is_elsewhere = async |tasks: LambdaTasks, state: Value| {
        matches!(run(tasks, state).await,
            Outcome::Succeeded { output } if output.value() == "elsewhere")
    };
    let handing_on = || LambdaTasks::new(mirror()).or(Arc::new(Elsewhere));
    let queue =
        || task("arn:aws:states:::sqs:sendMessage", json!({"QueueUrl": "q", "MessageBody": "m"}));
    let other = || task(INVOKE, json!({"FunctionName": "G"}));
    assert!(is_elsewhere(handing_on(), queue()).await);
    assert!(!is_elsewhere(handing_on(), other()).await);
    assert!(is_elsewhere(handing_on().with_functions_elsewhere(), other()).await);
    assert!(
        !is_elsewhere(handing_on().with_functions_elsewhere(), task(FUNCTION, json!({}))).await
    );
}
