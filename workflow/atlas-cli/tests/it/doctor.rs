//! `atlas doctor`: what it prints of deployments that are right and wrong, and how it exits.

use serde_json::Value;

use crate::{
    harness::{Folder, Sandbox},
    server::Server,
};

fn lines(variables: &[(String, String)]) -> String {
    variables.iter().map(|(name, value)| format!("export {name}={value}\n")).collect()
}

#[test]
fn a_deployment_that_is_right_is_well_and_said_so_check_by_check() {
    let folder = Folder::new("doctor-well");
    let server = Server::of_pipeline(&folder, &[]);
    let (services, machines) = (server.services(), server.url());
    let places = ["doctor", "--sandbox", &services, "--step-functions", &machines];
    let ran = folder.atlas(&places).exits(0);
    assert_eq!(ran.err, "all is well\n");
    assert_eq!(ran.out.lines().count(), atlas_doctor::Check::ALL.len(), "{}", ran.out);
    for line in ran.out.lines() {
        assert!(line.starts_with("ok\t"), "{}", ran.out);
    }
    let ran = folder.atlas(&[&places[..], &["--json", "--only", "model"]].concat()).exits(0);
    let document = ran.document();
    assert_eq!(document["ok"], true);
    assert_eq!(document["checks"].as_array().unwrap().len(), 1);
    assert_eq!(document["checks"][0]["check"], "model");
}

#[test]
fn a_sandbox_alone_is_well_without_its_machines() {
    let folder = Folder::new("doctor-alone");
    let sandbox = Sandbox::start(&folder);
    let ran = folder.atlas(&["doctor", "--sandbox", &sandbox.url]).exits(0);
    assert!(ran.err.contains("--step-functions names where"), "{}", ran.err);
    assert!(ran.err.ends_with("\n1 not looked at\n"), "{}", ran.err);
    assert!(
        ran.out.contains("skipped\tmachines\tnot looked at, because nobody says"),
        "{}",
        ran.out
    );
}

#[test]
fn the_leads_that_stop_first_by_atlas_capacity_are_those_that_it_warns_of() {
    let folder = Folder::new("doctor-rate");
    let note = folder.atlas(&["capacity", "--json"]).exits(0).document();
    let rows = note["capacity"]["rows"].as_array().unwrap();
    let row =
        rows.iter().find(|row| row["resource"].as_str().unwrap().starts_with("Connect: calls"));
    let carries = row.unwrap()["carries"].as_str().unwrap();
    let carries: u32 = carries.split('.').next().unwrap().parse().unwrap();
    let sandbox = Sandbox::misconfigured(&folder, &["field-absent"]);
    folder.write("sandbox.env", lines(&sandbox.variables));
    let warns = |leads: u32| {
        let leads = leads.to_string();
        let asked = ["doctor", "--env-file", "sandbox.env", "--only", "quotas", "--leads-per-hour"];
        folder.atlas(&[&asked[..], &[&leads]].concat()).out.contains("quotas.too-few-calls")
    };
    assert_eq!((warns(carries), warns(carries + 1)), (false, true), "{carries}");
}

#[test]
fn what_was_planted_is_named_with_what_to_do_and_what_follows_is_skipped() {
    let folder = Folder::new("doctor-planted");
    let sandbox = Sandbox::misconfigured(&folder, &["secret-absent", "flow-not-published"]);
    folder.write("broken.env", lines(&sandbox.variables));
    let doctor = |more: &[&str]| {
        folder.atlas(&[&["doctor", "--env-file", "broken.env"], more].concat()).exits(1)
    };
    // No machine is known to a sandbox alone.
    let ran = doctor(&[]);
    assert!(ran.err.starts_with("3 errors, "), "{}", ran.err);
    let starts = |start: &str| ran.out.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!(starts("error\tvariables\tvariable.missing: "), 1, "{}", ran.out);
    assert_eq!(starts("error\tsecret\tsecret.absent: "), 1, "{}", ran.out);
    assert_eq!(starts("error\tflow\tflow.not-published: "), 1, "{}", ran.out);
    assert_eq!(starts("skipped\tlogin\tnot looked at, because `secret`"), 1, "{}", ran.out);
    assert!(ran.out.contains("\tpublish it\n"), "{}", ran.out);
    let document = doctor(&["--json"]).document();
    assert_eq!(document["ok"], false);
    let checks = document["checks"].as_array().unwrap();
    let codes: Vec<&Value> = checks
        .iter()
        .flat_map(|check| check["findings"].as_array().unwrap())
        .map(|finding| &finding["code"])
        .collect();
    assert_eq!(codes, ["variable.missing", "secret.absent", "flow.not-published"]);
}

/// What is planted, and the code that `atlas doctor` names it by.
const PLANTED: [(&str, &str); 24] = [
    ("variable-malformed", "variable.malformed"),
    ("region-wrong", "variable.other-region"),
    ("secret-absent", "secret.absent"),
    ("secret-empty", "secret.empty"),
    ("secret-without-username", "secret.field-missing"),
    ("key-malformed", "key.unreadable"),
    ("key-unknown", "login.assertion-refused"),
    ("user-not-approved", "login.user-not-approved"),
    ("key-field-absent", "lead.key-missing"),
    ("key-field-not-external", "lead.key-not-external"),
    ("key-field-not-unique", "lead.key-not-unique"),
    ("field-absent", "lead.field-missing"),
    ("outbound-off", "instance.no-outbound"),
    ("flow-absent", "flow.absent"),
    ("flow-not-published", "flow.not-published"),
    ("number-not-claimed", "caller.not-claimed"),
    ("queue-without-number", "caller.no-caller-id"),
    ("quota-too-low", "quotas.calls-above"),
    ("model-denied", "model.denied"),
    ("table-absent", "tables.absent"),
    ("table-without-index", "tables.index-missing"),
    ("table-without-expiry", "tables.no-expiry"),
    ("queue-without-dead-letters", "queues.no-dead-letters"),
    ("rule-absent", "events.no-rule"),
];

#[test]
fn the_command_of_the_page_names_each_thing_that_is_planted() {
    let folder = Folder::new("doctor-each");
    let server = Server::of_pipeline(&folder, &[]);
    let machines = server.url();
    let all = atlas_local::Misconfiguration::ALL.iter().map(|planted| planted.name());
    assert_eq!(PLANTED.map(|(planted, _)| planted).to_vec(), all.collect::<Vec<_>>());
    for (planted, code) in PLANTED {
        let sandbox = Sandbox::misconfigured(&folder, &[planted]);
        let asked = ["doctor", "--sandbox", &sandbox.url, "--step-functions", &machines];
        let ran = folder.atlas(&asked).exits(1);
        let told = format!("{code}: ");
        assert!(ran.out.contains(&told), "{planted}\n{}", ran.out);
        // Everything is named that is wrong, and nothing that follows from it but what stands for the same.
        let others = ran.out.lines().filter(|line| line.starts_with("error\t"));
        let others: Vec<&str> = others.filter(|line| !line.contains(&told)).collect();
        let expected = usize::from(planted == "key-field-not-external");
        assert_eq!(others.len(), expected, "{planted}\n{}", ran.out);
    }
}

#[test]
fn where_no_sandbox_is_and_what_is_no_number_of_leads_is_said() {
    let folder = Folder::new("doctor-door");
    let server = Server::start(&folder, &[]);
    let (other, nobody) = (server.url(), "http://127.0.0.1:9");
    let refused = |more: &[&str], words: &[&str]| {
        folder.atlas(&[&["doctor"], more].concat()).refuses(2, words);
    };
    for text in ["nope", "localhost:4600", "ftp://h", "http://127.0.0.1:4600/_atlas"] {
        refused(&["--sandbox", text], &[&format!("'{text}'"), "expected a URL such as http://"]);
        let more = ["--sandbox", nobody, "--step-functions", text];
        refused(&more, &["'--step-functions <URL>'", "expected a URL such as http://"]);
    }
    refused(&["--sandbox", nobody], &["no sandbox is at http://127.0.0.1:9", "nobody answers"]);
    refused(&["--sandbox", &other], &["no sandbox is at", "tells no variables"]);
    for leads in ["0", "-1", "100000001", "1.5", "many"] {
        refused(&["--leads-per-hour", leads], &[&format!("'{leads}'"), "--leads-per-hour"]);
    }
}

#[test]
fn variables_of_several_functions_are_taken_together_and_held_against_each_other() {
    let folder = Folder::new("doctor-functions");
    let told = r#"{"Environment": {"Variables": {"PHONE_HASH_KEY": "0123456789abcdef"}}}"#;
    folder.write("one.json", told);
    folder.write("two.env", "PHONE_HASH_KEY=fedcba9876543210\n");
    let files = ["--env-file", "one.json", "--env-file", "two.env"];
    let ran = folder.atlas(&[&["doctor", "--only", "variables"], &files[..]].concat()).exits(1);
    assert!(ran.out.contains("variable.differs: "), "{}", ran.out);
    assert!(!ran.out.contains("0123456789abcdef") && !ran.out.contains("fedcba"), "{}", ran.out);
}

#[test]
fn where_nobody_answers_that_is_no_finding() {
    let folder = Folder::new("doctor-nobody");
    // Nothing listens on the port of nobody's.
    let nobody = "http://127.0.0.1:9";
    let variables = atlas_local::outside_services::environment_at(nobody, Some(nobody));
    let ran = folder.atlas_with(&variables, &["doctor", "--only", "secret"], "").exits(2);
    assert!(ran.out.contains("unseen\tsecret\t"), "{}", ran.out);
}

#[test]
fn what_is_no_check_no_file_and_no_misconfiguration_is_said() {
    let folder = Folder::new("doctor-wrong");
    folder.write("wrong.env", "A=1\nno variable\n");
    let refused = |arguments: &[&str], words: &[&str]| folder.atlas(arguments).refuses(2, words);
    refused(&["doctor", "--only", "all"], &["`all` is no check; there are variables, "]);
    refused(&["doctor", "--env-file", "wrong.env"], &["wrong.env: line 2", "NAME=value"]);
    folder.write("number.json", r#"{"RING_SECONDS": 31}"#);
    refused(&["doctor", "--env-file", "number.json"], &["number.json: `RING_SECONDS` is no text"]);
    refused(&["sandbox", "--misconfigured", "all"], &["`all` is no misconfiguration; there are "]);
}
