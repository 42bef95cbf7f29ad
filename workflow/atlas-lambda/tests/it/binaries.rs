//! Processes that run: answers, errors, ends, concurrency, time.

use std::{process::Command, time::Duration};

use atlas_lambda::{FunctionSettings, Functions, InvokeError, LogType};
use serde_json::{Value, json};

use super::host::{
    LONG, Meeting, binary, example, exited, invoke, lines, patient, refusal, request,
    test_function, timed_out,
};

async fn check(payload: Value, expected: Result<&str, &str>) {
    let functions = binary(patient(), test_function());
    let expected = expected.map(str::to_owned).map_err(str::to_owned);
    assert_eq!(invoke(&functions, payload.clone()).await, expected, "{payload}");
    // Whatever it was, the next invocation is served.
    assert_eq!(invoke(&functions, json!({"n": 1})).await, Ok(r#"{"n":1}"#.to_owned()), "{payload}");
}

#[tokio::test]
async fn an_answer_and_an_error_come_as_they_were_written() {
    check(json!({"n": 1.50}), Ok(r#"{"n":1.5}"#)).await;
    check(json!({"do": "write", "text": "{ \"n\": 1.0 }"}), Ok("{ \"n\": 1.0 }")).await;
    check(json!({"do": "write", "text": "no JSON"}), Ok("no JSON")).await;
    check(json!({"do": "write", "text": ""}), Ok("")).await;
    let error = json!({"errorType": "Input.Invalid", "errorMessage": "no", "stackTrace": ["a"]});
    check(json!({"do": "error", "error": error}), Err(&error.to_string())).await;
    check(json!({"do": "error", "error": "bare"}), Err(r#""bare""#)).await;
}

#[tokio::test]
async fn a_process_that_ends_is_told_as_lambda_tells_it() {
    for (payload, how) in [
        (json!({"do": "exit", "code": 0}), "Runtime exited without providing a reason"),
        (json!({"do": "exit", "code": 1}), "Runtime exited with error: exit status 1"),
        (json!({"do": "panic"}), "Runtime exited with error: exit status 101"),
    ] {
        let expected = exited(how).unwrap_err();
        check(payload, Err(&expected)).await;
    }
    let functions = binary(patient(), test_function());
    let aborted = invoke(&functions, json!({"do": "abort"})).await.unwrap_err();
    assert!(aborted.contains("Runtime exited with error: signal: aborted"), "{aborted}");
}

#[tokio::test]
async fn a_process_that_is_killed_ends_its_invocation() {
    let functions = binary(patient(), test_function());
    let meeting = Meeting::new().await;
    // The function answers once this end of its connection is closed, so that is kept.
    let kill = async {
        let mut process = meeting.next().await;
        let pid = process.line().await;
        assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
        process.until_gone().await;
    };
    let payload = json!({"do": "meet", "port": meeting.port()});
    let (outcome, ()) = tokio::join!(invoke(&functions, payload), kill);
    assert_eq!(outcome, exited("Runtime exited with error: signal: killed"));
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_timed_out_and_killed() {
    let timeout = Duration::from_millis(250);
    let functions =
        binary(FunctionSettings { timeout, ..FunctionSettings::default() }, test_function());
    let meeting = Meeting::new().await;
    let payload = json!({"do": "hold and hang", "port": meeting.port()});
    let (outcome, process) = tokio::join!(invoke(&functions, payload), meeting.next());
    assert_eq!(outcome, timed_out("0.25"));
    process.until_gone().await;
}

#[tokio::test]
async fn an_answer_longer_than_six_megabytes_is_too_large() {
    let (sink, mut told) = lines();
    let functions = binary(patient(), atlas_lambda::BinarySettings { sink, ..test_function() });
    let largest = invoke(&functions, json!({"do": "write much", "bytes": 6_291_556})).await;
    assert_eq!(largest.map(|text| text.len()), Ok(6_291_556));
    assert_eq!(told.recv().await.unwrap(), "Stderr: 202");
    for bytes in [6_291_557, 20_000_000] {
        let larger = invoke(&functions, json!({"do": "write much", "bytes": bytes})).await;
        let message =
            "Response payload size exceeded maximum allowed payload size (6291556 bytes).";
        let expected =
            json!({"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"});
        assert_eq!(larger, Err(expected.to_string()));
        assert_eq!(told.recv().await.unwrap(), "Stderr: 413");
    }
}

#[tokio::test]
async fn calls_out_of_turn_are_refused_and_harm_nothing() {
    let (sink, mut told) = lines();
    let functions = binary(patient(), atlas_lambda::BinarySettings { sink, ..test_function() });
    let answer = async |deed: &str| invoke(&functions, json!({ "do": deed })).await;
    assert_eq!(answer("answer another").await, Ok("400".to_owned()));
    assert_eq!(answer("ask while busy").await, Ok("403".to_owned()));
    assert_eq!(answer("answer twice").await, Ok("1".to_owned()));
    assert_eq!(told.recv().await.unwrap(), "Stderr: 403");
    assert_eq!(answer("echo").await, Ok(r#"{"do":"echo"}"#.to_owned()));
}

#[tokio::test]
async fn an_answer_stands_though_its_process_asks_for_no_other() {
    let functions = binary(patient(), test_function());
    let deed = json!({"do": "answer and hang"});
    assert_eq!(invoke(&functions, deed).await, Ok("1".to_owned()));
    assert_eq!(invoke(&functions, json!(1)).await, Ok("1".to_owned()));
}

#[tokio::test]
async fn a_process_sees_lambdas_environment_and_not_ours() {
    let mut settings = test_function();
    settings.variables.push(("TABLE".to_owned(), "Calls".to_owned()));
    let program = settings.program.clone();
    let functions = binary(patient(), settings);
    let told = invoke(&functions, json!({"do": "tell"})).await.unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    let variables = &told["variables"];
    assert_eq!(variables["TABLE"], "Calls");
    assert_eq!(variables["AWS_LAMBDA_FUNCTION_NAME"], "F");
    assert_eq!(variables["PATH"], std::env::var("PATH").unwrap());
    // Cargo sets this one for tests.
    assert!(std::env::var("CARGO_PKG_NAME").is_ok());
    assert_eq!(variables["CARGO_PKG_NAME"], Value::Null);
    assert_eq!(told["folder"], program.parent().unwrap().to_str().unwrap());
    let head = told["head"].as_str().unwrap();
    for expected in [
        "lambda-runtime-deadline-ms: ",
        "lambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:000000000000:function:F\r\n",
        "lambda-runtime-trace-id: Root=1-",
    ] {
        assert!(format!("{head}\r\n").contains(expected), "{head}");
    }
}

#[tokio::test]
async fn each_process_serves_one_invocation_and_the_last_idle_one_is_used_again() {
    let functions =
        binary(FunctionSettings { reserved_concurrency: Some(2), ..patient() }, test_function());
    let meeting = Meeting::new().await;
    let payload = json!({"do": "meet", "port": meeting.port()});
    let (first, first_payload) = (functions.clone(), payload.clone());
    let first = tokio::spawn(async move { invoke(&first, first_payload).await });
    let mut first_process = meeting.next().await;
    let (second, second_payload) = (functions.clone(), payload.clone());
    let second = tokio::spawn(async move { invoke(&second, second_payload).await });
    let mut second_process = meeting.next().await;
    let (first_pid, second_pid) = (first_process.line().await, second_process.line().await);
    assert_ne!(first_pid, second_pid);
    assert_eq!(refusal(&functions, payload.clone()).await, InvokeError::Throttled);

    first_process.say(b"!").await;
    assert_eq!(first.await.unwrap(), Ok(first_pid));
    second_process.say(b"!").await;
    assert_eq!(second.await.unwrap(), Ok(second_pid.clone()));
    let third = async {
        let mut process = meeting.next().await;
        // A connection that is closed with something unread breaks at its other end.
        process.line().await;
        process.say(b"!").await;
    };
    let (third, ()) = tokio::join!(invoke(&functions, payload), third);
    assert_eq!(third, Ok(second_pid));
}

#[tokio::test]
async fn a_process_that_nobody_needs_is_ended() {
    let mut settings = test_function();
    settings.idle_timeout = Duration::from_millis(1);
    let functions = binary(patient(), settings);
    let meeting = Meeting::new().await;
    let payload = json!({"do": "hold", "port": meeting.port()});
    let (outcome, process) = tokio::join!(invoke(&functions, payload), meeting.next());
    assert_eq!(outcome, Ok("null".to_owned()));
    process.until_gone().await;
    assert_eq!(invoke(&functions, json!(1)).await, Ok("1".to_owned()));
}

#[tokio::test]
async fn what_a_process_leaves_behind_ends_with_it() {
    let functions = binary(patient(), test_function());
    let meeting = Meeting::new().await;
    let payload = json!({"do": "leave a child and exit", "port": meeting.port()});
    let (outcome, child) = tokio::join!(invoke(&functions, payload), meeting.next());
    assert_eq!(outcome, exited("Runtime exited without providing a reason"));
    child.until_gone().await;
}

/// What ends the functions ends their processes: those that wait and those that work.
async fn check_end(end: impl AsyncFnOnce(std::sync::Arc<Functions>)) {
    let functions = binary(patient(), test_function());
    let meeting = Meeting::new().await;
    let held = json!({"do": "hold", "port": meeting.port()});
    let hung = json!({"do": "hold and hang", "port": meeting.port()});
    // The first process is idle again before the second is asked for, so it takes that too.
    let (outcome, _same) = tokio::join!(invoke(&functions, held.clone()), meeting.next());
    assert_eq!(outcome, Ok("null".to_owned()));
    let waiting = functions.clone();
    let waiting = tokio::spawn({
        let hung = request(hung);
        async move { waiting.invoke(hung).await.map(|_| ()) }
    });
    let busy = meeting.next().await;
    let (outcome, idle) = tokio::join!(invoke(&functions, held), meeting.next());
    assert_eq!(outcome, Ok("null".to_owned()));
    waiting.abort();
    let _aborted = waiting.await;
    end(functions).await;
    busy.until_gone().await;
    idle.until_gone().await;
}

#[tokio::test]
async fn processes_end_when_the_functions_are_closed() {
    check_end(async |functions| {
        functions.close().await;
        assert_eq!(refusal(&functions, json!({})).await, InvokeError::Closed);
    })
    .await;
}

#[tokio::test]
async fn processes_end_when_the_functions_are_dropped() {
    check_end(async |functions| drop(functions)).await;
}

#[tokio::test]
async fn whoever_stops_waiting_stops_no_function() {
    let functions = binary(patient(), test_function());
    let meeting = Meeting::new().await;
    let given_up = tokio::spawn({
        let (functions, payload) =
            (functions.clone(), json!({"do": "meet", "port": meeting.port()}));
        async move { invoke(&functions, payload).await }
    });
    let mut process = meeting.next().await;
    process.line().await;
    given_up.abort();
    assert!(given_up.await.is_err());
    process.say(b"!").await;
    // Its answer is taken, though nobody waits for it.
    assert_eq!(process.line().await, "202");
}

#[tokio::test]
async fn lines_go_to_the_sink() {
    let (sink, mut told) = lines();
    let functions = binary(patient(), atlas_lambda::BinarySettings { sink, ..test_function() });
    assert_eq!(invoke(&functions, json!({"do": "print"})).await, Ok("null".to_owned()));
    let mut both = [told.recv().await.unwrap(), told.recv().await.unwrap()];
    both.sort();
    assert_eq!(both, ["Stderr: to stderr", "Stdout: to stdout"]);
}

#[tokio::test]
async fn functions_on_lambdas_own_rust_runtime_run_unchanged() {
    let settings = atlas_lambda::BinarySettings::new(example("runtime_function"));
    let functions = binary(FunctionSettings { timeout: LONG, ..patient() }, settings);
    let mut asked = request(json!({"n": 1}));
    asked.trace_id = Some("Root=1-0-0;Sampled=1".to_owned());
    asked.log_type = LogType::Tail;
    asked.client_context = Some(r#"{"custom":{"tenant":"t"}}"#.to_owned());
    let invoked = functions.invoke(asked).await.unwrap();
    let body = invoked.outcome.unwrap().unwrap();
    let told = body.json().unwrap();
    assert_eq!(told["payload"], json!({"n": 1}));
    assert_eq!(told["function"], "F");
    assert_eq!(told["arn"], "arn:aws:lambda:us-east-1:000000000000:function:F");
    assert_eq!(told["trace"], "Root=1-0-0;Sampled=1");
    assert_eq!(told["client"]["custom"]["tenant"], "t");
    assert!(invoked.log_result.is_some());

    let failed = invoke(&functions, json!({"do": "error"})).await.unwrap_err();
    assert!(failed.contains(r#""errorMessage":"on purpose""#), "{failed}");
    let panicked = invoke(&functions, json!({"do": "panic"})).await.unwrap_err();
    assert!(panicked.contains(r#""errorMessage":"Lambda panicked: on purpose""#), "{panicked}");
}
