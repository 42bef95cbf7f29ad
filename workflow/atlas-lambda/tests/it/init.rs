//! The init phase: functions that cannot start, or only the second time.

use std::time::Duration;

use atlas_lambda::{BinarySettings, FunctionSettings};
use serde_json::json;

use super::host::{LONG, Meeting, binary, exited, invoke, patient, test_function, timed_out};

fn starting(how: &str) -> BinarySettings {
    let mut settings = test_function();
    settings.variables.push(("TEST_INIT".to_owned(), how.to_owned()));
    settings
}

#[tokio::test]
async fn an_init_error_is_the_answer() {
    let functions = binary(patient(), starting("error"));
    let expected = r#"{"errorType":"Config.Missing","errorMessage":"no table"}"#;
    assert_eq!(invoke(&functions, json!({})).await, Err(expected.to_owned()));
}

#[tokio::test]
async fn a_process_that_ends_in_its_init_phase_is_an_exit_error() {
    let functions = binary(patient(), starting("exit"));
    let expected = exited("Runtime exited with error: exit status 3");
    assert_eq!(invoke(&functions, json!({})).await, expected);
}

#[tokio::test]
async fn an_init_phase_that_takes_too_long_twice_is_a_timeout() {
    let timeout = Duration::from_millis(120);
    let init_timeout = Duration::from_millis(30);
    let functions = binary(
        FunctionSettings { timeout, ..FunctionSettings::default() },
        BinarySettings { init_timeout, ..starting("hang") },
    );
    assert_eq!(invoke(&functions, json!({})).await, timed_out("0.12"));
}

#[tokio::test]
async fn a_failed_init_phase_is_gone_through_again_within_the_invocation() {
    let meeting = Meeting::new().await;
    let settings = BinarySettings { init_timeout: LONG, ..starting(&meeting.port().to_string()) };
    let functions = binary(patient(), settings);
    let judge = async {
        meeting.next().await.say(b"x").await;
        meeting.next().await.say(b"!").await;
    };
    let (outcome, ()) = tokio::join!(invoke(&functions, json!(7)), judge);
    assert_eq!(outcome, Ok("7".to_owned()));
}

#[tokio::test]
async fn a_binary_that_is_not_there_is_no_entry_point() {
    let functions = binary(patient(), BinarySettings::new("/nowhere/Create"));
    let message = "RequestId: ID Error: Couldn't find valid bootstrap(s): [/nowhere/Create]";
    let expected = json!({"errorType": "Runtime.InvalidEntrypoint", "errorMessage": message});
    assert_eq!(invoke(&functions, json!({})).await, Err(expected.to_string()));
}
