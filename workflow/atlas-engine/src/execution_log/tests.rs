//! Records as AWS was recorded to write them, and which there are.

use std::sync::{Arc, Mutex};

use atlas_asl::{model::ExecutionType, parse};
use serde_json::{Value, json};

use super::{ExecutionLog, LogRecord};
use crate::{
    Engine, EngineOptions, MachineUpdate, NewMachine, Settings,
    tests::{only, options, request},
};

const GROUP: &str = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/vendedlogs/states/m:*";

/// Keeps all that it takes.
#[derive(Default)]
struct Taken(Mutex<Vec<LogRecord>>);

impl ExecutionLog for Taken {
    fn take(&self, record: LogRecord) {
        self.0.lock().unwrap().push(record);
    }
}

fn settings(level: &str, includes_data: bool) -> Settings {
    let destination = json!({"cloudWatchLogsLogGroup": {"logGroupArn": GROUP}});
    let logging = json!({"level": level, "includeExecutionData": includes_data,
        "destinations": [destination]});
    Settings { logging: Some(logging), ..Settings::default() }
}

fn engine() -> (Engine, Arc<Taken>) {
    let taken = Arc::new(Taken::default());
    let execution_log: Arc<dyn ExecutionLog> = Arc::<Taken>::clone(&taken);
    (Engine::new(EngineOptions { execution_log: Some(execution_log), ..options() }), taken)
}

fn create(engine: &Engine, definition: &Value, settings: Settings) {
    let definition = parse::parse(&definition.to_string()).machine.unwrap();
    let new = NewMachine {
        name: "M",
        execution_type: ExecutionType::Express,
        definition: &definition,
        text: None,
        role_arn: None,
        settings,
    };
    engine.create_machine(new).unwrap();
}

/// The records of one execution of this machine.
async fn records(definition: &Value, settings: Settings) -> Vec<Value> {
    let (engine, taken) = engine();
    create(&engine, definition, settings);
    let started = engine.start(request("M")).unwrap();
    engine.wait(&started.execution_arn).await.unwrap();
    written(&taken)
}

fn written(taken: &Taken) -> Vec<Value> {
    let taken = taken.0.lock().unwrap();
    taken
        .iter()
        .map(|record| {
            assert_eq!(record.group_arn(), GROUP);
            let line = record.line();
            assert!(!line.contains('\n'), "{line}");
            serde_json::from_str(&line).unwrap()
        })
        .collect()
}

fn types(records: &[Value]) -> Vec<&str> {
    records.iter().map(|record| record["type"].as_str().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn records_have_the_fields_that_aws_writes_as_texts() {
    let machine = only(json!({"Type": "Pass", "Result": {"a": "\n"}, "End": true}));
    let records = records(&machine, settings("ALL", true)).await;
    let whole = json!({"truncated": false});
    let output = r#"{"a":"\n"}"#;
    let expected = [
        (
            "1",
            "ExecutionStarted",
            "0",
            json!({"input": "{}", "inputDetails": whole,
            "roleArn": "arn:aws:iam::000000000000:role/atlas"}),
        ),
        (
            "2",
            "PassStateEntered",
            "0",
            json!({"name": "Only", "input": "{}", "inputDetails": whole}),
        ),
        (
            "3",
            "PassStateExited",
            "2",
            json!({"name": "Only", "output": output, "outputDetails": whole}),
        ),
        ("4", "ExecutionSucceeded", "3", json!({"output": output, "outputDetails": whole})),
    ];
    assert_eq!(records.len(), expected.len(), "{records:#?}");
    for (record, (id, event_type, previous, details)) in records.iter().zip(expected) {
        let millis = record["event_timestamp"].as_str().unwrap();
        assert!(millis.parse::<i64>().unwrap() > 1_700_000_000_000, "{record}");
        let arn = record["execution_arn"].as_str().unwrap();
        assert!(arn.starts_with("arn:aws:states:us-east-1:000000000000:express:M:e:"), "{arn}");
        let told = json!({"id": id, "type": event_type, "details": details,
            "previous_event_id": previous, "event_timestamp": millis, "execution_arn": arn,
            "redrive_count": "0"});
        assert_eq!(*record, told);
    }
}

#[tokio::test(start_paused = true)]
async fn without_execution_data_names_resources_errors_and_causes_stay() {
    // Nobody performs it, so it fails.
    let machine = only(json!({"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
        "TimeoutSeconds": 9, "Parameters": {"MessageBody": "secret", "QueueUrl": "q"},
        "End": true}));
    let records = records(&machine, settings("ALL", false)).await;
    let of = |event_type: &str| {
        let found = records.iter().find(|record| record["type"] == event_type);
        found.unwrap_or_else(|| panic!("{event_type}: {records:#?}"))["details"].clone()
    };
    let resource = json!({"resourceType": "sqs", "resource": "sendMessage",
        "region": "us-east-1", "timeoutInSeconds": "9"});
    assert_eq!(of("ExecutionStarted"), json!({"roleArn": "arn:aws:iam::000000000000:role/atlas"}));
    assert_eq!(of("TaskStateEntered"), json!({"name": "Only"}));
    assert_eq!(of("TaskScheduled"), resource);
    for event_type in ["TaskFailed", "ExecutionFailed"] {
        let details = of(event_type);
        assert!(details["error"].is_string() && details["cause"].is_string(), "{details}");
    }
    assert!(!format!("{records:?}").contains("secret"));
}

#[tokio::test(start_paused = true)]
async fn a_level_logs_what_is_as_grave() {
    let machine = json!({"StartAt": "P", "States": {
        "P": {"Type": "Parallel", "Next": "F", "Catch": [{"ErrorEquals": ["E"], "Next": "F"}],
            "Branches": [only(json!({"Type": "Fail", "Error": "E"}))]},
        "F": {"Type": "Fail", "Error": "E"}}});
    for (level, expected) in [
        (
            "ERROR",
            &["FailStateEntered", "ParallelStateFailed", "FailStateEntered", "ExecutionFailed"][..],
        ),
        ("FATAL", &["ExecutionFailed"]),
        ("OFF", &[]),
    ] {
        let records = records(&machine, settings(level, true)).await;
        assert_eq!(types(&records), expected, "{level}");
    }
    let all = records(&machine, settings("ALL", true)).await;
    assert_eq!(all.first().unwrap()["id"], "1");
    assert_eq!(all.last().unwrap()["id"], all.len().to_string());
    assert_eq!(records(&machine, Settings::default()).await, [] as [Value; 0]);
}

#[tokio::test(start_paused = true)]
async fn an_update_counts_for_what_is_started_after_it() {
    let (engine, taken) = engine();
    create(
        &engine,
        &only(json!({"Type": "Wait", "Seconds": 60, "End": true})),
        Settings::default(),
    );
    let before = engine.start(request("M")).unwrap();
    let update = MachineUpdate { settings: settings("ALL", false), ..MachineUpdate::default() };
    let machine = engine.state_machine("M").unwrap();
    engine.update_state_machine(&machine.arn, &update).unwrap();
    let after = engine.start(request("M")).unwrap();
    for started in [&before, &after] {
        engine.wait(&started.execution_arn).await.unwrap();
    }
    let records = written(&taken);
    assert_eq!(
        types(&records),
        ["ExecutionStarted", "WaitStateEntered", "WaitStateExited", "ExecutionSucceeded"]
    );
    assert!(records.iter().all(|record| record["execution_arn"] == *after.execution_arn));
}

#[tokio::test(start_paused = true)]
async fn data_beyond_248_kilobytes_is_cut_and_the_record_says_so() {
    // Each of its characters is two bytes in a document, and four in a string that holds the document.
    let long = "\"".repeat(100_000);
    let machine = only(json!({"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"a": long},
        "Assign": {"v": long}, "End": true}));
    let records = records(&machine, settings("ALL", true)).await;
    let exited = &records[2]["details"];
    assert_eq!(exited["outputDetails"], json!({"truncated": true}));
    assert_eq!(exited["assignedVariablesDetails"], json!({"truncated": true}));
    let output = exited["output"].as_str().unwrap();
    assert!(output.starts_with(r#"{"a":"\"\""#), "{:.40}", output);
    assert_eq!(exited["assignedVariables"], json!({"v": ""}));
    let started = &records[0]["details"];
    assert_eq!(started["inputDetails"], json!({"truncated": false}));
    for record in &records {
        // CloudWatch takes no event of more than 256 KB.
        assert!(record.to_string().len() <= 256 * 1024, "{}", record.to_string().len());
    }
    let filled = Value::from(output).to_string().len();
    assert!(filled > 247 * 1024, "{filled}");
}

#[tokio::test(start_paused = true)]
async fn numbers_in_details_are_texts() {
    let machine = only(json!({"Type": "Map", "ItemsPath": "$.items", "End": true,
        "ItemProcessor": only(json!({"Type": "Pass", "End": true}))}));
    let (engine, taken) = engine();
    create(&engine, &machine, settings("ALL", false));
    let mut request = request("M");
    request.input = json!({"items": [7]}).into();
    let started = engine.start(request).unwrap();
    engine.wait(&started.execution_arn).await.unwrap();
    let records = written(&taken);
    let details: Vec<&Value> = records
        .iter()
        .filter(|record| record["type"].as_str().unwrap().ends_with("Started"))
        .map(|record| &record["details"])
        .skip(1)
        .collect();
    assert_eq!(details, [&json!({"length": "1"}), &json!({"name": "Only", "index": "0"})]);
}
