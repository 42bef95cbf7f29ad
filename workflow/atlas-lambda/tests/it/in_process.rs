//! Functions in this process, on the paused clock.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use atlas_lambda::{
    AddError, FunctionError, FunctionSettings, Functions, Invocation, InvocationType, InvokeError,
};
use serde_json::{Value, json};
use tokio::{
    sync::{Notify, mpsc},
    time,
};

use super::host::{in_process, invoke, refusal, request, timed_out};

#[tokio::test(start_paused = true)]
async fn a_function_answers_fails_panics_and_hangs_as_on_lambda() {
    let functions = in_process(FunctionSettings::default(), |invocation: Invocation| async move {
        match invocation.payload.value()["do"].as_str() {
            Some("fail") => Err(FunctionError::new("Input.Invalid", "no")),
            Some("panic") => panic!("on purpose"),
            Some("hang") => std::future::pending().await,
            Some("much") => Ok(Value::from("x".repeat(7_000_000)).into()),
            _ => Ok(invocation.payload.into()),
        }
    });
    let failed = r#"{"errorType":"Input.Invalid","errorMessage":"no"}"#;
    assert_eq!(invoke(&functions, json!({"n": 1})).await, Ok(r#"{"n":1}"#.to_owned()));
    assert_eq!(invoke(&functions, json!({"do": "fail"})).await, Err(failed.to_owned()));
    assert_eq!(invoke(&functions, json!({"do": "hang"})).await, timed_out("3.00"));
    let panicked = invoke(&functions, json!({"do": "panic"})).await.unwrap_err();
    assert!(panicked.contains("Lambda panicked: on purpose"), "{panicked}");
    let much = invoke(&functions, json!({"do": "much"})).await.unwrap_err();
    assert!(much.contains("Function.ResponseSizeTooLarge"), "{much}");
}

#[tokio::test(start_paused = true)]
async fn a_function_learns_how_it_is_invoked() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let settings = FunctionSettings {
        timeout: Duration::from_secs(900),
        qualifiers: vec!["live".to_owned(), "7".to_owned()],
        ..FunctionSettings::default()
    };
    let functions = in_process(settings, move |invocation: Invocation| {
        tell.send(invocation).unwrap();
        std::future::ready(Ok(Value::Null.into()))
    });
    for (name, version) in [("F", "$LATEST"), ("F:live", "$LATEST"), ("F:7", "7")] {
        let mut asked = request(json!(1));
        asked.function = name.parse().unwrap();
        let invoked = functions.invoke(asked).await.unwrap();
        assert_eq!(invoked.executed_version.as_deref(), Some(version));
        let invocation = told.recv().await.unwrap();
        let arn = format!("arn:aws:lambda:us-east-1:000000000000:function:{name}");
        assert_eq!(invocation.function_arn, arn);
        assert_eq!(invocation.request_id, invoked.request_id);
        assert!(invocation.deadline > SystemTime::now() + Duration::from_secs(600));
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_invoked_is_refused() {
    let functions =
        in_process(FunctionSettings::default(), |_: Invocation| async { Ok(Value::Null.into()) });
    let arn = |name: &str| format!("arn:aws:lambda:us-east-1:000000000000:function:{name}");
    for (name, missing) in [("G", "G:$LATEST"), ("F:live", "F:live")] {
        let mut asked = request(json!(1));
        asked.function = name.parse().unwrap();
        let refused = functions.invoke(asked).await.unwrap_err();
        assert_eq!(refused, InvokeError::NotFound { arn: arn(missing) });
    }
    let much = Value::from("x".repeat(6_291_456));
    assert!(matches!(refusal(&functions, much).await, InvokeError::TooLarge { .. }));
}

#[test]
fn a_name_is_bare_and_given_once() {
    let mut functions = Functions::new();
    let function = |_: Invocation| async { Ok(Value::Null.into()) };
    let mut add = |name: &str| functions.add(name, FunctionSettings::default(), function);
    assert!(add("Create").is_ok());
    assert!(matches!(add("Create"), Err(AddError::Taken(_))));
    for name in ["", "Create:live", "111111111111:function:Create", "Create Lead"] {
        assert!(matches!(add(name), Err(AddError::InvalidName(_))), "{name}");
    }
}

/// Runs an event whose function fails so often; says after how many seconds it was invoked.
async fn check_event(failures: usize, expected: &[u64]) {
    let began = time::Instant::now();
    let count = Arc::new(AtomicUsize::new(0));
    let (tell, mut told) = mpsc::unbounded_channel();
    let functions = in_process(FunctionSettings::default(), move |_: Invocation| {
        tell.send(began.elapsed().as_secs()).unwrap();
        let is_failure = count.fetch_add(1, Ordering::Relaxed) < failures;
        let failed = || FunctionError::new("Store.Unavailable", "no");
        std::future::ready(if is_failure { Err(failed()) } else { Ok(Value::Null.into()) })
    });
    let mut event = request(json!({}));
    event.invocation_type = InvocationType::Event;
    let invoked = functions.invoke(event).await.unwrap();
    assert_eq!(invoked.status_code, 202);
    assert!(invoked.outcome.is_none());
    time::advance(Duration::ZERO).await;
    let mut times = Vec::new();
    while let Ok(Some(seconds)) = time::timeout(Duration::from_secs(3_600), told.recv()).await {
        times.push(seconds);
    }
    assert_eq!(times, expected);
}

#[tokio::test(start_paused = true)]
async fn an_event_is_tried_again_twice() {
    check_event(0, &[0]).await;
    check_event(1, &[0, 60]).await;
    check_event(9, &[0, 60, 180]).await;
}

#[tokio::test(start_paused = true)]
async fn a_throttled_event_waits_for_its_turn() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let settings =
        FunctionSettings { reserved_concurrency: Some(1), ..FunctionSettings::default() };
    let gate = Arc::new(Notify::new());
    let functions = in_process(settings, {
        let gate = Arc::clone(&gate);
        move |_: Invocation| {
            tell.send(()).unwrap();
            let gate = Arc::clone(&gate);
            async move {
                gate.notified().await;
                Ok(Value::Null.into())
            }
        }
    });
    let mut event = request(json!({}));
    event.invocation_type = InvocationType::Event;
    functions.invoke(event.clone()).await.unwrap();
    told.recv().await.unwrap();
    functions.invoke(event).await.unwrap();
    assert_eq!(refusal(&functions, json!({})).await, InvokeError::Throttled);
    gate.notify_one();
    assert!(told.recv().await.is_some());
}
