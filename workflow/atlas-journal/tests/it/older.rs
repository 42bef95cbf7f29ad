//! A folder of the format before is brought up to date, and loses nothing.

use std::path::Path;

use atlas_engine::{
    Time,
    archive::{Listing, Of, Status},
};
use atlas_journal::DataFolder;
use redb::{Database, ReadableTable as _, TableDefinition, TableHandle as _};
use serde_json::json;

use crate::harness::{Process, folder};

const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
const INDEX: TableDefinition<'_, (&str, u64), ()> = TableDefinition::new("index");

/// Makes a folder what the program before would have left: it had fewer tables, and rows of fewer kinds.
fn make_older(folder: &Path) {
    let database = Database::create(folder.join("journal.redb")).unwrap();
    let change = database.begin_write().unwrap();
    let tables = change.list_tables().unwrap();
    let new = tables.filter(|table| ["counts", "spans", "settings"].contains(&table.name()));
    for table in new.collect::<Vec<_>>() {
        assert!(change.delete_table(table).unwrap());
    }
    {
        let mut index = change.open_table(INDEX).unwrap();
        let is_new =
            |term: &str| term.contains("\u{1f}phone\u{1f}") || term.ends_with("\u{1f}started");
        let new =
            index.iter().unwrap().filter(|it| is_new(it.as_ref().unwrap().0.value().0)).count();
        assert!(new >= 2, "there is nothing that the format before has not");
        index.retain(|(term, _), ()| !is_new(term)).unwrap();
        change.open_table(META).unwrap().insert("format", 2).unwrap();
    }
    change.commit().unwrap();
}

fn parent() -> serde_json::Value {
    json!({"StartAt": "Start", "States": {"Start": {"Type": "Task", "End": true,
        "Resource": "arn:aws:states:::states:startExecution",
        "Parameters": {"Name": "child", "Input": {"phone": "+14155550123"}, "StateMachineArn":
            "arn:aws:states:us-east-1:000000000000:stateMachine:Child"}}}})
}

#[tokio::test]
async fn a_folder_of_the_format_before_is_brought_up_to_date() {
    for takes_server in [true, false] {
        let folder = folder(&format!("older-{takes_server}"));
        let process = Process::start(&folder);
        process.create(
            "Child",
            &json!({"StartAt": "W", "States": {
            "W": {"Type": "Wait", "Seconds": 3600, "End": true}}}),
        );
        process.create("Parent", &parent());
        let arn = process.start_execution("Parent", "parent", Time::Real).execution_arn;
        process.ends(&arn).await;
        process.engine.settled().await.unwrap();
        let counts = process.engine.counts().unwrap();
        drop(process);
        make_older(&folder);
        if !takes_server {
            // Whoever looks after it does the same, without the key of phone numbers.
            assert_eq!(DataFolder::open(&folder).unwrap().stats().unwrap().format, 3);
        }

        let process = Process::start(&folder);
        assert_eq!(process.going_on, 1);
        assert_eq!(process.engine.counts().unwrap(), counts);
        let place = Listing::of(Of::Place, 0);
        assert_eq!(process.names(place), ["child", "parent"]);
        assert_eq!(process.names(Listing { of: Of::StartedBy(&arn), ..place }), ["child"]);
        assert_eq!(process.names(Listing { of: Of::Key("+14155550123"), ..place }), ["child"]);
        let now = process.engine.now();
        let today = Listing { began_from: Some(now.plus_millis(-3_600_000)), ..place };
        assert_eq!(process.names(today), ["child", "parent"]);
        assert_eq!(
            process.names(Listing { began_from: Some(now.plus_millis(1)), ..place }),
            [""; 0]
        );
        assert_eq!(counts.total().of(Status::Running), 1);
    }
}
