//! `atlas run`: a lead through both machines, under each mock case.

use serde_json::{Value, json};

use crate::harness::Folder;

const EXPRESS: &str = "AtlasEngineWorkflow";
const STANDARD: &str = "AtlasEngineCallWorkflow";

/// One row of the contract's table.
struct Case {
    name: &'static str,
    express: &'static str,
    standard: &'static str,
    outcome: &'static str,
    origin: &'static str,
    retries: usize,
    code: i32,
}

const fn case(name: &'static str, express: &'static str, standard: &'static str) -> Case {
    Case { name, express, standard, outcome: "ANSWERED", origin: "model", retries: 0, code: 0 }
}

fn of<'a>(document: &'a Value, machine: &str) -> Option<&'a Value> {
    let executions = document["executions"].as_array().unwrap();
    executions.iter().find(|execution| execution["stateMachine"] == machine)
}

fn ended(execution: Option<&Value>) -> String {
    let Some(execution) = execution else { return "not started".to_owned() };
    let words = [&execution["status"], &execution["error"]];
    words.iter().filter_map(|word| word.as_str()).collect::<Vec<_>>().join(" ")
}

fn states(execution: &Value) -> Vec<&str> {
    let events = execution["events"].as_array().unwrap();
    events.iter().filter_map(|event| event["stateEnteredEventDetails"]["name"].as_str()).collect()
}

#[test]
fn every_mock_case_ends_as_the_contract_says() {
    const OK: &str = "SUCCEEDED";
    for case in [
        case("HappyPath", OK, OK),
        Case { origin: "template", ..case("ModelOutage", OK, OK) },
        Case { retries: 2, ..case("SalesforceDownThenUp", OK, OK) },
        Case {
            outcome: "",
            origin: "",
            code: 1,
            ..case("LeadRejected", "FAILED LeadParked", "not started")
        },
        Case { outcome: "NOT_PLACED", ..case("CallRefused", OK, OK) },
        case("BusyThenAnswered", OK, OK),
        Case { outcome: "UNKNOWN", ..case("NoCallback", OK, OK) },
        Case { outcome: "", ..case("DuplicateStart", OK, "not started") },
        Case { code: 1, ..case("OutcomeNotReportable", OK, "FAILED OutcomeParked") },
    ] {
        let folder = Folder::new(&format!("run-{}", case.name));
        let ran = folder.atlas(&["run", "--case", case.name, "--json"]).exits(case.code);
        let document = ran.document();
        let (express, standard) = (of(&document, EXPRESS).unwrap(), of(&document, STANDARD));
        assert_eq!(ended(Some(express)), case.express, "{}", case.name);
        assert_eq!(ended(standard), case.standard, "{}", case.name);
        let last = standard.unwrap_or(express);
        assert_eq!(document["status"], last["status"], "{}", case.name);
        assert_eq!(document["error"], last["error"], "{}", case.name);

        let origin = express["output"]["scenario"]["origin"].as_str().unwrap_or_default();
        assert_eq!(origin, case.origin, "{}", case.name);
        let failed = express["events"].as_array().unwrap().iter();
        let failed = failed.filter(|event| event["type"] == "TaskFailed").count();
        if case.retries > 0 {
            assert_eq!(failed, case.retries, "{}", case.name);
        }
        // Where the outcome could not be told to Salesforce, it stands in what was parked.
        let told = standard.map(Value::to_string).unwrap_or_default();
        assert!(told.contains(case.outcome), "{}", case.name);
        match standard {
            Some(standard) if standard["status"] == OK => {
                assert_eq!(standard["output"]["outcome"], case.outcome, "{}", case.name);
            }
            _ => {}
        }
        // stderr has the failure's words, and nobody's number.
        assert_eq!(ran.err.is_empty(), case.code == 0, "{}", ran.err);
        assert!(!ran.err.contains('@') && !ran.err.contains("+1"), "{}", ran.err);
    }
}

#[test]
fn the_cases_take_the_road_that_their_names_say() {
    let folder = Folder::new("run-roads");
    let document = |case: &str| folder.atlas(&["run", "--case", case, "--json"]).document();
    let express = |case: &str| states(of(&document(case), EXPRESS).unwrap()).join(" ");
    let standard = |case: &str| states(of(&document(case), STANDARD).unwrap()).join(" ");
    assert!(express("ModelOutage").contains("UseTemplateScenario"));
    assert!(express("DuplicateStart").ends_with("CallAlreadyStarted"));
    assert!(express("LeadRejected").ends_with("ParkLead LeadParked"));
    assert!(standard("OutcomeNotReportable").ends_with("UpdateLead ParkOutcome OutcomeParked"));
    let redialled = document("BusyThenAnswered");
    let redialled = of(&redialled, STANDARD).unwrap();
    let calls = states(redialled).iter().filter(|name| **name == "InvokeOutboundCall").count();
    assert_eq!((calls, &redialled["output"]["attempts"]), (2, &json!(2)));
}

/// `2026-11-20T17:04:05.250Z`
fn is_time(value: &Value) -> bool {
    let shape: String = value
        .as_str()
        .unwrap_or_default()
        .chars()
        .map(|character| if character.is_ascii_digit() { '0' } else { character })
        .collect();
    shape == "0000-00-00T00:00:00.000Z"
}

#[test]
fn the_document_has_the_shape_that_scripts_rely_on() {
    let folder = Folder::new("run-document");
    for case in ["SalesforceDownThenUp", "OutcomeNotReportable", "LeadRejected"] {
        let document = folder.atlas(&["run", "--json", "--case", case]).document();
        let fields: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
        let expected =
            "status error cause startedAt endedAt millisecondsToRing floorMilliseconds externalCalls executions"
                .split(' ');
        assert_eq!(fields, expected.collect::<Vec<_>>());
        assert!(is_time(&document["startedAt"]) && is_time(&document["endedAt"]));
        for execution in document["executions"].as_array().unwrap() {
            let fields: Vec<&str> =
                execution.as_object().unwrap().keys().map(String::as_str).collect();
            let expected = "executionArn stateMachine type status output error cause startedAt \
                            endedAt events";
            assert_eq!(fields, expected.split_whitespace().collect::<Vec<_>>());
            let kind = if execution["stateMachine"] == EXPRESS { "EXPRESS" } else { "STANDARD" };
            assert_eq!(execution["type"], kind);
            assert!(is_time(&execution["startedAt"]) && is_time(&execution["endedAt"]));
            let events = execution["events"].as_array().unwrap();
            assert_eq!(events[0]["type"], "ExecutionStarted");
            assert!(events.last().unwrap()["type"].as_str().unwrap().starts_with("Execution"));
            let mut before = String::new();
            for (event, id) in events.iter().zip(1_u64..) {
                assert_eq!(event["id"], id, "ids have no gap");
                assert!(event["previousEventId"].as_u64().unwrap() < id);
                assert!(is_time(&event["timestamp"]), "{event}");
                let timestamp = event["timestamp"].as_str().unwrap().to_owned();
                assert!(before <= timestamp, "time goes on");
                before = timestamp;
            }
        }
    }
}

/// When an event happened.
fn millis(event: &Value) -> i64 {
    event["timestamp"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

#[test]
fn the_ring_is_timed_from_the_first_start_and_only_where_the_phone_rang() {
    let folder = Folder::new("run-ring");
    let ring = |case: &str| {
        folder.atlas(&["run", "--json", "--case", case]).document()["millisecondsToRing"].clone()
    };
    assert!(ring("HappyPath").as_i64().unwrap() < 500);
    // The back-off, of which the jitter decides how long it is, counts.
    let retried = folder.atlas(&["run", "--json", "--case", "SalesforceDownThenUp"]).document();
    let rang = retried["millisecondsToRing"].as_i64().unwrap();
    let events = retried["executions"][0]["events"].as_array().unwrap();
    let all = |name: &str| -> Vec<i64> {
        events.iter().filter(|event| event["type"] == name).map(millis).collect()
    };
    let first_failure = all("TaskFailed")[0];
    let last_attempt = all("TaskScheduled").into_iter().max().unwrap();
    assert!(rang >= last_attempt - first_failure, "{rang} ms");
    for case in ["LeadRejected", "CallRefused", "DuplicateStart"] {
        assert_eq!(ring(case), Value::Null, "{case}");
    }
}

#[test]
fn the_text_shows_both_machines_the_branches_the_outcome_and_the_time() {
    let folder = Folder::new("run-text");
    let ran = folder.atlas(&["run", "--case", "SalesforceDownThenUp"]).exits(0);
    assert_eq!(ran.err, "");
    let (tree, rest) = ran.out.split_once("\nTimeline\n").unwrap();
    let (timeline, rest) = rest.split_once("\nWhere the time went\n").unwrap();
    let (spent, outcome) = rest.split_once("\nOutcome\n").unwrap();
    for part in [tree, timeline] {
        let both = part.find(EXPRESS).zip(part.find(STANDARD)).unwrap();
        assert!(both.0 < both.1);
    }
    assert!(tree.starts_with("lead ") && tree.contains("mock case SalesforceDownThenUp"));
    for (branch, state) in [
        ("branch 1", "CreateLead #3"),
        ("branch 2", "GenerateScenario"),
        ("branch 3", "PrepareCallContext"),
    ] {
        let lane = timeline.find(&format!("┊ {branch}")).unwrap();
        assert!(timeline[lane..].contains(state), "{timeline}");
    }
    assert!(timeline.lines().all(|line| line.chars().count() <= 100), "{timeline}");
    assert!(spent.contains("retry delay of CreateLead") && spent.contains("in all"));
    for words in
        ["✓ AtlasEngineWorkflow", "call      ANSWERED, attempt 1", "from the model", "rang"]
    {
        assert!(outcome.contains(words), "{outcome}");
    }
    assert!(!ran.out.contains('\u{1b}'), "no escapes in a file");
}

#[test]
fn what_failed_stands_first_and_on_stderr() {
    let folder = Folder::new("run-failed");
    let ran = folder.atlas(&["run", "--case", "OutcomeNotReportable"]).exits(1);
    let (_, outcome) = ran.out.split_once("\nOutcome\n").unwrap();
    assert!(outcome.trim_start().starts_with("✗ AtlasEngineCallWorkflow"), "{outcome}");
    assert_eq!(ran.err.lines().count(), 1);
    for words in ["AtlasEngineCallWorkflow", "FAILED", "state `OutcomeParked`", "after Salesforce"]
    {
        assert!(ran.err.contains(words), "{}", ran.err);
    }
}

fn lead() -> Value {
    serde_json::from_str(definitions::SAMPLE_LEAD).unwrap()
}

#[test]
fn a_lead_comes_from_a_file_or_from_standard_input() {
    let folder = Folder::new("run-lead");
    let mut lead = lead();
    lead["interactionKey"] = json!("key-1");
    folder.write("lead.json", lead.to_string());
    let key = |ran: crate::harness::Ran| {
        let document = ran.exits(0).document();
        document["executions"][0]["output"]["interactionKey"].as_str().unwrap().to_owned()
    };
    assert_eq!(key(folder.atlas(&["run", "--json", "--lead", "lead.json"])), "key-1");
    let read = folder.atlas_reading(&["run", "--json", "--lead", "-"], &lead.to_string());
    assert_eq!(key(read), "key-1");
    lead.as_object_mut().unwrap().remove("interactionKey");
    let made: Vec<String> = (0..2)
        .map(|_| {
            let arguments = ["run", "--json", "--lead", "-"];
            key(folder.atlas_reading(&arguments, &lead.to_string()))
        })
        .collect();
    assert!(made.iter().all(|key| key.len() == 36 && key.matches('-').count() == 4), "{made:?}");
    assert_ne!(made[0], made[1]);
}

#[test]
fn a_mock_file_of_ones_own_takes_the_place_of_the_built_in_one() {
    let folder = Folder::new("run-mocks");
    let mut mocks: Value = serde_json::from_str(definitions::MOCKS).unwrap();
    for machine in [EXPRESS, STANDARD] {
        let cases = &mut mocks["StateMachines"][machine]["TestCases"];
        *cases = json!({ "Mine": cases["HappyPath"] });
    }
    folder.write("mocks.json", mocks.to_string());
    folder.atlas(&["run", "--mocks", "mocks.json", "--case", "Mine"]).exits(0);
    folder
        .atlas(&["run", "--mocks", "mocks.json"])
        .refuses(1, &["mocks.json: ", "no test case `HappyPath`", "it has `Mine`"]);
}

/// The calls of a run, as `service operation outcome`.
fn calls(document: &Value) -> Vec<String> {
    let calls = document["externalCalls"].as_array().unwrap();
    let word = |call: &Value, field: &str| call[field].as_str().unwrap().to_owned();
    let words = |call| [word(call, "service"), word(call, "operation"), word(call, "outcome")];
    calls.iter().map(|call| words(call).join(" ")).collect()
}

#[test]
fn without_mocks_the_real_handlers_take_the_lead_to_a_ringing_phone() {
    let folder = Folder::new("run-handlers");
    let document = folder.atlas(&["run", "--json"]).exits(0).document();
    let call = of(&document, STANDARD).unwrap();
    assert_eq!(call["output"]["outcome"], "ANSWERED");
    let calls = calls(&document);
    let times = |wanted: &str| calls.iter().filter(|call| *call == wanted).count();
    assert_eq!(times("Salesforce UpsertLead ok"), 1, "{calls:?}");
    assert_eq!(times("Bedrock Converse ok"), 1, "{calls:?}");
    assert_eq!(times("Connect StartOutboundVoiceContact ok"), 1, "{calls:?}");
    assert_eq!(times("StepFunctions SendTaskSuccess ok"), 1, "{calls:?}");
    assert_eq!(times("Salesforce ReportOutcome ok"), 1, "{calls:?}");
    assert!(document["millisecondsToRing"].is_u64());
    assert!(document["floorMilliseconds"].is_null(), "services without latency have no floor");
}

#[test]
fn a_lead_that_comes_again_finds_its_scenario_in_the_cache() {
    let folder = Folder::new("run-again");
    folder.write("latency.json", r#"{"connect": 3}"#);
    let arguments = ["run", "--repeat", "2", "--latency", "latency.json"];
    let document = folder.atlas(&[&arguments[..], &["--json"]].concat()).exits(0).document();
    let origin =
        |document: &Value| of(document, EXPRESS).unwrap()["output"]["scenario"]["origin"].clone();
    assert_eq!(origin(&document["earlier"][0]), "model");
    assert_eq!(origin(&document), "cache");
    assert_eq!(document["floorMilliseconds"], 3);
    let shown = folder.atlas(&arguments).exits(0).out;
    assert!(shown.contains("Calls to services outside"), "{shown}");
    assert!(shown.contains("floor     3 ms = "), "{shown}");
    assert!(shown.contains("Each time\n     1  rang "), "{shown}");
}

#[test]
fn what_goes_wrong_outside_is_shown_and_got_over() {
    let folder = Folder::new("run-faults");
    let faulty = ["run", "--fault", "salesforce:503:0.6", "--seed", "2", "--skip-waits", "--json"];
    let document = folder.atlas(&faulty).exits(0).document();
    assert_eq!(of(&document, STANDARD).unwrap()["output"]["outcome"], "ANSWERED");
    let calls = document["externalCalls"].as_array().unwrap();
    assert!(calls.iter().any(|call| call["fault"] == true && call["service"] == "Salesforce"));
}

#[test]
fn a_line_that_is_busy_is_called_again_by_the_real_handlers() {
    let folder = Folder::new("run-busy");
    let mut lead: Value = serde_json::from_str(definitions::SAMPLE_LEAD).unwrap();
    lead["lead"]["phone"] = json!("+14155550193");
    lead["call"]["maxAttempts"] = json!(2);
    folder.write("lead.json", lead.to_string());
    let ran = folder.atlas(&["run", "--lead", "lead.json", "--skip-waits", "--json"]);
    let document = ran.exits(0).document();
    let output = &of(&document, STANDARD).unwrap()["output"];
    assert_eq!((&output["outcome"], &output["attempts"]), (&json!("ANSWERED"), &json!(2)));
}

#[test]
fn options_that_do_not_go_together_and_binaries_that_are_not_there_are_refused() {
    let folder = Folder::new("run-refused");
    let ran = folder.atlas(&["run", "--case", "HappyPath", "--latency", "seed"]).exits(2);
    assert!(ran.err.contains("--latency, --fault, --seed and --repeat"), "{}", ran.err);
    let ran = folder.atlas(&["run", "--lambda", "."]).exits(2);
    assert!(ran.err.contains("`CreateLeadHandler` in `.`; expected the folder"), "{}", ran.err);
    let ran = folder.atlas(&["run", "--fault", "salesforce"]).exits(2);
    assert!(ran.err.contains("salesforce"), "{}", ran.err);
}
