//! What is told of invocations.

use std::sync::{Arc, Mutex};

use atlas_lambda::{BinarySettings, InvocationRecord, Recording};
use serde_json::json;

use super::host::{binary, invoke, patient, request, test_function};

#[tokio::test]
async fn each_invocation_is_told_with_its_environment_which_is_new_once() {
    let told: Arc<Mutex<Vec<InvocationRecord>>> = Arc::default();
    let named: Arc<Mutex<Vec<String>>> = Arc::default();
    let (taking, naming) = (Arc::clone(&told), Arc::clone(&named));
    let recording = Recording {
        take: Arc::new(move |record| taking.lock().unwrap().push(record)),
        variables: Arc::new(move |environment| {
            naming.lock().unwrap().push(environment.to_owned());
            vec![("TEST_INIT".to_owned(), String::new())]
        }),
    };
    let settings = BinarySettings { recording: Some(recording), ..test_function() };
    let functions = binary(patient(), settings);
    let mut of_a_task = request(json!(1));
    of_a_task.execution_arn = Some("arn:execution".into());
    functions.invoke(of_a_task).await.unwrap();
    assert_eq!(invoke(&functions, json!(2)).await, Ok("2".to_owned()));
    functions.close().await;
    let told = told.lock().unwrap();
    let [first, second] = &told[..] else { panic!("{told:?}") };
    assert!(first.init.is_some() && second.init.is_none(), "{told:?}");
    assert_eq!(*named.lock().unwrap(), std::slice::from_ref(&first.environment));
    assert_eq!(second.environment, first.environment);
    assert_eq!(first.execution_arn.as_deref(), Some("arn:execution"));
    assert_eq!(second.execution_arn, None);
    assert!(first.ended_at <= second.started_at);
    assert!(!first.is_failed && first.memory_megabytes == 128);
    if cfg!(target_os = "linux") {
        assert!(first.used_megabytes.unwrap() > 0.1, "{told:?}");
    }
}
