//! `atlas data`: looking after a folder while no server has it.

use std::fs;

use serde_json::{Value, json};

use crate::{harness::Folder, server::Server};

const DEFINITION: &str = r#"{"StartAt": "W", "States": {
    "W": {"Type": "Wait", "Seconds": 3600, "Next": "S"}, "S": {"Type": "Succeed"}}}"#;
const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:M";

/// A folder with an execution that waits and one that was stopped, and the server that has it.
fn served(folder: &Folder) -> Server {
    let server = Server::start(folder, &[]);
    let role = "arn:aws:iam::000000000000:role/r";
    let machine = json!({"name": "M", "definition": DEFINITION, "roleArn": role});
    server.call("CreateStateMachine", &machine);
    for name in ["waits", "stopped"] {
        server.call("StartExecution", &json!({"stateMachineArn": MACHINE, "name": name}));
    }
    let stopped = MACHINE.replace(":stateMachine:", ":execution:") + ":stopped";
    server.call("StopExecution", &json!({"executionArn": stopped, "error": "Enough"}));
    server
}

fn names(server: &Server) -> Vec<Value> {
    let list = server.call("ListExecutions", &json!({"stateMachineArn": MACHINE}));
    list["executions"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect()
}

#[test]
fn a_folder_that_is_served_is_looked_after_once_its_server_has_stopped() {
    let folder = Folder::new("data-served");
    let server = served(&folder);
    let holder = format!("`kept` is in use by process {}, which has to stop first", server.id());
    for command in [&["stats"][..], &["compact"], &["export", "out"], &["import", "."]] {
        folder.atlas(&[&["data"], command, &["--data", "kept"]].concat()).refuses(2, &[&holder]);
    }
    server.kill();

    let stats = folder.atlas(&["data", "stats", "--data", "kept", "--json"]).exits(0).document();
    assert_eq!((&stats["format"], &stats["revisions"]), (&json!(3), &json!(1)));
    assert_eq!(stats["executions"], stats["machines"][MACHINE]);
    assert_eq!(
        (&stats["executions"]["RUNNING"], &stats["executions"]["ABORTED"]),
        (&json!(1), &json!(1))
    );
    let table = folder.atlas(&["data", "stats", "--data", "kept"]).exits(0).out;
    assert!(table.lines().any(|line| line.ends_with(MACHINE)), "{table}");
    let compacted = folder.atlas(&["data", "compact", "--data", "kept"]).exits(0);
    assert!(compacted.err.contains(" before, ") && compacted.out.is_empty(), "{compacted:?}");

    let server = Server::start(&folder, &[]);
    assert_eq!(names(&server), ["stopped", "waits"]);
}

#[test]
fn what_was_exported_is_imported_elsewhere_and_a_wrong_file_is_named() {
    let folder = Folder::new("data-moved");
    served(&folder).kill();
    let export = |to: &str, more: &[&str]| {
        folder.atlas(&[&["data", "export", to, "--data", "kept"], more].concat())
    };
    export("all", &[]).exits(0);
    export("all", &[]).refuses(2, &["`all` is not empty"]);
    export("some", &["--status", "GOOD"]).refuses(2, &["TIMED_OUT"]);
    let some = export("some", &["--status", "ABORTED", "--machine", "M", "--since", "1d"]).exits(0);
    assert!(some.err.starts_with("executions: 1; machines, activities and tags: 1;"), "{some:?}");
    let stopped = fs::read_dir(folder.path("some/executions/000000000000/us-east-1/M")).unwrap();
    let stopped = stopped.map(|entry| entry.unwrap().path()).next().unwrap();
    let told: Value = serde_json::from_str(&fs::read_to_string(&stopped).unwrap()).unwrap();
    assert_eq!((&told["status"], &told["error"]), (&json!("ABORTED"), &json!("Enough")));

    fs::write(&stopped, "a letter to my aunt").unwrap();
    let import = |from: &str| folder.atlas(&["data", "import", from, "--data", "copy"]);
    let wrong = import("some").exits(1);
    let name = stopped.file_name().unwrap().to_str().unwrap();
    let [counts, fault] = wrong.err.lines().collect::<Vec<_>>()[..] else { panic!("{wrong:?}") };
    assert!(
        counts.contains("activities and tags: 1;") && counts.ends_with("refused: 1"),
        "{counts}"
    );
    assert!(fault.contains(name) && fault.contains("no export of Atlas"), "{fault}");
    import("nowhere").refuses(2, &["`nowhere`"]);
    let rest = import("all").exits(0);
    assert!(
        rest.err.starts_with(
            "new executions: 2; new machines, activities and tags: 0; there before: 1;"
        ),
        "{rest:?}"
    );

    let server = Server::keeping(&folder, &["--data", "copy"]);
    assert!(server.introduction.contains(&"kept in `copy`; executions: 2, open: 1".to_owned()));
    assert_eq!(names(&server), ["stopped", "waits"]);
}
