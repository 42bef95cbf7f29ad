//! The same words against an Atlas server and against moto, which nobody here wrote.

use serde_json::json;

use super::account::{Account, passes, waits};
use crate::{harness::Folder, server::Server};

#[test]
fn an_execution_is_started_listed_shown_and_stopped_on_atlas_dev() {
    let folder = Folder::new("operator-everywhere");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    check(&Account::new(&folder, server.url()), "atlas");
}

#[test]
fn an_execution_is_started_listed_shown_and_stopped_on_moto() {
    let Some(url) = beside::peer("ATLAS_MOTO_ENDPOINT") else { return };
    let folder = Folder::new("operator-moto");
    // One server serves all tests, and may have served them before.
    let own = format!("cli{}", std::process::id());
    check(&Account::new(&folder, url.trim_end_matches('/')), &own);
}

fn check(account: &Account<'_>, own: &str) {
    let (quick, slow) = (format!("{own}-quick"), format!("{own}-slow"));
    account.machine(&quick, &passes());
    let slow_arn = account.machine(&slow, &waits());
    account.run(&quick, "first", r#"{"n": 1}"#);
    account.start(&slow, "second", "{}");

    let list = |more: &[&str]| {
        let machines = ["list", "--machine", &quick, "--machine", &slow, "--json"];
        account.executions(&[&machines, more].concat()).exits(0).document()
    };
    let both = list(&[]);
    assert_eq!(both.as_array().unwrap().len(), 2, "{both}");
    assert_eq!((&both[0]["name"], &both[1]["name"]), (&json!("second"), &json!("first")));
    assert_eq!(list(&["--status", "succeeded"])[0]["name"], "first");
    assert_eq!(list(&["--name", "seco"])[0]["status"], "RUNNING");
    assert_eq!(list(&["--until", "1d"]), json!([]));

    let shown = account.executions(&["show", "first", "--machine", &quick]).exits(0).out;
    assert!(shown.starts_with("SUCCEEDED: first of "), "{shown}");
    assert!(shown.contains("\nOnly\tsucceeded\t1\t"), "{shown}");

    let history = |more: &[&str]| {
        let asked = ["history", "first", "--machine", &quick, "--json"];
        let ran = account.executions(&[&asked, more].concat()).exits(0);
        let events = ran.out.lines().map(|line| serde_json::from_str(line).unwrap());
        events.collect::<Vec<serde_json::Value>>()
    };
    let types: Vec<_> = history(&[]).iter().map(|event| event["type"].clone()).collect();
    assert_eq!(
        types,
        ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"]
    );
    assert_eq!(history(&["--failed"]), Vec::<serde_json::Value>::new());

    let stop = ["stop", "second", "--machine", &slow, "--yes", "--cause", "no more"];
    let stopped = account.executions(&stop).exits(0).out;
    assert!(stopped.ends_with(":second\tstopped\n"), "{stopped}");
    assert_eq!(list(&["--status", "aborted"])[0]["stateMachineArn"], slow_arn.as_str());
    account
        .executions(&["show", &format!("{}:third", slow_arn.replace("stateMachine", "execution"))])
        .refuses(1, &["DescribeExecution: ExecutionDoesNotExist"]);
}
