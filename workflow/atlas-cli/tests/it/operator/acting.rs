//! `stop` and `redrive`: of one and of many, asked and not asked.

use serde_json::{Value, json};

use super::account::{Account, fails, passes, waits};
use crate::{harness::Folder, server::Server};

/// Calls a function that nobody has.
fn task(function: &str) -> Value {
    json!({ "StartAt": "Call", "States": { "Call": { "Type": "Task", "End": true,
        "Resource": "arn:aws:states:::lambda:invoke", "Parameters": { "FunctionName": function } } } })
}

#[test]
fn a_bulk_says_what_it_would_do_and_goes_on_after_single_failures() {
    let folder = Folder::new("operator-bulk");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    let account = Account::new(&folder, server.url());
    account.machine("Slow", &waits());
    for name in ["a", "b", "c"] {
        account.start("Slow", name, "{}");
    }
    let running = || {
        let listed = account.executions(&["list", "--status", "RUNNING", "--json"]).exits(0);
        listed.document().as_array().unwrap().len()
    };
    account.executions(&["stop"]).refuses(2, &["no execution is named", "a filter"]);
    account.executions(&["stop", "--machine", "Slow"]).refuses(2, &["nothing was done", "--yes"]);
    let dry = account.executions(&["stop", "--machine", "Slow", "--dry-run"]).exits(0);
    assert_eq!((dry.out.lines().count(), running()), (3, 3), "{dry:?}");
    assert!(dry.err.contains("would stop 3 executions; nothing was done"), "{}", dry.err);

    let one = account.executions(&["stop", "a", "--machine", "Slow", "--yes"]).exits(0);
    assert!(one.out.contains(":a\tstopped"), "{one:?}");
    let all = account.executions(&["stop", "--machine", "Slow", "--yes"]).exits(0);
    assert_eq!((all.out.lines().count(), running()), (2, 0));
    assert!(all.err.contains("2 stopped, 0 not"), "{}", all.err);

    account.machine("Broken", &fails());
    account.machine("Passes", &passes());
    let failed = account.run("Broken", "failed", "{}");
    let passed = account.run("Passes", "passed", "{}");
    let mixed = account.executions(&["redrive", &passed, &failed, &failed, "--yes"]).exits(1);
    assert_eq!(mixed.out, format!("{failed}\tredriven\n"), "each once");
    assert!(mixed.err.contains("1 redriven, 1 not"), "{}", mixed.err);
    let not = format!("{passed} is not redriven: RedriveExecution: ExecutionNotRedrivable");
    assert!(mixed.err.contains(&not), "{}", mixed.err);
}

#[test]
fn a_redrive_that_may_dial_says_so_and_needs_more_than_yes() {
    let folder = Folder::new("operator-redrive");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    let account = Account::new(&folder, server.url());
    let cases = [
        ("Quiet", task("UpdateLeadHandler"), None),
        ("Dials", task("InvokeOutboundCallHandler"), Some("`Call` dials")),
        ("AtlasEngineCallWorkflow", fails(), Some("it is an execution of AtlasEngineCallWorkflow")),
    ];
    for (machine, definition, warning) in cases {
        account.machine(machine, &definition);
        account.run(machine, "failed", "{}");
        let redrive = |flags: &[&str]| {
            account.executions(&[&["redrive", "failed", "--machine", machine], flags].concat())
        };
        let dry = redrive(&["--dry-run"]).exits(0);
        assert_eq!(dry.err.contains("may dial"), warning.is_some(), "{machine}: {}", dry.err);
        assert!(dry.err.contains("would redrive 1 execution"), "{}", dry.err);
        let Some(warning) = warning else {
            assert!(redrive(&["--yes"]).exits(0).out.contains("\tredriven"));
            continue;
        };
        assert!(dry.err.contains(warning), "{}", dry.err);
        let asked = redrive(&[]).exits(2);
        assert!(asked.err.contains("expected --yes --may-dial"), "{}", asked.err);
        let refused = redrive(&["--yes"]).exits(1);
        assert!(refused.err.contains("expected --may-dial"), "{}", refused.err);
        assert_eq!(refused.out, "");
        assert!(redrive(&["--yes", "--may-dial"]).exits(0).out.contains("\tredriven"));
    }
}

#[test]
fn what_was_done_before_is_refused_in_the_words_of_aws() {
    let folder = Folder::new("operator-again");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    let account = Account::new(&folder, server.url());
    account.machine("Passes", &passes());
    let done = account.run("Passes", "done", "{}");
    let redriven = account.executions(&["redrive", &done, "--yes"]).exits(1);
    assert!(redriven.err.contains("RedriveExecution: ExecutionNotRedrivable"), "{}", redriven.err);
}
