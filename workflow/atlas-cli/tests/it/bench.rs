//! `atlas bench`: what it measures is right, whatever the time.

use std::fs;

use crate::harness::Folder;

#[test]
fn every_answer_of_ours_is_right_at_every_number_of_connections() {
    let folder = Folder::new("bench");
    let arguments = ["bench", "--seconds", "0", "--connections", "1,3", "--json"];
    let document = folder.atlas(&arguments).exits(0).document();
    let ours = &document.as_array().unwrap()[0];
    assert_eq!(ours["server"], "atlas");
    let workloads = ours["workloads"].as_array().unwrap();
    let counted: Vec<(&str, u64, u64)> = workloads
        .iter()
        .map(|row| {
            let number = |field: &str| row[field].as_u64().unwrap();
            (row["workload"].as_str().unwrap(), number("connections"), number("executions"))
        })
        .collect();
    let (json_path, jsonata) =
        ("lead to call in Pass steps, JSONPath", "lead to call in Pass steps, JSONata");
    let call = "the call alone in Pass steps, JSONPath";
    assert_eq!(
        counted,
        [
            (json_path, 1, 1),
            (json_path, 3, 3),
            (call, 1, 1),
            (call, 3, 3),
            (jsonata, 1, 1),
            (jsonata, 3, 3),
            ("Map of 1,000, STANDARD", 1, 1),
            ("Map of 1,000, EXPRESS", 1, 1),
            ("Map of 10,000, EXPRESS", 1, 1),
        ]
    );
}

#[test]
fn the_server_that_keeps_everything_stands_beside_the_one_that_does_not() {
    let folder = Folder::new("bench-durable");
    let arguments = ["bench", "--durable", "--seconds", "0", "--connections", "1"];
    let ran = folder.atlas(&arguments).exits(0);
    let (_, beside) = ran.out.split_once("\natlas, durable ").unwrap();
    assert!(beside.contains("lead to call in Pass steps, JSONata"), "{}", ran.out);
    let left = fs::read_dir(folder.path(".")).unwrap().count();
    assert_eq!(left, 0, "the folder of the measurement is still there");
}

/// The variables that make a shell command the server of each peer.
#[cfg(unix)]
fn served_by(folder: &Folder, command: &str) -> [(String, String); 1] {
    use std::os::unix::fs::PermissionsExt;

    folder.write("serve", format!("#!/bin/sh\nexec '{}' {command}\n", env!("CARGO_BIN_EXE_atlas")));
    fs::set_permissions(folder.path("serve"), fs::Permissions::from_mode(0o755)).unwrap();
    [("ATLAS_PEERS".to_owned(), folder.path("serve").display().to_string())]
}

#[cfg(unix)]
#[test]
fn a_peer_that_answers_as_we_do_stands_beside_us() {
    let folder = Folder::new("bench-peer");
    let variables = served_by(&folder, "dev --no-sandbox --ephemeral --listen 127.0.0.1:0");
    let arguments = ["bench", "--peers", "--seconds", "0", "--connections", "1"];
    let ran = folder.atlas_with(&variables, &arguments, "").exits(0);
    for peer in ["moto", "ministack"] {
        let (_, beside) = ran.out.split_once(&format!("\n{peer} ")).unwrap();
        // Six workloads, the start and the memory.
        assert!(beside.matches(" × ").count() >= 8, "{}", ran.out);
    }
    assert!(!ran.out.contains("not counted"), "{}", ran.out);
}

#[cfg(unix)]
#[test]
fn a_peer_that_is_no_step_functions_is_named() {
    let folder = Folder::new("bench-other-service");
    let variables = served_by(&folder, "sandbox --listen 127.0.0.1:0");
    let arguments = ["bench", "--peers", "--seconds", "0", "--connections", "1"];
    let ran = folder.atlas_with(&variables, &arguments, "").exits(2);
    assert!(ran.err.contains("moto does not answer: ListStateMachines was refused"), "{}", ran.err);
}

#[test]
fn peers_that_are_not_there_are_asked_for() {
    let folder = Folder::new("bench-no-peers");
    let nothing = [("ATLAS_PEERS".to_owned(), String::new())];
    let ran = folder.atlas_with(&nothing, &["bench", "--peers"], "").exits(2);
    assert!(ran.err.contains("eval \"$(.ci/peers start)\" installs them"), "{}", ran.err);
}

#[test]
fn numbers_of_connections_are_checked_before_anything_starts() {
    let folder = Folder::new("bench-arguments");
    for wrong in ["0", "1,", "many", "1001"] {
        let ran = folder.atlas(&["bench", "--connections", wrong]).exits(2);
        assert!(ran.err.contains("--connections"), "{wrong}: {}", ran.err);
    }
}
