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
    let not = format!("{passed} is not redriven: it has already SUCCEEDED");
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
        let shown = account.executions(&["show", "failed", "--machine", machine]).exits(0).out;
        assert!(shown.contains("  redriven  once\n"), "{shown}");
    }
}

#[test]
fn what_has_ended_is_neither_stopped_nor_redriven_and_a_bad_name_ends_no_bulk() {
    let folder = Folder::new("operator-again");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    let account = Account::new(&folder, server.url());
    account.machine("Passes", &passes());
    account.machine("Slow", &waits());
    let done = account.run("Passes", "done", "{}");
    let slow = account.start("Slow", "slow", "{}");
    for (verb, past) in [("stop", "stopped"), ("redrive", "redriven")] {
        let ran = account.executions(&[verb, &done, "--yes"]).exits(1);
        assert_eq!(ran.out, "");
        let words = format!("{done} is not {past}: it has already SUCCEEDED");
        assert!(ran.err.contains(&words), "{}", ran.err);
        let dry = account.executions(&[verb, &done, "--dry-run"]).exits(1);
        assert!(
            dry.err.contains("already SUCCEEDED") && dry.err.contains("0 executions"),
            "{dry:?}"
        );
    }
    let gone = slow.replace(":slow", ":gone");
    let mixed =
        account.executions(&["stop", &gone, &slow, &done, "--yes", "--cause", "no more"]).exits(1);
    assert_eq!(mixed.out, format!("{slow}\tstopped\n"));
    assert!(mixed.err.contains(":gone is not stopped: DescribeExecution: "), "{}", mixed.err);
    assert!(mixed.err.contains("1 stopped, 2 not"), "{}", mixed.err);
    let shown = account.executions(&["show", &slow]).exits(0).out;
    assert!(shown.contains("why       stopped, without an error"), "{shown}");
}

#[test]
fn express_executions_are_left_out_and_that_is_said() {
    let folder = Folder::new("operator-express-bulk");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    let account = Account::new(&folder, server.url());
    account.machine_of_type("Quick", "EXPRESS", &fails());
    let arn = account.start("Quick", "q", "{}");
    account.executions(&["watch", &arn]).exits(1);
    let words =
        "can be neither stopped nor redriven, being EXPRESS (parked leads: `atlas parked replay`)";
    for verb in ["stop", "redrive"] {
        let named = account.executions(&[verb, &arn, "--yes"]).exits(1);
        assert!(named.err.contains(words), "{}", named.err);
    }
    let found = account.executions(&["redrive", "--machine", "Quick", "--yes"]).exits(0);
    assert!(found.err.contains("1 EXPRESS execution is left out"), "{}", found.err);
    assert!(found.err.contains(words), "{}", found.err);
}

#[test]
fn a_program_reads_json_of_what_would_be_done_and_of_nothing() {
    let folder = Folder::new("operator-bulk-json");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    let account = Account::new(&folder, server.url());
    account.machine("Dials", &task("InvokeOutboundCallHandler"));
    account.machine("Quiet", &task("UpdateLeadHandler"));
    let redrive = |more: &[&str]| {
        account.executions(&[&["redrive", "--json"], more].concat()).exits(0).document()
    };
    assert_eq!(redrive(&["--machine", "Quiet", "--yes"]), json!([]));
    assert_eq!(
        account.executions(&["stop", "--json", "--machine", "Quiet"]).exits(0).document(),
        json!([])
    );
    account.run("Quiet", "q", "{}");
    account.run("Dials", "d", "{}");
    let quiet = redrive(&["--machine", "Quiet", "--dry-run"]);
    assert_eq!((&quiet[0]["mayDial"], &quiet[0]["why"]), (&json!(false), &Value::Null));
    let dials = redrive(&["--machine", "Dials", "--dry-run"]);
    assert_eq!(dials[0]["mayDial"], true);
    assert!(dials[0]["why"].as_str().unwrap().contains("`Call` dials"), "{dials}");
}
