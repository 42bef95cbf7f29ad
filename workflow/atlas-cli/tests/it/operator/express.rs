//! EXPRESS executions from records of CloudWatch Logs, which come late, out of order, or not at all.

use serde_json::{Value, json};

use super::account::Account;
use crate::{harness::Folder, server::Server};

const ARN: &str = "arn:aws:states:us-east-1:123456789012:express:Orders:o-1:7f1c";

/// A record as AWS delivers it: every scalar is a text.
fn record(arn: &str, id: u64, kind: &str, details: Value) -> String {
    json!({
        "id": id.to_string(), "type": kind, "details": details,
        "previous_event_id": id.saturating_sub(1).to_string(),
        "event_timestamp": (1_795_166_130_000_i64 + 10 * i64::try_from(id).unwrap()).to_string(),
        "execution_arn": arn, "redrive_count": "0",
    })
    .to_string()
}

/// The seven events of an execution that failed in its second state.
fn records() -> Vec<String> {
    let input = r#"{"lead":{"email":"grace@example.com"}}"#;
    let failed = json!({ "error": "Order.Lost", "cause": "ask grace@example.com" });
    [
        ("ExecutionStarted", json!({ "input": input })),
        ("PassStateEntered", json!({ "name": "Before", "input": input })),
        ("PassStateExited", json!({ "name": "Before", "output": input })),
        ("PassStateEntered", json!({ "name": "Between", "input": input })),
        ("PassStateExited", json!({ "name": "Between", "output": input })),
        ("FailStateEntered", json!({ "name": "Broken", "input": input })),
        ("ExecutionFailed", failed),
    ]
    .into_iter()
    .zip(1..)
    .map(|((kind, details), id)| record(ARN, id, kind, details))
    .collect()
}

fn with_file<'a>(folder: &'a Folder, lines: &[String]) -> Account<'a> {
    folder.write("records.jsonl", lines.join("\n"));
    // Nobody is asked: what is known stands in the file.
    Account::new(folder, "http://127.0.0.1:9")
}

#[test]
fn records_in_any_order_and_twice_are_one_history() {
    let folder = Folder::new("operator-express");
    let mut lines = records();
    lines.reverse();
    lines.push(lines[2].clone());
    lines.push(record(
        "arn:aws:states:us-east-1:123456789012:express:Orders:o-2:1",
        1,
        "ExecutionStarted",
        json!({}),
    ));
    let account = with_file(&folder, &lines);
    let logged = |arguments: &[&str]| {
        account.executions(&[arguments, &["--log-file", "records.jsonl"]].concat()).exits(0)
    };
    let shown = logged(&["show", ARN]);
    assert!(
        shown.out.starts_with("FAILED: o-1 of Orders\n  why       Order.Lost"),
        "{}",
        shown.out
    );
    assert!(
        shown.out.contains("\nBetween\tsucceeded\t") && !shown.out.contains("grace"),
        "{}",
        shown.out
    );
    assert_eq!(shown.err, "");
    let ids: Vec<String> = logged(&["history", ARN])
        .out
        .lines()
        .map(|line| line.split('\t').next().unwrap().to_owned())
        .collect();
    assert_eq!(ids, ["1", "2", "3", "4", "5", "6", "7"]);
    let listed = logged(&["list", "--json"]).document();
    assert_eq!((&listed[0]["status"], &listed[1]["status"]), (&json!("FAILED"), &json!("RUNNING")));
    assert_eq!(logged(&["list", "--status", "FAILED"]).out.lines().count(), 1);
}

#[test]
fn what_is_missing_of_the_events_is_said() {
    for (gone, words) in [
        (3..5, "incomplete: events 4–5 are missing"),
        (2..3, "incomplete: event 3 is missing"),
        (6..7, ""),
    ] {
        let folder = Folder::new(&format!("operator-express-{}", gone.start));
        let mut lines = records();
        lines.drain(gone);
        lines.push("2026-11-20T09:15:30Z no record".to_owned());
        let account = with_file(&folder, &lines);
        let shown = account.executions(&["show", ARN, "--log-file", "records.jsonl"]).exits(0);
        assert!(shown.err.contains(words), "{}", shown.err);
        assert!(
            shown.err.contains("lines that are no records, which are left out: 1"),
            "{}",
            shown.err
        );
        assert!(shown.out.contains("Before\tsucceeded"), "{}", shown.out);
    }
}

#[test]
fn an_answer_of_awss_command_line_and_lines_behind_a_time_are_read_as_well() {
    let folder = Folder::new("operator-express-forms");
    let account = Account::new(&folder, "http://127.0.0.1:9");
    let events: Vec<Value> = records().iter().map(|line| json!({ "message": line })).collect();
    folder.write("answer.json", json!({ "events": events }).to_string());
    let behind: Vec<String> =
        records().iter().map(|line| format!("2026-11-20T09:15:30Z {line}")).collect();
    folder.write("exported.log", behind.join("\n"));
    for file in ["answer.json", "exported.log"] {
        let ran = account.executions(&["history", ARN, "--log-file", file]).exits(0);
        assert_eq!(ran.out.lines().count(), 7, "{file}");
    }
    folder.write("other.txt", "nothing\n");
    account
        .executions(&["show", ARN, "--log-file", "other.txt"])
        .refuses(1, &["other.txt: no line is a record"]);
    let other = ARN.replace("o-1", "o-9");
    account
        .executions(&["show", &other, "--log-file", "exported.log"])
        .refuses(1, &["no record is of", "level ALL"]);
}

#[test]
fn an_atlas_server_tells_of_express_executions_itself() {
    let folder = Folder::new("operator-express-served");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    let account = Account::new(&folder, server.url());
    account.machine_of_type("Quick", "EXPRESS", &super::account::fails());
    let arn = account.start("Quick", "q", "{}");
    assert!(arn.contains(":express:Quick:q:"), "{arn}");
    account.executions(&["watch", &arn]).exits(1);
    let shown = account.executions(&["show", &arn]).exits(0).out;
    assert!(shown.starts_with("FAILED: q of Quick\n  why       Order.Lost in `Broken`"), "{shown}");
    let listed = account.executions(&["list", "--machine", "Quick", "--json"]).exits(0).document();
    assert_eq!(listed[0]["executionArn"], arn.as_str());
}
