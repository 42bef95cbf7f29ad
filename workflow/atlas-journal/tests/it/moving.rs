//! A folder leaves as files that anybody can read, and comes back from them as it was.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use atlas_core::Timestamp;
use atlas_engine::{Limits, Time, archive::Status};
use atlas_journal::{DataError, DataFolder, Filter, Imported, OpenError};
use serde_json::{Value, json};

use crate::harness::{Process, folder};

const CALLBACK: &str = "arn:aws:states:::lambda:invoke.waitForTaskToken";
const CHILD: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:Asks";

fn asks() -> Value {
    json!({"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": CALLBACK, "End": true,
        "TimeoutSeconds": 86_400, "Parameters": {"Token.$": "$$.Task.Token"}}}})
}

fn fails() -> Value {
    json!({"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "é\n"}}})
}

fn starts() -> Value {
    json!({"StartAt": "Start", "States": {"Start": {"Type": "Task", "End": true,
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": CHILD, "Input": {"leadId": "00Q"}}}}})
}

fn maps() -> Value {
    json!({"StartAt": "Items", "States": {
        "Items": {"Type": "Pass", "Result": [1], "Next": "Each"},
        "Each": {"Type": "Map", "Label": "Each", "End": true, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}}}})
}

/// All files below a folder.
fn files(below: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let mut unseen = vec![below.to_owned()];
    while let Some(path) = unseen.pop() {
        if path.is_dir() {
            unseen.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let name = path.strip_prefix(below).unwrap().to_owned();
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
    files
}

fn export(data: &Path, to: &Path, filter: &Filter) -> BTreeMap<PathBuf, String> {
    let exported = DataFolder::open(data).unwrap().export(to, filter, &mut |_, _| {}).unwrap();
    assert_eq!(exported.faults, [""; 0]);
    let files = files(to);
    let count = usize::try_from(exported.executions + exported.documents).unwrap();
    // And the one that explains the others.
    assert_eq!(files.len(), count + 1, "{:?}", files.keys());
    files
}

fn import(data: &Path, from: &Path) -> Imported {
    DataFolder::open_or_make(data).unwrap().import(from, &mut |_, _| {}).unwrap()
}

/// The one file of an export whose name ends so.
fn one(files: &BTreeMap<PathBuf, String>, end: &str) -> Value {
    let mut found = files.iter().filter(|(path, _)| path.to_str().unwrap().ends_with(end));
    let (_, text) = found.next().unwrap_or_else(|| panic!("{end}: {:?}", files.keys()));
    assert!(found.next().is_none());
    serde_json::from_str(text).unwrap()
}

/// A data folder in which much has happened: the token of an execution that waits.
async fn lived_in(data: &Path) -> String {
    let limits = Limits { idle: 0, ..Limits::default() };
    let process = Process::with_limits(data, limits);
    for (name, definition) in
        [("Asks", asks()), ("Fails", fails()), ("Starts", starts()), ("Maps", maps())]
    {
        process.create(name, &definition);
    }
    process.start_execution("Asks", "waits", Time::Real);
    let token = process.token(0).await;
    process.start_execution("Asks", "..", Time::Real);
    let other = process.token(1).await;
    process.engine.send_task_success(&other, r#"{"leadId": "00Q", "n": 1.50}"#).unwrap();
    process.start_execution("Starts", "parent", Time::Real);
    process.token(2).await;
    process.start_execution("Fails", "con.x+y=z", Time::Real);
    let mapped = process.start_execution("Maps", "m", Time::Real).execution_arn;
    process.ends(&mapped).await;
    process.memory_holds(0).await;
    process.engine.settled().await.unwrap();
    token
}

#[tokio::test]
async fn what_was_exported_and_imported_is_exported_the_same_and_goes_on() {
    let all = folder("moving");
    let token = lived_in(&all.join("data")).await;
    let first = export(&all.join("data"), &all.join("first"), &Filter::default());
    let imported = import(&all.join("copy"), &all.join("first"));
    assert_eq!(imported.faults, []);
    assert_eq!((imported.executions, imported.documents, imported.unchanged), (7, 4, 0));
    let second = export(&all.join("copy"), &all.join("second"), &Filter::default());
    assert_eq!(first, second);
    // What is there already is left as it is.
    let again = import(&all.join("copy"), &all.join("second"));
    assert_eq!((again.executions, again.documents, again.unchanged), (0, 0, 11));
    let before = DataFolder::open(&all.join("data")).unwrap().stats().unwrap();
    let copied = DataFolder::open(&all.join("copy")).unwrap().stats().unwrap();
    assert_eq!((&before.executions, before.tokens), (&copied.executions, copied.tokens));
    assert_eq!((before.awake, before.resting), (copied.awake, copied.resting));
    assert_eq!(before.next_deadline, copied.next_deadline);

    let process = Process::start(&all.join("copy"));
    assert_eq!(process.going_on, 3);
    process.engine.send_task_success(&token, "7").unwrap();
    let arn = "arn:aws:states:us-east-1:000000000000:execution:Asks:waits";
    assert_eq!(process.engine.wait(arn).await.unwrap().status(), "SUCCEEDED");
    // Nothing was asked for a second time.
    assert_eq!(process.service.calls().len(), 0);
}

#[tokio::test]
async fn a_file_says_all_of_an_execution_to_whoever_reads_it() {
    let all = folder("moving-read");
    lived_in(&all.join("data")).await;
    let files = export(&all.join("data"), &all.join("out"), &Filter::default());
    let told = one(&files, "_%2E..json");
    for (member, expected) in [
        ("format", json!("atlas-execution")),
        ("version", json!(1)),
        ("name", json!("..")),
        ("status", json!("SUCCEEDED")),
        ("input", json!(r#"{"a": 1.50}"#)),
        ("output", json!(r#"{"leadId": "00Q", "n": 1.50}"#)),
        ("businessKeys", json!(["00Q"])),
        ("definition", asks()),
    ] {
        assert_eq!(told[member], expected, "{member}");
    }
    let history = told["history"].as_array().unwrap();
    let (first, last) = (&history[0], history.last().unwrap());
    assert_eq!((&first["type"], &first["id"]), (&json!("ExecutionStarted"), &json!(1)));
    assert_eq!(first["time"], told["startDate"]);
    assert_eq!(last["type"], "ExecutionSucceeded");
    assert_eq!(last["executionSucceededEventDetails"]["output"], told["output"]);
    let failed = one(&files, "_con.x%2By%3Dz.json");
    assert_eq!((&failed["error"], &failed["cause"]), (&json!("E"), &json!("é\n")));
    let parent = "arn:aws:states:us-east-1:000000000000:execution:Starts:parent";
    let nested =
        files.values().find(|text| text.contains("\"startedBy\": {\n    \"executionArn\""));
    let nested: Value = serde_json::from_str(nested.unwrap()).unwrap();
    assert_eq!(nested["startedBy"]["executionArn"], parent);
    let readme = &files[Path::new("README.md")];
    for member in told.as_object().unwrap().keys() {
        assert!(readme.contains(&format!("`{member}`")), "the README does not explain `{member}`");
    }
}

#[tokio::test]
async fn only_what_is_asked_for_is_exported() {
    let all = folder("moving-filter");
    lived_in(&all.join("data")).await;
    let names = |to: &str, filter: &Filter| -> Vec<String> {
        let files = export(&all.join("data"), &all.join(to), filter);
        let executions = files.keys().filter(|path| path.starts_with("executions"));
        let names = executions.map(|path| path.file_name().unwrap().to_str().unwrap());
        let mut names: Vec<String> =
            names.map(|name| name.split_once('_').unwrap().1.to_owned()).collect();
        names.sort();
        names
    };
    let of = |machine: &str| Filter { machine: Some(machine.to_owned()), ..Filter::default() };
    assert_eq!(names("a", &of("Fails")), ["con.x%2By%3Dz.json"]);
    assert_eq!(names("b", &of(CHILD)).len(), 3);
    // The children of a map run are of its machine.
    assert_eq!(names("c", &of("Maps")).len(), 2);
    let failed = Filter { status: Some(Status::Failed), ..Filter::default() };
    assert_eq!(names("d", &failed), ["con.x%2By%3Dz.json"]);
    let later = Timestamp::from_millis(i64::MAX);
    let none = Filter { began_since: Some(later), ..Filter::default() };
    assert_eq!(names("e", &none), [""; 0]);
}

#[tokio::test]
async fn a_file_that_is_wrong_is_named_and_the_others_are_taken() {
    let all = folder("moving-wrong");
    lived_in(&all.join("data")).await;
    let from = all.join("out");
    let files = export(&all.join("data"), &from, &Filter::default());
    let path = |end: &str| {
        let mut found = files.keys().filter(|path| path.to_str().unwrap().ends_with(end));
        from.join(found.next().unwrap())
    };
    let asked = path("_%2E..json");
    let original = fs::read_to_string(&asked).unwrap();
    let changed = |pointer: &str, value: Value| {
        let mut document: Value = serde_json::from_str(&original).unwrap();
        *document.pointer_mut(pointer).unwrap() = value;
        document.to_string()
    };
    for (at, (text, expected)) in [
        (original[..original.len() / 2].to_owned(), "it is no export of Atlas: EOF"),
        ("{}".to_owned(), "expected `format` and `version`"),
        (changed("/version", json!(2)), "it is in version 2 and this program reads version 1"),
        (changed("/format", json!("other")), "expected `atlas-execution` or `atlas-document`"),
        (changed("/executionArn", json!("arn:other")), "`executionArn` is `arn:other`"),
        (changed("/journal/folderFormat", json!(1)), "`journal.folderFormat` is 1; expected 2"),
        (changed("/journal/header/name", json!(7)), "`journal.header`: invalid type"),
        (changed("/journal/machine/definition", json!("{}")), "`journal`: its machine: "),
        (changed("/journal/machine/roleArn", json!("r")), "`journal.machine`: another content of"),
        (changed("/journal/facts/0/at", json!("now")), "`journal.facts[0]`: a fact is not"),
        (changed("/journal/facts", json!([])), "`journal`: it has no facts"),
        (
            changed("/journal/facts/1", json!({"at": 1, "fact": "TimerFired", "timer": 9})),
            "`journal`: fact 1: the timer",
        ),
        (changed("/journal/stage/status", json!("FAILED")), "facts make it SUCCEEDED"),
        (changed("/journal/stage/status", json!("GOOD")), "`journal.stage`: no execution has"),
    ]
    .into_iter()
    .enumerate()
    {
        fs::write(&asked, text).unwrap();
        let imported = import(&all.join(format!("into-{at}")), &from);
        let [fault] = &imported.faults[..] else { panic!("{expected}: {imported:?}") };
        assert_eq!(fault.file, asked);
        assert!(fault.reason.contains(expected), "{expected}: {}", fault.reason);
        assert_eq!((imported.executions, imported.documents), (6, 4));
    }
    fs::write(&asked, &original).unwrap();
    // A machine that would keep the server from starting is refused as well.
    let machine = path("stateMachine%3AFails.json");
    let good = fs::read_to_string(&machine).unwrap();
    fs::write(&machine, good.replace("StartAt", "StartsAt")).unwrap();
    let imported = import(&all.join("into-machine"), &from);
    assert_eq!(imported.faults.len(), 1, "{imported:?}");
    assert!(imported.faults[0].reason.starts_with("`document`: "), "{imported:?}");
    fs::write(&machine, &good).unwrap();

    // What is there and differs stays as it is.
    let imported = import(&all.join("into-0"), &from);
    assert_eq!((imported.executions, imported.unchanged), (1, 10), "{imported:?}");
    fs::write(&asked, changed("/journal/facts/0/at", json!(1))).unwrap();
    let imported = import(&all.join("into-0"), &asked);
    assert_eq!(imported.faults.len(), 1);
    fs::write(&asked, original).unwrap();
    assert_eq!(import(&all.join("into-0"), &asked).unchanged, 1);
}

#[test]
fn an_export_is_mixed_with_nothing_and_its_owner_s_alone() {
    let all = folder("moving-empty");
    let absent = DataFolder::open(&all.join("data")).unwrap_err();
    assert!(matches!(absent, OpenError::Absent { .. }), "{absent}");
    assert!(!all.exists());
    let data = DataFolder::open_or_make(&all.join("data")).unwrap();
    let held = DataFolder::open(&all.join("data")).unwrap_err();
    assert!(matches!(held, OpenError::InUse { .. }), "{held}");
    let out = all.join("out");
    data.export(&out, &Filter::default(), &mut |_, _| {}).unwrap();
    let refused = data.export(&out, &Filter::default(), &mut |_, _| {}).unwrap_err();
    assert!(matches!(refused, DataError::NotEmpty(_)), "{refused}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(out.clone()), mode(out.join("README.md"))), (0o700, 0o600));
    }
}

#[tokio::test]
async fn a_folder_says_what_it_holds_and_is_smaller_without_what_was_forgotten() {
    let all = folder("moving-compact");
    let data = all.join("data");
    lived_in(&data).await;
    let stats = DataFolder::open(&data).unwrap().stats().unwrap();
    let count = |status| stats.executions.get(&status).copied().unwrap_or_default();
    assert_eq!(
        (count(Status::Running), count(Status::Succeeded), count(Status::Failed)),
        (3, 3, 1)
    );
    assert_eq!(stats.machines[CHILD].values().sum::<u64>(), 3);
    assert_eq!((stats.resting + stats.awake, stats.revisions, stats.tokens), (3, 4, 3));
    assert!(stats.next_deadline > stats.newest && stats.oldest <= stats.newest, "{stats:?}");

    let process = Process::start(&data);
    let far = Timestamp::from_millis(i64::MAX);
    assert_eq!(process.store.forget_ended_before(far).await.unwrap(), 4);
    drop(process);
    let mut kept = DataFolder::open(&data).unwrap();
    let done = kept.compact().unwrap();
    // The machines of what failed and of the map run have no execution any more.
    assert_eq!(done.revisions, 2);
    assert!(done.bytes_after < done.bytes_before, "{done:?}");
    assert_eq!(kept.compact().unwrap().revisions, 0);
    drop(kept);
    let process = Process::start(&data);
    assert_eq!(process.going_on, 3);
    process.start_execution("Fails", "again", Time::Real);
    process.engine.settled().await.unwrap();
    drop(process);
    assert_eq!(DataFolder::open(&data).unwrap().stats().unwrap().revisions, 3);
}
