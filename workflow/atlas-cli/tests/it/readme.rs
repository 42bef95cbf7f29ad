//! Every command that README.md shows works as it stands there.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use super::{
    harness::{Folder, Sandbox},
    server::Server,
};

const MACHINE: &str = r#"{"StartAt": "Which", "States": {
    "Which": {"Type": "Choice", "Default": "Call",
        "Choices": [{"Variable": "$.n", "IsPresent": true, "Next": "Rest"}]}, "Call": {"Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"},
    "Retry": [{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 2}],
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Rest"}], "Next": "Rest"},
    "Rest": {"Type": "Wait", "Seconds": 0, "End": true}}}"#;
const TEMPLATE: &str = r#"{"StartAt": "Name", "States": {"Name": {"Type": "Pass",
    "Result": {"TableName": "${TableName}"}, "End": true}}}"#;
const MOCKS: &str = r#"{"StateMachines": {"machine": {"TestCases": {"Outage": {"Call": "Down"}}}},
    "MockedResponses": {"Down": {"0-2": {"Throw": {"Error": "Down", "Cause": "an outage"}}}}}"#;

#[cfg(unix)]
#[test]
fn every_command_of_the_readme_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let folder = Folder::new("readme");
    fs::create_dir_all(folder.path("definitions/leads")).unwrap();
    for file in ["leads/ada.json", "leads/spanish.json", "MockConfigFile.json"] {
        let file = Path::new("definitions").join(file);
        fs::copy(root.join(&file), folder.path(&file)).unwrap();
    }
    folder.write("machine.asl.json", MACHINE);
    folder.write("template.asl.json", TEMPLATE);
    folder.write("MockConfigFile.json", MOCKS);
    folder.write("input.json", r#"{"n": 2}"#);
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_atlas"), folder.path("atlas")).unwrap();

    let sandbox = Sandbox::start(&folder);
    let server = Server::of_pipeline(&folder, &[]);
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let commands: Vec<&str> = readme.lines().filter(|line| line.starts_with("atlas ")).collect();
    assert!(commands.len() >= 12, "{commands:?}");
    for command in commands {
        if command.starts_with("atlas dev") || command.starts_with("atlas sandbox") {
            serves(command, &folder);
            continue;
        }
        let ran = Command::new("sh")
            .args(["-c", command])
            .current_dir(folder.path(""))
            .env("PATH", format!("{}:/usr/bin:/bin", folder.path("").display()))
            .env("XDG_STATE_HOME", folder.path("state"))
            .envs(operators(&server).filter(|_| {
                ["atlas executions", "atlas parked"].iter().any(|asks| command.starts_with(asks))
            }))
            .envs(
                sandbox.variables.iter().filter(|_| command.starts_with("atlas suppress")).cloned(),
            )
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ran.stderr);
        let code = ran.status.code();
        assert_eq!(code, Some(0), "{command}\n{said}");
        assert!(!said.contains("Usage:") && !said.contains("panicked"), "{command}\n{said}");
    }
}

/// What an operator of the server is told by.
fn operators(server: &Server) -> impl Iterator<Item = (&'static str, String)> {
    [
        ("AWS_ENDPOINT_URL_SFN", server.url()),
        ("AWS_ENDPOINT_URL_DYNAMODB", server.services()),
        ("PHONE_HASH_KEY", "sandbox-phone-hash-key".to_owned()),
    ]
    .into_iter()
}

/// A command that serves says so in its first line, on a port of its own here.
#[cfg(unix)]
fn serves(command: &str, folder: &Folder) {
    let (command, _comment) = command.split_once(" #").unwrap_or((command, ""));
    let command = match command.split_once(" --listen ") {
        Some((before, after)) => {
            let rest = after.split_once(' ').map_or("", |(_, rest)| rest);
            format!("{before} {rest}")
        }
        None => command.to_owned(),
    };
    let mut serving = Command::new("sh")
        .args(["-c", &format!("exec {command} --listen 127.0.0.1:0 2>&1")])
        .current_dir(folder.path(""))
        .env("PATH", format!("{}:/usr/bin:/bin", folder.path("").display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let is_ready = BufReader::new(serving.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .inspect(|line| said.push_str(line))
        .any(|line| line.contains("ready on"));
    serving.kill().unwrap();
    serving.wait().unwrap();
    assert!(is_ready, "{command}\n{said}");
}
