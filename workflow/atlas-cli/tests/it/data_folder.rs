//! Where `atlas dev` keeps things when nobody says where, and what it says of it.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{harness::Folder, server::Server};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const WAITING: &str = r#"{"StartAt": "W", "States": {
    "W": {"Type": "Wait", "Seconds": 3600, "Next": "S"}, "S": {"Type": "Succeed"}}}"#;

/// Starts an execution that waits, and one that ends.
fn begin_two(server: &Server) {
    let role = "arn:aws:iam::000000000000:role/r";
    let machine = json!({"name": "M", "definition": WAITING, "roleArn": role});
    let machine = server.call("CreateStateMachine", &machine)["stateMachineArn"].clone();
    for name in ["waits", "stopped"] {
        server.call("StartExecution", &json!({"stateMachineArn": machine, "name": name}));
    }
    let stopped = machine.as_str().unwrap().replace(":stateMachine:", ":execution:") + ":stopped";
    server.call("StopExecution", &json!({"executionArn": stopped}));
}

fn says(server: &Server, words: &str) {
    let said = &server.introduction;
    assert!(said.iter().any(|line| line == words), "`{words}` is missing in {said:?}");
}

#[test]
fn everything_is_kept_in_the_directory_itself_unless_somebody_wants_it_otherwise() {
    let folder = Folder::new("kept-here");
    let server = Server::keeping(&folder, &[]);
    says(&server, "kept in `.atlas`; executions: 0, open: 0");
    begin_two(&server);
    server.kill();
    let server = Server::keeping(&folder, &[]);
    says(&server, "kept in `.atlas`; executions: 2, open: 1");
    assert_eq!(folder.read(".atlas/.gitignore"), "*\n");

    // The directory has one server that keeps things in it, and any number of others.
    let arguments = ["dev", "--no-sandbox", "--listen", "127.0.0.1:0"];
    let holder = format!("`.atlas` is in use by process {}", server.id());
    folder.atlas(&arguments).refuses(
        2,
        &[&holder, "--data names another folder, --ephemeral keeps everything in memory"],
    );
    let ephemeral = Server::keeping(&folder, &["--ephemeral"]);
    says(&ephemeral, "kept in memory only: everything ends with this process");
    says(
        &Server::keeping(&folder, &["--data", "other"]),
        "kept in `other`; executions: 0, open: 0",
    );
}

#[test]
fn without_a_folder_nothing_is_written() {
    let folder = Folder::new("kept-nowhere");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    begin_two(&server);
    drop(server);
    let left: Vec<_> = std::fs::read_dir(folder.path("")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_ended_before_the_retention_is_forgotten_and_its_name_can_be_given_again() {
    let folder = Folder::new("kept-for");
    let server = Server::keeping(&folder, &[]);
    begin_two(&server);
    server.kill();
    // Whether it is forgotten before the server is asked, or a moment later, is not said.
    let server = Server::keeping(&folder, &["--retention", "0s"]);
    let machine = "arn:aws:states:us-east-1:000000000000:stateMachine:M";
    let listed = || {
        let list = server.call("ListExecutions", &json!({"stateMachineArn": machine}));
        let listed = list["executions"].as_array().unwrap().iter();
        listed.map(|one| one["name"].clone()).collect::<Vec<_>>()
    };
    let since = Instant::now();
    while listed() != [json!("waits")] {
        assert!(since.elapsed() < PATIENCE, "{:?}", listed());
        std::thread::yield_now();
    }
    server.call(
        "StartExecution",
        &json!({"stateMachineArn": machine, "name": "stopped", "input": "{\"again\": 1}"}),
    );
}

#[test]
fn a_retention_that_is_none_is_refused() {
    let folder = Folder::new("kept-for-none");
    folder.atlas(&["dev", "--retention", "90"]).refuses(2, &["--retention", "as 90d"]);
    folder.atlas(&["dev", "--ephemeral", "--retention", "1d"]).refuses(2, &["--ephemeral"]);
}
