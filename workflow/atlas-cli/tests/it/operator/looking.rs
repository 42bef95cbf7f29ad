//! `list`, `show`, `history`, `watch`, `stuck`, `export`: what is said, and what is masked.

use std::fs;

use serde_json::{Value, json};

use super::account::{Account, fails, passes, waits};
use crate::{harness::Folder, server::Server};

#[test]
fn a_failure_stands_on_top_and_what_is_personal_is_masked_unless_it_is_revealed() {
    let folder = Folder::new("operator-failure");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    let account = Account::new(&folder, server.url());
    account.machine("Broken", &fails());
    let input = r#"{"lead": {"email": "grace@example.com", "phone": "+14155550199"}}"#;
    let arn = account.start("Broken", "b", input);
    let watched = account.executions(&["watch", &arn]).exits(1).out;
    assert!(
        watched.contains("\tb\tBroken\tfailed\n") && watched.contains("\tb\t\tFAILED\tOrder.Lost"),
        "{watched}"
    );

    let shown = account.executions(&["show", &arn]).exits(0);
    let mut lines = shown.out.lines();
    assert_eq!(lines.next(), Some("FAILED: b of Broken"));
    let why = lines.next().unwrap();
    assert!(why.starts_with("  why       Order.Lost in `Broken` (event "), "{why}");
    assert_eq!(lines.next(), Some("            ask …@… or +…"));
    let failed = account.executions(&["history", &arn, "--failed"]).exits(0).out;
    assert!(failed.contains("ExecutionFailed") && failed.lines().count() == 1, "{failed}");

    let personal = ["example.com", "555"];
    for asked in [&["show", "--json"][..], &["history", "--json"], &["export"], &["history"]] {
        let asked = [&asked[..1], &[arn.as_str()], &asked[1..]].concat();
        let masked = account.executions(&asked).exits(0);
        for word in personal {
            assert!(
                !masked.out.contains(word) && !masked.err.contains(word),
                "{asked:?}: {}",
                masked.out
            );
        }
    }
    let revealed = account.executions(&["export", &arn, "--reveal"]).exits(0);
    assert!(revealed.out.contains("+14155550199"), "{}", revealed.out);
    assert!(revealed.err.contains("state/atlas/reveals.log"), "{}", revealed.err);
    let noted = folder.read("state/atlas/reveals.log");
    assert!(noted.contains(&format!(" ada executions export {arn}\n")), "{noted}");
    assert_eq!(noted.lines().count(), 1, "what is masked is not noted");
}

#[test]
fn an_export_is_its_owners_alone_and_whole() {
    let folder = Folder::new("operator-export");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    let account = Account::new(&folder, server.url());
    account.machine("Passes", &passes());
    let arn = account.run("Passes", "p", r#"{"n": 1}"#);
    let file = folder.path("p.json").display().to_string();
    assert_eq!(account.executions(&["export", &arn, "--out", &file]).exits(0).out, "");
    let document: Value = serde_json::from_str(&folder.read("p.json")).unwrap();
    assert_eq!(document["execution"]["name"], "p");
    assert_eq!(document["definition"], passes());
    assert_eq!(document["history"].as_array().unwrap().len(), 4);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder.path("p.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn what_waits_is_listed_across_machines_the_oldest_or_the_nearest_deadline_first() {
    let folder = Folder::new("operator-stuck");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    let account = Account::new(&folder, server.url());
    account.machine("Timer", &waits());
    account.machine("Passes", &passes());
    account.start("Timer", "first", "{}");
    account.start("Timer", "second", "{}");
    account.run("Passes", "p", "{}");
    let stuck = |more: &[&str]| {
        let ran = account.executions(&[&["stuck", "--json"], more].concat()).exits(0);
        let waits = ran.document();
        let names = waits.as_array().unwrap().iter().map(|wait| wait["name"].clone());
        (names.collect::<Vec<Value>>(), waits)
    };
    let (names, waits) = stuck(&[]);
    assert_eq!(names, ["first", "second"]);
    assert_eq!((&waits[0]["for"], &waits[0]["state"]), (&json!("timer"), &json!("Long")));
    let deadline = waits[0]["deadline"].as_i64().unwrap();
    assert_eq!(deadline - waits[0]["since"].as_i64().unwrap(), 3_600_000);
    assert_eq!(stuck(&["--limit", "1", "--by-deadline"]).0, ["first"]);
    assert_eq!(stuck(&["--older-than", "1h"]).0, [""; 0]);
    assert_eq!(stuck(&["--machine", "Passes"]).0, [""; 0]);
    let plain = account.executions(&["stuck"]).exits(0).out;
    assert!(plain.starts_with("the time\t"), "{plain}");
}

#[test]
fn a_history_is_followed_to_its_end_read_backwards_and_cut() {
    let folder = Folder::new("operator-history");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    let account = Account::new(&folder, server.url());
    account.machine("Passes", &passes());
    let arn = account.run("Passes", "p", "{}");
    let ids = |flags: &[&str]| {
        let ran = account.executions(&[&["history", &arn], flags].concat()).exits(0);
        let ids = ran.out.lines().map(|line| line.split('\t').next().unwrap().to_owned());
        ids.collect::<Vec<String>>()
    };
    assert_eq!(ids(&["--follow"]), ["1", "2", "3", "4"]);
    assert_eq!(ids(&["--reverse", "--limit", "2"]), ["4", "3"]);
    assert_eq!(ids(&["--follow", "--limit", "3"]), ["1", "2", "3"]);
}

#[test]
fn what_cannot_be_found_or_reached_is_said_with_what_would_have_been_right() {
    let folder = Folder::new("operator-unfound");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    let account = Account::new(&folder, server.url());
    account.machine("Passes", &passes());
    let executions = |arguments: &[&str]| account.executions(arguments);
    executions(&["list", "--machine", "Pases"])
        .refuses(1, &["`Pases` is no state machine here", "Passes"]);
    executions(&["list", "--status", "done"]).refuses(2, &["RUNNING, SUCCEEDED"]);
    executions(&["list", "--since", "soon"]).refuses(2, &["2026-11-20T09:15:30Z"]);
    executions(&["show", "arn:aws:states:us-east-1:0:stateMachine:Passes"])
        .refuses(1, &["is no execution", ":execution:MACHINE:NAME"]);
    executions(&["start", "Passes", "--input", "{"])
        .refuses(1, &["the input is no JSON", "`@FILE`"]);
    executions(&["list", "--endpoint", "nowhere"])
        .refuses(2, &["--endpoint is no address", "127.0.0.1:8083"]);
    let gone = format!("http://127.0.0.1:{}", unused_port());
    let unanswered = executions(&["list", "--endpoint", &gone]).exits(2);
    assert!(unanswered.err.contains("ListStateMachines: no answer"), "{}", unanswered.err);
}

/// A port that was free a moment ago.
fn unused_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn what_is_waited_for_is_shown_with_its_deadline() {
    let folder = Folder::new("operator-worker");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    let account = Account::new(&folder, server.url());
    let wait = json!({ "StartAt": "Work", "States": { "Work": { "Type": "Task", "End": true,
        "TimeoutSeconds": 600, "Resource": "arn:aws:states:us-east-1:000000000000:activity:desk" } } });
    account.call("CreateActivity", &json!({ "name": "desk" }));
    account.machine("Desk", &wait);
    let arn = account.start("Desk", "d", "{}");
    let shown = account.executions(&["show", &arn]).exits(0).out;
    assert!(shown.contains("waits for a worker until "), "{shown}");
    assert!(shown.starts_with("RUNNING: d of Desk"), "{shown}");
}

#[test]
fn what_started_an_execution_is_shown_where_the_server_tells() {
    let folder = Folder::new("operator-parent");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    let account = Account::new(&folder, server.url());
    for kind in ["STANDARD", "EXPRESS"] {
        let child = format!("Child{kind}");
        let machine = account.machine_of_type(&child, kind, &passes());
        let starter = format!("Parent{kind}");
        account.machine(
            &starter,
            &json!({ "StartAt": "Start", "States": { "Start": {
            "Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "End": true,
            "Parameters": {
                "StateMachineArn": machine,
                "Input": { "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id" }
            }
        } } }),
        );
        let parent = account.run(&starter, kind, "{}");
        let shown = account.executions(&["show", &parent, "--children"]).exits(0).out;
        assert!(shown.contains(&format!("  parent    {parent}\n")), "{shown}");
    }
}
