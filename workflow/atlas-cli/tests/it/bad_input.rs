//! What nobody should have typed: one line on stderr that says what would have been right.

use std::{ffi::OsString, process::Stdio};

use serde_json::{Value, json};

use crate::harness::Folder;

fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut lead: Value = serde_json::from_str(definitions::SAMPLE_LEAD).unwrap();
    change(&mut lead);
    lead.to_string()
}

fn simple() -> String {
    json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}).to_string()
}

/// Deeper than any reader may follow.
fn deep() -> String {
    let open = r#"{"StartAt":"A","States":{"A":{"Type":"Parallel","End":true,"Branches":["#;
    format!("{}{}{}", open.repeat(10_000), simple(), "]}}}".repeat(10_000))
}

const HUGE: usize = 16 * 1024 * 1024 + 1;

#[test]
fn a_lead_that_cannot_be_called_is_refused_before_anything_starts() {
    let folder = Folder::new("bad-leads");
    std::fs::create_dir(folder.path("folder")).unwrap();
    let without = changed(|lead| drop(lead["lead"].as_object_mut().unwrap().remove("phone")));
    folder.write("no-phone.json", without);
    for (file, phone) in
        [("local.json", "0171 5550123"), ("short.json", "+1"), ("words.json", "call me")]
    {
        folder.write(file, changed(|lead| lead["lead"]["phone"] = json!(phone)));
    }
    folder.write("number.json", changed(|lead| lead["lead"]["phone"] = json!(4_155_550_123_u64)));
    folder.write("key.json", changed(|lead| lead["interactionKey"] = json!("+4930123456")));
    folder.write("email.json", changed(|lead| lead["lead"]["email"] = json!("mallory at home")));
    folder.write("empty.json", "");
    folder.write("blank.json", " \n\t");
    folder.write("cut.json", &definitions::SAMPLE_LEAD[..60]);
    folder.write("array.json", "[]");
    folder.write("binary.json", b"\x00\xff\xfe\x12");
    folder.write("deep.json", "[".repeat(10_000) + &"]".repeat(10_000));
    folder.write("huge.json", vec![b' '; HUGE]);
    for (file, code, words) in [
        ("no-phone.json", 1, &["`/lead/phone` is missing", "E.164"][..]),
        ("local.json", 1, &["`/lead/phone`", "expected a phone number in E.164"]),
        ("short.json", 1, &["`/lead/phone`", "E.164"]),
        ("words.json", 1, &["`/lead/phone`", "E.164"]),
        ("number.json", 1, &["`/lead/phone` is a number", "E.164"]),
        ("key.json", 1, &["`/interactionKey`", "expected 1 to 64"]),
        ("email.json", 1, &["`/lead/email`", "expected an e-mail address"]),
        ("empty.json", 1, &["empty", "expected a lead"]),
        ("blank.json", 1, &["empty", "expected a lead"]),
        ("cut.json", 1, &["line 3 column", "expected a lead"]),
        ("array.json", 1, &["expected"]),
        ("binary.json", 1, &["not UTF-8 at byte 1", "expected a lead"]),
        ("deep.json", 1, &["nested too deep", "expected a lead"]),
        ("huge.json", 2, &["more than 16777216 bytes"]),
        ("folder", 2, &["it is a folder", "expected a lead"]),
        ("absent.json", 2, &["there is no such file", "expected a lead"]),
    ] {
        let ran = folder.atlas(&["run", "--lead", file]);
        for personal in ["0171", "4930123456", "415555", "mallory", "call me"] {
            let expected = "like `\"+14155550123\"`";
            assert!(!ran.err.replace(expected, "").contains(personal), "{}", ran.err);
        }
        ran.refuses(code, &[&[file][..], words].concat());
    }
}

#[test]
fn all_faults_of_a_lead_are_said_a_line_each() {
    let folder = Folder::new("bad-lead-all");
    folder.write("two.json", changed(|lead| lead["lead"] = json!({"phone": "1", "email": "2"})));
    let ran = folder.atlas(&["run", "--lead", "two.json"]).exits(1);
    assert!(ran.err.lines().count() > 2, "{}", ran.err);
    assert!(
        ran.err.lines().all(|line| line.starts_with("atlas: two.json: `/lead/")),
        "{}",
        ran.err
    );
}

#[test]
fn every_command_that_reads_a_definition_refuses_what_is_none() {
    let folder = Folder::new("bad-definitions");
    std::fs::create_dir(folder.path("folder")).unwrap();
    folder.write("empty.json", "");
    folder.write("deep.json", deep());
    folder.write("brackets.json", "[".repeat(10_000));
    folder.write("binary.json", b"\x7fELF\x00\xff\xfe");
    folder.write("huge.json", vec![b' '; HUGE]);
    folder.write("text.json", "StartAt: A");
    for (file, code, word) in [
        ("empty.json", 1, "empty"),
        ("deep.json", 1, "nested more than"),
        ("brackets.json", 1, "nested more than"),
        ("text.json", 1, "1:1"),
        ("binary.json", 1, "not UTF-8"),
        ("huge.json", 2, "more than 16777216 bytes"),
        ("folder", 2, "it is a folder"),
        ("absent.json", 2, "there is no such file"),
    ] {
        for command in [&["exec"][..], &["graph"], &["mocks", "skeleton"]] {
            folder.atlas(&[command, &[file]].concat()).refuses(code, &[file, word]);
        }
        let ran = folder.atlas(&["validate", file]).exits(code);
        assert!((ran.out + &ran.err).contains(word), "{file}");
    }
}

#[cfg(unix)]
#[test]
fn a_path_that_is_not_utf_8_is_read_or_named() {
    use std::os::unix::ffi::OsStringExt;

    let folder = Folder::new("bad-paths");
    let there = OsString::from_vec(b"there\xff.json".to_vec());
    let absent = OsString::from_vec(b"absent\xff.json".to_vec());
    folder.write(&there, simple());
    for command in ["exec", "validate", "graph"] {
        folder.atlas(&[&OsString::from(command), &there]).exits(0);
        folder
            .atlas(&[&OsString::from(command), &absent])
            .refuses(2, &["absent\u{fffd}.json", "there is no such file"]);
    }
    let run =
        |path: &OsString| folder.atlas(&[&OsString::from("run"), &OsString::from("--lead"), path]);
    run(&absent).refuses(2, &["absent\u{fffd}.json", "expected a lead"]);
    folder.write(&there, "");
    run(&there).refuses(1, &["there\u{fffd}.json", "expected a lead"]);
    let name = OsString::from_vec(b"\xff".to_vec());
    let input = [OsString::from("exec"), there.clone(), "--input".into(), name.clone()];
    folder.write(&there, simple());
    folder.atlas(&input).refuses(2, &["--input is not UTF-8"]);
    folder.atlas(&[OsString::from("run"), "--case".into(), name]).exits(2);
}

#[test]
fn mocks_are_checked_against_the_machine() {
    let folder = Folder::new("bad-mocks");
    folder.write(
        "M.json",
        json!({"StartAt": "Ask", "States": {"Ask": {
        "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:F",
        "End": true }}})
        .to_string(),
    );
    let mocks = |state: &str, response: Value| {
        json!({"StateMachines": {"M": {"TestCases": {"C": {state: "R"}}}},
               "MockedResponses": {"R": response}})
        .to_string()
    };
    folder.write("state.json", mocks("Aks", json!({"0": {"Return": 1}})));
    folder.write("gap.json", mocks("Ask", json!({"1": {"Return": 1}})));
    folder.write("cut.json", "{\"StateMachines\": {");
    folder.write("empty.json", "");
    folder.write("fine.json", mocks("Ask", json!({"0": {"Return": 1}})));
    for (file, words) in [
        ("state.json", &["no state `Aks`", "did you mean `Ask`?"][..]),
        ("gap.json", &["0 is missing"]),
        ("cut.json", &["line 1, column"]),
        ("empty.json", &["line 1, column"]),
    ] {
        let words = [&["atlas: ", file, ": "][..], words].concat();
        folder.atlas(&["exec", "M.json", "--mocks", file]).refuses(1, &words);
    }
    folder
        .atlas(&["exec", "M.json", "--mocks", "fine.json", "--case", "D"])
        .refuses(1, &["fine.json: ", "no test case `D`", "`C`"]);
    folder
        .atlas(&["exec", "M.json", "--mocks", "fine.json", "--name", "N"])
        .refuses(1, &["fine.json: ", "no test case for `N`", "`M`"]);
    folder
        .atlas(&["exec", "M.json", "--mocks", "absent.json"])
        .refuses(2, &["absent.json", "expected a MockConfigFile.json"]);
    folder
        .atlas(&["run", "--case", "Happy"])
        .refuses(1, &["`Happy`", "`HappyPath`", "`NoCallback`"]);
}

#[test]
fn a_wrong_command_line_is_one_line_and_exit_code_2() {
    let folder = Folder::new("bad-arguments");
    folder.write("m.json", simple());
    for (arguments, words) in [
        (&["frob"][..], &["`frob`", "expected run, exec, validate", "atlas --help"][..]),
        (&["data", "frob"], &["expected stats, compact, export or import", "`atlas data --help`"]),
        (&["exec"], &["<FILE>", "`atlas exec --help`"]),
        (&["exec", "m.json", "--inptu", "1"], &["--inptu", "--input", "`atlas exec --help`"]),
        (&["exec", "m.json", "--type", "fast"], &["fast", "standard, express"]),
        (&["exec", "m.json", "--case", "C"], &["--mocks"]),
        (&["graph", "m.json", "--format", "png"], &["png", "mermaid, dot, svg, ascii"]),
        (&["run", "--skip-waits", "--real-time"], &["--skip-waits", "--real-time"]),
        (&["run", "more"], &["more", "`atlas run --help`"]),
        (&["mocks", "skeleton"], &["<FILE>", "`atlas mocks skeleton --help`"]),
        (&["run", "--case", "a\n\u{1b}[31mb", "--frob"], &["--frob"]),
    ] {
        let words: Vec<String> = words.iter().map(|word| word.replace("`frob`", "frob")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        folder.atlas(arguments).refuses(2, &words);
    }
}

#[test]
fn an_input_that_is_no_json_is_refused() {
    let folder = Folder::new("bad-input");
    folder.write("m.json", simple());
    folder.write("long.json", format!("\"{}\"", "x".repeat(262_144)));
    for (input, code, word) in [
        ("{bad", 1, "expected JSON text"),
        ("", 1, "expected JSON text"),
        ("{'a': 1}", 1, "double-quote"),
        ("[1,]", 1, "expected JSON text"),
        ("@long.json", 1, "262144 at most"),
        ("@absent.json", 2, "absent.json: there is no such file"),
        ("@.", 2, "it is a folder"),
        ("mallory@example.com", 1, "Unrecognized token"),
    ] {
        let ran = folder.atlas(&["exec", "m.json", "--input", input]);
        assert!(!ran.err.contains("@example"), "{}", ran.err);
        ran.refuses(code, &[word]);
    }
}

#[test]
fn standard_input_is_read_once() {
    let folder = Folder::new("bad-stdin");
    for arguments in [&["exec", "-", "--input", "-"][..], &["exec", "-", "--mocks", "-"]] {
        let ran = folder.atlas_reading(arguments, &simple());
        ran.refuses(2, &["standard input is read already", "in a file"]);
    }
}

#[test]
fn a_failure_hides_whom_it_is_about() {
    let folder = Folder::new("bad-personal");
    let machine = json!({"StartAt": "Boom", "States": {"Boom": {
        "Type": "Fail", "Error": "Refused",
        "CausePath": "States.Format('{} of {} hung up', $.phone, $.email)" }}});
    folder.write("m.json", machine.to_string());
    let input = r#"{"phone": "+14155550123", "email": "ada@example.com"}"#;
    let ran = folder.atlas(&["exec", "m.json", "--input", input]).exits(1);
    assert_eq!(ran.err, "atlas: m ended as FAILED in state `Boom`: Refused: +… of …@… hung up\n");
    assert!(ran.out.contains("+14155550123 of ada@example.com"), "stdout is the user's own");
}

#[test]
fn whoever_stops_reading_has_seen_enough() {
    let folder = Folder::new("bad-pipe");
    folder.write("m.json", simple());
    for arguments in [
        &["run"][..],
        &["run", "--json"],
        &["exec", "m.json", "--history"],
        &["graph", "m.json"],
        &["mocks", "skeleton", "m.json"],
        &["--help"],
    ] {
        let mut child = folder
            .command(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let ran = child.wait_with_output().unwrap();
        let err = String::from_utf8(ran.stderr).unwrap();
        assert!(!err.contains("panicked") && !err.contains("Broken pipe"), "{arguments:?}: {err}");
        assert!(ran.status.code().is_some_and(|code| code <= 2), "{arguments:?}");
    }
}
