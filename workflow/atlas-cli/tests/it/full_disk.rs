//! A disk that is full: what is new is refused with a clear error, and what runs ends once there is room.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use crate::{harness::Folder, server::Server};

/// Characters of an execution's input.
const LARGE: usize = 100_000;
/// More executions than any disk here holds.
const MANY: usize = 500;

/// A machine whose executions wait for a worker, and the worker's activity.
struct Account {
    machine: Value,
    activity: Value,
}

/// Executions of which a client was told that they began.
type Begun = Vec<Value>;

impl Account {
    fn create(server: &Server) -> Self {
        let activity = server.call("CreateActivity", &json!({"name": "work"}));
        let activity = activity["activityArn"].clone();
        let definition = json!({"StartAt": "Work", "States": {
            "Work": {"Type": "Task", "Resource": activity, "End": true}}})
        .to_string();
        let role = "arn:aws:iam::000000000000:role/r";
        let machine = json!({"name": "M", "definition": definition, "roleArn": role});
        let machine = server.call("CreateStateMachine", &machine);
        Self { machine: machine["stateMachineArn"].clone(), activity }
    }

    /// Starts executions until one is refused, and answers with what is said then.
    fn fill(&self, server: &Server) -> (Begun, String) {
        let mut begun = Begun::new();
        for number in 0..MANY {
            let input = json!({"text": "x".repeat(LARGE)}).to_string();
            let name = format!("e{number}");
            let start = json!({"stateMachineArn": self.machine, "name": name, "input": input});
            let (status, answer) = server.ask("StartExecution", &start);
            if !status.contains(" 200 ") {
                return (begun, format!("{status}: {answer}"));
            }
            begun.push(answer["executionArn"].clone());
        }
        panic!("{MANY} executions found room");
    }

    fn status(server: &Server, execution: &Value) -> Value {
        server.call("DescribeExecution", &json!({"executionArn": execution}))["status"].clone()
    }

    /// A worker does all that is to be done; every execution ends well, with its whole history.
    fn work_off(&self, server: &Server, begun: &Begun) {
        let worker = json!({"activityArn": self.activity, "workerName": "w"});
        let running = json!({"stateMachineArn": self.machine, "statusFilter": "RUNNING"});
        while server.call("ListExecutions", &running)["executions"] != json!([]) {
            let task = server.call("GetActivityTask", &worker);
            let done = json!({"taskToken": task["taskToken"], "output": "1"});
            server.call("SendTaskSuccess", &done);
        }
        for execution in begun {
            let told = server.call("DescribeExecution", &json!({"executionArn": execution}));
            assert_eq!((&told["status"], &told["output"]), (&json!("SUCCEEDED"), &json!("1")));
            assert_eq!(told["input"].as_str().unwrap().len(), LARGE + r#"{"text":""}"#.len());
            let history = server.call("GetExecutionHistory", &json!({"executionArn": execution}));
            let types = history["events"].as_array().unwrap().iter().map(|event| &event["type"]);
            assert_eq!(
                types.collect::<Vec<_>>(),
                [
                    "ExecutionStarted",
                    "TaskStateEntered",
                    "ActivityScheduled",
                    "ActivityStarted",
                    "ActivitySucceeded",
                    "TaskStateExited",
                    "ExecutionSucceeded"
                ]
            );
        }
    }
}

#[test]
fn a_journal_at_its_limit_refuses_starts_and_a_larger_limit_lets_the_others_end() {
    let folder = Folder::new("limit");
    let server = Server::start(&folder, &["--data-limit", "5MB"]);
    let account = Account::create(&server);
    let (begun, refused) = account.fill(&server);
    assert!(begun.len() > 10, "{}", begun.len());
    assert!(refused.contains(" 500 ") && refused.contains("limit of 5000000 bytes"), "{refused}");
    let length = fs::metadata(folder.path("kept/journal.redb")).unwrap().len();
    assert!(length <= 5_000_000, "{length}");
    // It stays so, for whatever is new, and nobody who asks is turned away.
    let machine = json!({"name": "other", "roleArn": "arn:aws:iam::000000000000:role/r",
        "definition": r#"{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}"#});
    let (status, refused) = server.ask("CreateStateMachine", &machine);
    assert!(status.contains(" 500 ") && refused.to_string().contains("limit"), "{refused}");
    assert_eq!(Account::status(&server, &begun[0]), "RUNNING");
    server.kill();

    let server = Server::start(&folder, &["--data-limit", "50MB"]);
    account.work_off(&server, &begun);
}

/// A small disk, gone with the test.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one, where that is allowed.
    fn mount(at: &Path, megabytes: u32) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let size = format!("size={megabytes}m");
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &size, "atlas-test"]).arg(at);
        let ran = command.output().ok()?;
        ran.status.success().then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // One that is still in use goes with whatever uses it.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn on_a_disk_that_is_full_running_executions_end_as_soon_as_there_is_room() {
    let folder = Folder::new("full-disk");
    let Some(disk) = SmallDisk::mount(&folder.path("kept"), 20) else {
        println!("skipped: no disk can be mounted here; that a limit was reached is tried instead");
        return;
    };
    let ballast = disk.0.join("ballast");
    fs::File::create(&ballast).unwrap().write_all(&vec![1; 10_000_000]).unwrap();
    let server = Server::start(&folder, &[]);
    let account = Account::create(&server);
    let (begun, refused) = account.fill(&server);
    assert!(begun.len() > 10, "{}", begun.len());
    assert!(refused.contains(" 500 ") && refused.contains("No space left"), "{refused}");
    assert_eq!(Account::status(&server, &begun[0]), "RUNNING");
    fs::remove_file(&ballast).unwrap();
    // What waited is written at the next attempt; until then nothing new begins.
    let name = json!({"name": "again"});
    while !server.ask("CreateActivity", &name).0.contains(" 200 ") {
        std::thread::yield_now();
    }
    account.work_off(&server, &begun);
    server.kill();
    let server = Server::start(&folder, &[]);
    for execution in &begun {
        assert_eq!(Account::status(&server, execution), "SUCCEEDED");
    }
}

#[test]
fn a_disk_that_cannot_be_had_is_refused_before_anything_is_served() {
    let folder = Folder::new("no-disk");
    for (arguments, words) in [
        (&["--data", "kept", "--data-limit", "1MB"][..], "2MB at least"),
        (&["--data", "kept", "--data-limit", "much"], "as 20MB"),
        (&["--ephemeral", "--data-limit", "20MB"], "--data-limit"),
        (&["--ephemeral", "--chaos", "power-loss"], "--chaos"),
        (&["--data", "kept/is a file"], "--ephemeral keeps everything in memory"),
        (&["--data", "kept", "--chaos", "fire"], "power-loss, failing-fsync"),
        (&["--seed", "4"], "expected --chaos"),
    ] {
        folder.write("kept", "");
        folder.atlas(&[&["dev", "--no-sandbox"], arguments].concat()).refuses(2, &[words]);
    }
    assert_eq!(folder.read("kept"), "");
}

#[test]
fn whoever_sends_again_what_a_full_disk_did_not_keep_is_not_told_that_it_was_done() {
    let folder = Folder::new("limit-again");
    let server = Server::start(&folder, &["--data-limit", "2MB"]);
    let account = Account::create(&server);
    let start = json!({"stateMachineArn": account.machine, "name": "first", "input": "{}"});
    let first = server.call("StartExecution", &start)["executionArn"].clone();
    let worker = json!({"activityArn": account.activity, "workerName": "w"});
    let token = server.call("GetActivityTask", &worker)["taskToken"].clone();
    account.fill(&server);
    let done = json!({"taskToken": token, "output": "1"});
    for _ in 0..2 {
        let (status, refused) = server.ask("SendTaskSuccess", &done);
        assert!(status.contains(" 500 ") && refused.to_string().contains("limit"), "{refused}");
    }
    server.kill();

    let server = Server::start(&folder, &[]);
    assert_eq!(Account::status(&server, &first), "RUNNING");
    server.call("SendTaskSuccess", &done);
    assert_eq!(Account::status(&server, &first), "SUCCEEDED");
}
