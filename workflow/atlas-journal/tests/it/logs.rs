//! The records that machines log, in their files.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex, mpsc},
};

use atlas_asl::{model::ExecutionType, parse::parse};
use atlas_core::Payload;
use atlas_engine::{
    Engine, EngineOptions, ExecutionLog, LogRecord, NewMachine, Settings, StartRequest, Time,
};
use atlas_journal::{LogFiles, LostRecords};
use serde_json::{Value, json};

use crate::harness::folder;

/// Creates a machine of one state that logs everything to a group of its own name.
fn create(engine: &Engine, name: &str, execution_type: ExecutionType) {
    let definition = r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}"#;
    let definition = parse(definition).machine.unwrap();
    let group = format!("arn:aws:logs:us-east-1:000000000000:log-group:/states/{name}:*");
    let logging = json!({"level": "ALL", "includeExecutionData": true,
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]});
    let settings = Settings { logging: Some(logging), ..Settings::default() };
    let new = NewMachine {
        name,
        execution_type,
        definition: &definition,
        text: None,
        role_arn: None,
        settings,
    };
    engine.create_machine(new).unwrap();
}

fn engine(log: Arc<dyn ExecutionLog>) -> Engine {
    Engine::new(EngineOptions { execution_log: Some(log), ..EngineOptions::default() })
}

fn start(engine: &Engine, machine: &str, name: &str) -> String {
    let request = StartRequest {
        state_machine: machine.to_owned(),
        name: Some(name.to_owned()),
        input: Payload::parse(r#"{"a": 1.50}"#).unwrap(),
        case: None,
        time: Time::Real,
    };
    engine.start(request).unwrap().execution_arn.to_string()
}

/// Id, type and execution of each record in a file.
fn records(file: &Path) -> Vec<(String, String, String)> {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.ends_with('\n'), "{text}");
    let told = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        let text = |field: &str| record[field].as_str().unwrap().to_owned();
        (text("id"), text("type"), text("execution_arn"))
    };
    text.lines().map(told).collect()
}

/// Some records, to be written again.
fn some_records() -> Vec<LogRecord> {
    #[derive(Default)]
    struct Taken(Mutex<Vec<LogRecord>>);
    impl ExecutionLog for Taken {
        fn take(&self, record: LogRecord) {
            self.0.lock().unwrap().push(record);
        }
    }
    let taken = Arc::new(Taken::default());
    let engine = engine(Arc::<Taken>::clone(&taken));
    create(&engine, "m", ExecutionType::Express);
    start(&engine, "m", "e");
    let records = taken.0.lock().unwrap().clone();
    assert_eq!(records.len(), 4);
    records
}

fn no_loss(lost: LostRecords) {
    panic!("{lost}");
}

#[tokio::test]
async fn each_group_has_a_file_with_a_line_for_each_event_of_every_execution() {
    let folder = folder("logs");
    let expected = |arn: &str| {
        let types =
            ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"];
        let told = |(at, event_type): (usize, &&str)| {
            ((at + 1).to_string(), (*event_type).to_owned(), arn.to_owned())
        };
        types.iter().enumerate().map(told).collect::<Vec<_>>()
    };
    let (mut standard, mut express) = (Vec::new(), Vec::new());
    for process in ["first", "second"] {
        let log = Arc::new(LogFiles::open(&folder, no_loss).unwrap());
        let engine = engine(Arc::<LogFiles>::clone(&log));
        create(&engine, "standard", ExecutionType::Standard);
        create(&engine, "express", ExecutionType::Express);
        for name in ["a", "b"] {
            let name = format!("{process}-{name}");
            standard.extend(expected(&start(&engine, "standard", &name)));
            express.extend(expected(&start(&engine, "express", &name)));
        }
        log.close();
    }
    let place = folder.join("logs/000000000000/us-east-1");
    assert_eq!(records(&place.join("+states+standard.jsonl")), standard);
    assert_eq!(records(&place.join("+states+express.jsonl")), express);
}

#[tokio::test]
async fn records_that_cannot_be_written_are_counted_and_the_others_are_written() {
    let folder = folder("logs-unwritable");
    let (tell, told) = mpsc::channel();
    let log = LogFiles::open(&folder, move |lost| tell.send(lost).unwrap()).unwrap();
    let records = some_records();
    let in_the_way = folder.join("logs/000000000000");
    fs::create_dir_all(folder.join("logs")).unwrap();
    fs::write(&in_the_way, "").unwrap();
    for record in &records {
        log.take(record.clone());
    }
    let first: LostRecords = told.recv().unwrap();
    assert!(first.reason.is_some(), "{first}");
    log.close();
    let lost = first.count + told.iter().map(|lost| lost.count).sum::<u64>();
    assert_eq!(lost, 4);
    fs::remove_file(&in_the_way).unwrap();
    let log = LogFiles::open(&folder, no_loss).unwrap();
    log.take(records[0].clone());
    log.close();
    assert_eq!(self::records(&in_the_way.join("us-east-1/+states+m.jsonl")).len(), 1);
}

#[tokio::test]
async fn a_disk_that_stands_still_holds_nobody_up_and_what_finds_no_room_is_counted() {
    const MANY: u64 = 70_000;
    let folder = folder("logs-slow");
    let (tell, told) = mpsc::channel();
    let (go_on, stand_still) = mpsc::channel::<()>();
    let log = LogFiles::open(&folder, move |lost| {
        tell.send(lost).unwrap();
        // The writer writes nothing while it is here.
        let _ended = stand_still.recv();
    })
    .unwrap();
    let record = some_records().remove(0);
    let in_the_way = folder.join("logs/000000000000");
    fs::create_dir_all(folder.join("logs")).unwrap();
    fs::write(&in_the_way, "").unwrap();
    log.take(record.clone());
    let first: LostRecords = told.recv().unwrap();
    fs::remove_file(&in_the_way).unwrap();
    for _ in 0..MANY {
        log.take(record.clone());
    }
    drop(go_on);
    log.close();
    let later: Vec<LostRecords> = told.iter().collect();
    let lost = later.iter().map(|lost| lost.count).sum::<u64>();
    assert_eq!((first.count, later.iter().all(|lost| lost.reason.is_none())), (1, true));
    let written = records(&in_the_way.join("us-east-1/+states+m.jsonl")).len() as u64;
    assert!(lost > 0 && written > 1_000, "{lost} {written}");
    assert_eq!(lost + written, MANY);
    let said = later[0].to_string();
    assert!(said.contains("faster than the disk takes them"), "{said}");
}
