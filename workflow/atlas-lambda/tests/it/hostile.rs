//! Processes that send what a fuzzer comes up with: the invocation ends well-formed, and the next one
//! is served.

use std::time::Duration;

use atlas_lambda::FunctionSettings;
use proptest::{collection::vec, prelude::*, test_runner::Config};
use serde_json::{Value, json};

use super::host::{binary, invoke, test_function};

/// A call of the Runtime API, or bytes that are none where `path` is empty.
fn deed() -> impl Strategy<Value = Value> {
    let path = prop_oneof![
        Just(String::new()),
        Just("invocation/ID/response".to_owned()),
        Just("invocation/ID/error".to_owned()),
        Just("invocation/00000000-0000-0000-0000-000000000000/response".to_owned()),
        Just("init/error".to_owned()),
        "invocation/[a-z0-9%/.-]{0,20}",
    ];
    let bytes = prop_oneof![
        vec(any::<u8>(), 0..64),
        Just(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n".to_vec()),
        Just(br#"{"errorType":{},"errorMessage":7}"#.to_vec()),
        Just(b"[".repeat(20_000)),
        Just(br#"{"a":1,"a":2}"#.to_vec()),
        Just(b"\"\xff\"".to_vec()),
        Just(b"1e999999".to_vec()),
    ];
    // How many bytes more are declared than sent.
    let missing = prop_oneof![Just(0_u64), Just(1), Just(u64::from(u32::MAX))];
    (path, bytes, missing).prop_map(
        |(path, bytes, missing)| json!({"path": path, "bytes": bytes, "missing": missing}),
    )
}

proptest! {
    #![proptest_config(Config { cases: 64, max_shrink_iters: 64, ..Config::default() })]
    #[test]
    fn whatever_a_process_sends_its_invocation_ends_and_the_next_is_served(moves in vec(deed(), 0..4)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let timeout = Duration::from_secs(10);
            let settings = FunctionSettings { timeout, ..FunctionSettings::default() };
            let functions = binary(settings, test_function());
            let first = invoke(&functions, json!({"do": "misbehave", "moves": moves})).await;
            // An answer is the fuzzer's or the good one; it comes in time in any case.
            if let Err(error) = &first {
                assert!(!error.contains("Sandbox.Timedout"), "{error}");
            }
            let mut next = invoke(&functions, json!({"n": 1})).await;
            // One that asks for the next invocation among its misdeeds takes it along when it ends.
            if next.is_err() && moves.iter().any(asks_for_the_next) {
                next = invoke(&functions, json!({"n": 1})).await;
            }
            assert_eq!(next, Ok(r#"{"n":1}"#.to_owned()));
            functions.close().await;
        });
    }
}

fn asks_for_the_next(deed: &Value) -> bool {
    let bytes: Vec<u8> = serde_json::from_value(deed["bytes"].clone()).unwrap();
    String::from_utf8_lossy(&bytes).contains("invocation/next")
}
