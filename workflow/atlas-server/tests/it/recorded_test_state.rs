//! `TestState` with mocks, as AWS answered in September 2026.

use serde_json::{Value, json};

use crate::versions::client;

fn task() -> Value {
    json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "f"}, "End": true})
}

fn map() -> Value {
    json!({"Type": "Map", "ItemsPath": "$.items",
        "ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value"},
        "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "Child",
            "States": {"Child": {"Type": "Pass", "End": true}}}, "End": true})
}

fn distributed() -> Value {
    let mut map = map();
    map["ItemProcessor"]["ProcessorConfig"] =
        json!({"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"});
    map["ItemBatcher"] = json!({"MaxItemsPerBatch": 2});
    map["MaxConcurrency"] = json!(2);
    map["ToleratedFailureCount"] = json!(1);
    map
}

fn reading() -> Value {
    let mut map = distributed();
    map.as_object_mut().expect("it is a state").remove("ItemsPath");
    map["ItemReader"] = json!({"Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSON", "ItemsPointer": "/items"},
        "Parameters": {"Bucket": "b", "Key": "none.json"}});
    map
}

fn parallel() -> Value {
    let branch =
        |name: &str| json!({"StartAt": name, "States": {name: {"Type": "Pass", "End": true}}});
    json!({"Type": "Parallel", "Branches": [branch("A"), branch("B")], "End": true})
}

fn with(mut state: Value, field: &str, value: Value) -> Value {
    state[field] = value;
    state
}

/// A Map whose one state is a task.
fn around() -> Value {
    json!({"StartAt": "Outer", "States": {"Outer": {"Type": "Map", "ItemsPath": "$.items",
        "ItemProcessor": {"StartAt": "Child", "States": {"Child": task()}}, "End": true}}})
}

async fn tried(definition: &Value, more: Value) -> Value {
    let mut request = json!({"definition": definition.to_string(), "input": r#"{"items":[1,2,3]}"#,
        "inspectionLevel": "DEBUG"});
    let more = more.as_object().expect("it is an object").clone();
    request.as_object_mut().expect("it is one, too").extend(more);
    client().await.call("TestState", &request).await.1
}

#[tokio::test]
async fn what_cannot_be_a_mock_is_refused_as_recorded() {
    let result = |text: &str| json!({"mock": {"result": text}});
    let configured = |text: &str, field: &str, value: Value| json!({"mock": {"result": text}, "stateConfiguration": {field: value}});
    let of_child = |count: u32| {
        json!({"mock": {"result": "{}"}, "stateName": "Child",
        "stateConfiguration": {"mapIterationFailureCount": count}})
    };
    let payload = |mode: &str| json!({"mock": {"result": r#"{"Payload":{"k":1}}"#, "fieldValidationMode": mode}});
    for (definition, more, told) in [
        (
            task(),
            result(r#"{"Payload":{"ok":true}}"#),
            "Mock result schema validation error: Field 'Payload' must be a string",
        ),
        (
            task(),
            payload("PRESENT"),
            "Mock result schema validation error: Field 'Payload' must be a string",
        ),
        (
            task(),
            json!({"mock": {}}),
            "One of the following fields is required for a test mock: [result, errorOutput].",
        ),
        (task(), result("null"), "Mocked result must be a valid JSON object."),
        (
            task(),
            json!({"mock": {"errorOutput": {}}}),
            "An error was not specified in the mocked error output.",
        ),
        (map(), result("{}"), "Mocked result must be an array."),
        (parallel(), result("{}"), "Mocked result must be an array."),
        (
            parallel(),
            result("[1]"),
            "Mocked result must contain the same number of items as number of Parallel branches.",
        ),
        (
            distributed(),
            result("[10,20,30]"),
            "Input array does not equal the mocked result array's size",
        ),
        (
            distributed(),
            configured("[10,20,30]", "mapIterationFailureCount", json!(4)),
            "Map iteration failure count must be less than or equal to the number of Map iterations",
        ),
        (
            reading(),
            configured("[10,20]", "mapItemReaderData", json!(r#"{"items":[4,5]}"#)),
            "Input array does not equal the mocked result array's size",
        ),
        (
            reading(),
            result("[10,20]"),
            "ItemReader data must be specified when testing a Map state with ItemReader specified.",
        ),
        (
            around(),
            of_child(1),
            "MapIterationFailureCount is only supported when testing a Map state.",
        ),
        (
            around(),
            of_child(3),
            "MapIterationFailureCount is only supported when testing a Map state.",
        ),
    ] {
        let refused = tried(&definition, more.clone()).await;
        assert_eq!(refused["message"], told, "{definition} {more}");
        assert_eq!(refused["__type"], "ValidationException");
    }
    let unnamed = with(
        distributed(),
        "ItemProcessor",
        json!({"ProcessorConfig": {"Mode": "DISTRIBUTED"},
        "StartAt": "Child", "States": {"Child": {"Type": "Pass", "End": true}}}),
    );
    assert_eq!(
        tried(&unnamed, result("[10,20]")).await["message"],
        "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: \
         [ExecutionType] at /States/StateName/ItemProcessor/ProcessorConfig'"
    );
}

#[tokio::test]
async fn what_a_mock_does_is_told_as_recorded() {
    let input = r#"{"items":[1,2,3]}"#;
    let failing = json!({"mock": {"errorOutput": {"error": "Owned.Error", "cause": "mock"}}});
    let selected = r#"[{"v":1,"i":0}, {"v":2,"i":1}, {"v":3,"i":2}]"#;
    let batched =
        r#"[{"Items":["{\"v\":1,\"i\":0}","{\"v\":2,\"i\":1}"]}, {"Items":["{\"v\":3,\"i\":2}"]}]"#;
    let mapped = json!({"input": input, "afterInputPath": input, "afterItemsPath": "[1, 2, 3]",
        "afterItemSelector": selected, "maxConcurrency": 0});
    let inspected = |more: Value| {
        let mut data = json!({"input": input, "afterInputPath": input});
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        data
    };
    let retried = with(
        task(),
        "Retry",
        json!([{"ErrorEquals": ["Owned.Error"], "IntervalSeconds": 2,
        "MaxAttempts": 3, "BackoffRate": 2}]),
    );
    let caught = with(
        task(),
        "Catch",
        json!([{"ErrorEquals": ["Owned.Error"], "ResultPath": "$.error",
        "Next": "Caught"}]),
    );
    let called = r#"{"FunctionName":"f"}"#;
    let after_catch = r#"{"items":[1,2,3],"error":{"Error":"Owned.Error","Cause":"mock"}}"#;
    let passed = json!({"output": input, "status": "SUCCEEDED", "inspectionData": inspected(json!({
        "afterParameters": input, "afterResultSelector": input, "afterResultPath": input}))});
    let tried_once = with(failing.clone(), "stateConfiguration", json!({"retrierRetryCount": 1}));
    let by_child =
        with(failing.clone(), "stateConfiguration", json!({"errorCausedByState": "Child"}));
    let map_failed = json!({"error": "Owned.Error", "cause": "mock", "status": "FAILED",
        "inspectionData": mapped});
    let mapped_to =
        |result: &str| json!({"afterResultSelector": result, "afterResultPath": result});
    let in_batches = json!({"afterItemSelector": selected, "afterItemBatcher": batched,
        "afterItemsPath": "[1, 2, 3]", "toleratedFailureCount": 1, "maxConcurrency": 2});
    let all = |one: &Value, other: &Value| {
        let mut both = one.clone();
        both.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
        both
    };
    let passing = json!({"Type": "Pass", "End": true});
    for (definition, more, expected) in [
        (passing.clone(), json!({}), passed.clone()),
        (passing, json!({"inspectionLevel": "TRACE"}), passed),
        (
            retried,
            tried_once,
            json!({"error": "Owned.Error", "cause": "mock", "status": "RETRIABLE",
            "inspectionData": inspected(json!({"afterParameters": called,
                "errorDetails": {"retryIndex": 0, "retryBackoffIntervalSeconds": 4}}))}),
        ),
        (
            caught,
            failing.clone(),
            json!({"output": after_catch, "error": "Owned.Error", "cause": "mock",
            "nextState": "Caught", "status": "CAUGHT_ERROR",
            "inspectionData": inspected(json!({"afterParameters": called, "afterResultPath": after_catch,
                "errorDetails": {"catchIndex": 0}}))}),
        ),
        (
            task(),
            json!({"mock": {"result": "{}"}, "revealSecrets": false}),
            json!({"output": "{}", "status": "SUCCEEDED", "inspectionData": inspected(json!({
                "afterParameters": called, "result": "{}", "afterResultSelector": "{}",
                "afterResultPath": "{}"}))}),
        ),
        (
            with(task(), "Parameters", json!({"FunctionName": "f", "Payload.$": "$$"})),
            json!({"mock": {"result": "{}"}, "context": r#"{"State":{"Name":"Configured"}}"#}),
            json!({"output": "{}", "status": "SUCCEEDED", "inspectionData": inspected(json!({
                "afterParameters": r#"{"FunctionName":"f","Payload":{"State":{"Name":"Configured"}}}"#,
                "result": "{}", "afterResultSelector": "{}", "afterResultPath": "{}"}))}),
        ),
        (map(), failing, map_failed.clone()),
        (map(), by_child, map_failed),
        (
            map(),
            json!({"mock": {"result": "[10,20,30]"}}),
            json!({"output": "[10,20,30]",
            "status": "SUCCEEDED", "inspectionData": all(&mapped, &mapped_to("[10,20,30]"))}),
        ),
        (
            distributed(),
            json!({"mock": {"result": "[10,20,30]"},
            "stateConfiguration": {"mapIterationFailureCount": 2}}),
            json!({"error": "States.ExceedToleratedFailureThreshold",
                "cause": "The specified tolerated failure threshold was exceeded", "status": "FAILED",
                "inspectionData": inspected(in_batches.clone())}),
        ),
        (
            distributed(),
            json!({"mock": {"result": "[10,20]"}}),
            json!({"output": "[10,20]",
            "status": "SUCCEEDED",
            "inspectionData": inspected(all(&in_batches, &mapped_to("[10,20]")))}),
        ),
        (
            reading(),
            json!({"mock": {"result": "[10]"},
            "stateConfiguration": {"mapItemReaderData": r#"{"items":[4,5]}"#}}),
            json!({"output": "[10]", "status": "SUCCEEDED",
                "inspectionData": inspected(all(&mapped_to("[10]"), &json!({
                    "afterItemSelector": r#"[{"v":4,"i":0}, {"v":5,"i":1}]"#,
                    "afterItemBatcher": r#"[{"Items":["{\"v\":4,\"i\":0}","{\"v\":5,\"i\":1}"]}]"#,
                    "afterItemsPointer": "[4,5]", "toleratedFailureCount": 1, "maxConcurrency": 2})))}),
        ),
    ] {
        let answer = tried(&definition, more.clone()).await;
        assert_eq!(answer, expected, "{definition} {more}");
    }
}
