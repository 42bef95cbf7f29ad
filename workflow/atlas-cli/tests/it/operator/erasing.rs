//! `atlas erase`: of two people who were called one is erased, and nothing of the other is touched.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::account::Account;
use crate::{
    harness::Folder,
    server::{Server, ask_service},
};

const EXPRESS: &str = "AtlasEngineWorkflow";
const CALL: &str = "AtlasEngineCallWorkflow";
pub(super) const PHONE: &str = "+14155550123";
pub(super) const EMAIL: &str = "ada@example.com";
/// What is Ada's alone: in no file, table or queue may be a byte of it.
const ADAS: [&str; 5] = ["4155550123", EMAIL, "Lovelace", "key-of-ada", "Ada"];
const BOBS: [&str; 3] = ["4155550124", "Builder", "key-of-bob"];

fn lead(key: &str, first: &str, last: &str, phone: &str, email: &str) -> Value {
    let text = include_str!("../../../../../definitions/leads/ada.json");
    let mut lead: Value = serde_json::from_str(text).unwrap();
    lead["interactionKey"] = key.into();
    for (name, value) in
        [("firstName", first), ("lastName", last), ("phone", phone), ("email", email)]
    {
        lead["lead"][name] = value.into();
    }
    lead
}

pub(super) fn ada() -> Value {
    lead("key-of-ada", "Ada", "Lovelace", PHONE, EMAIL)
}

pub(super) fn bob() -> Value {
    lead("key-of-bob", "Bob", "Builder", "+14155550124", "bob@example.com")
}

/// As `atlas executions export` writes an execution.
pub(super) fn exported(lead: &Value) -> Value {
    let execution = json!({ "executionArn": arn(CALL, "one"), "input": lead.to_string() });
    json!({ "execution": execution, "definition": { "StartAt": "P" }, "history": [] })
}

pub(super) fn account<'a>(folder: &'a Folder, server: &Server) -> Account<'a> {
    let mut account = Account::new(folder, server.url());
    let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    account.more = vec![
        own("AWS_ENDPOINT_URL_DYNAMODB", &server.services()),
        own("PHONE_HASH_KEY", "sandbox-phone-hash-key"),
        own("AWS_REGION", "us-east-1"),
        own("AWS_ACCESS_KEY_ID", "test"),
        own("AWS_SECRET_ACCESS_KEY", "test"),
    ];
    account
}

fn arn(machine: &str, name: &str) -> String {
    format!("arn:aws:states:us-east-1:000000000000:execution:{machine}:{name}")
}

/// What AWS answers of the services outside.
fn outside(server: &Server, service: &str, target: &str, request: &Value) -> Value {
    let address = server.services();
    let address = address.trim_start_matches("http://");
    let (status, answer) = ask_service(address, service, target, request);
    assert!(status.contains(" 200 "), "{target}: {answer}");
    answer
}

fn records(server: &Server) -> String {
    let tables = ["AtlasEngine-Calls", "AtlasEngine-ResponseCache"].map(|table| {
        outside(server, "dynamodb", "DynamoDB_20120810.Scan", &json!({ "TableName": table }))
    });
    json!(tables).to_string()
}

fn dead_letters(server: &Server) -> String {
    let name = json!({ "QueueName": "AtlasEngine-ContactEvents-DeadLetters" });
    let url = outside(server, "sqs", "AmazonSQS.GetQueueUrl", &name)["QueueUrl"].clone();
    url.as_str().unwrap().to_owned()
}

/// Takes a lead through the pipeline to the end of its call.
pub(super) fn call(account: &Account<'_>, lead: &Value) {
    let key = lead["interactionKey"].as_str().unwrap();
    let started = account.start(EXPRESS, &format!("lead-{key}"), &lead.to_string());
    account.executions(&["watch", &started]).exits(0);
    account.executions(&["watch", &format!("call-{key}"), "--machine", CALL]).exits(0);
}

/// Both machines log all that they are told.
fn log_all(account: &Account<'_>) {
    for machine in [EXPRESS, CALL] {
        let group = format!("arn:aws:logs:us-east-1:000000000000:log-group:{machine}:*");
        account.call(
            "UpdateStateMachine",
            &json!({
                "stateMachineArn": format!("arn:aws:states:us-east-1:000000000000:stateMachine:{machine}"),
                "loggingConfiguration": { "level": "ALL", "includeExecutionData": true,
                    "destinations": [{ "cloudWatchLogsLogGroup": { "logGroupArn": group } }] },
            }),
        );
    }
}

/// The files below a folder that have a text in any byte.
pub(super) fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if fs::read(&path).unwrap().windows(text.len()).any(|it| it == text.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn has_none_of(what: &str, texts: &[&str]) {
    for text in texts {
        assert!(!what.contains(text), "{text}: {what}");
    }
}

#[test]
fn nothing_of_one_person_is_left_and_all_of_the_other_is() {
    let folder = Folder::new("operator-erase");
    let server = Server::of_kept_pipeline(&folder, &["--skip-waits"]);
    let account = account(&folder, &server);
    log_all(&account);
    call(&account, &ada());
    call(&account, &bob());
    let letters = dead_letters(&server);
    for lead in [ada(), bob()] {
        let message =
            json!({ "QueueUrl": letters, "MessageBody": json!({"of": lead}).to_string() });
        outside(&server, "sqs", "AmazonSQS.SendMessage", &message);
    }
    // What EventBridge could not deliver has a queue of its own on AWS.
    let undelivered = json!({ "QueueName": "AtlasEngine-ContactEvents-Undelivered" });
    let made = outside(&server, "sqs", "AmazonSQS.CreateQueue", &undelivered);
    let message =
        json!({ "QueueUrl": made["QueueUrl"], "MessageBody": json!({"of": ada()}).to_string() });
    outside(&server, "sqs", "AmazonSQS.SendMessage", &message);
    let item = json!({
        "interactionKey": { "S": "key-of-ada-2" }, "record": { "S": "PARKED" },
        "intake": { "S": lead("key-of-ada-2", "Ada", "Lovelace", "+14155550177", "ADA@Example.com").to_string() },
    });
    let put = json!({ "TableName": "AtlasEngine-Calls", "Item": item });
    outside(&server, "dynamodb", "DynamoDB_20120810.PutItem", &put);
    fs::create_dir(folder.path("exported")).unwrap();
    folder.write("exported/ada.json", exported(&ada()).to_string());
    folder.write("exported/bob.json", exported(&bob()).to_string());
    folder.write("ada.txt", format!("{PHONE}\n"));
    account.atlas(&["suppress", "add", PHONE]).exits(0);
    for text in ADAS {
        assert!(!files_with(&folder.path("kept"), text).is_empty(), "{text}");
    }

    let whom =
        ["erase", "--phone", "@ada.txt", "--email", "ADA@example.com", "--exported", "exported"];
    let erase = |more: &[&str]| account.atlas(&[&whom, more].concat());
    let dry = erase(&["--dry-run"]).exits(0).out;
    assert!(dry.contains("would be erased") && dry.contains("call-key-of-ada"), "{dry}");
    for more in [&[][..], &["--json"]] {
        let asked = erase(more).exits(2);
        let shown = asked.err.find("call-key-of-ada").expect("whoever is asked sees what about");
        assert!(shown < asked.err.find("--yes").unwrap(), "{}", asked.err);
        assert_eq!(asked.out, "");
    }
    account.executions(&["show", &arn(CALL, "call-key-of-ada")]).exits(0);
    // Of another stack there are neither tables nor queues here.
    erase(&["--dry-run", "--stack", "Leads"]).exits(2);
    let mut of_leads = Account::new(&folder, server.url());
    of_leads.more.clone_from(&account.more);
    for (variable, table) in [
        ("CALLS_TABLE", "AtlasEngine-Calls"),
        ("SUPPRESSION_TABLE", "AtlasEngine-Suppression"),
        ("RESPONSE_CACHE_TABLE", "AtlasEngine-ResponseCache"),
    ] {
        of_leads.more.push((variable.to_owned(), table.to_owned()));
    }
    let dry =
        of_leads.atlas(&[&whom[..], &["--dry-run", "--stack", "Leads"]].concat()).exits(0).out;
    assert!(dry.contains("Leads-ContactEvents-DeadLetters"), "{dry}");
    assert!(!dry.contains("messages in"), "{dry}");

    let report = erase(&["--yes", "--json", "--report", "report.json"]).exits(0).document();
    assert_eq!(folder.read("report.json"), serde_json::to_string_pretty(&report).unwrap() + "\n");
    has_none_of(&report.to_string(), &["4155550123", "example.com", "Lovelace"]);
    assert_eq!(report["failed"], json!([]), "{report}");
    let count = |place: &str| {
        let places = report["erased"].as_array().unwrap().iter();
        places.filter(|it| it["place"] == place).map(|it| it["count"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(count("executions"), [json!(2)], "{report}");
    assert_eq!(count("exported files"), [json!(1)]);
    assert_eq!(count("messages in AtlasEngine-ContactEvents-DeadLetters"), [json!(1)]);
    assert_eq!(count("messages in AtlasEngine-ContactEvents-Undelivered"), [json!(1)]);
    // Lead, attempt, contact, and the lead that was parked.
    assert_eq!(count("records of leads and calls"), [json!(4)]);
    let kept = report["kept"].to_string();
    assert!(kept.contains("suppression list"), "{kept}");
    let elsewhere = report["notReached"].to_string();
    for place in ["Salesforce", "Interaction_Key__c = key-of-ada", "Amazon Connect", "backups"] {
        assert!(elsewhere.contains(place), "{place}: {elsewhere}");
    }

    for text in ADAS {
        assert_eq!(files_with(&folder.path("kept"), text), [""; 0], "{text}");
        assert_eq!(files_with(&folder.path("exported"), text), [""; 0], "{text}");
    }
    has_none_of(&records(&server), &ADAS);
    let gone = account.executions(&["show", &arn(CALL, "call-key-of-ada")]).exits(1).err;
    assert!(gone.contains("ExecutionDoesNotExist"), "{gone}");
    let nothing = erase(&["--yes"]).exits(0).out;
    assert!(nothing.contains("nothing is there to erase"), "{nothing}");

    for text in BOBS {
        assert!(!files_with(&folder.path("kept"), text).is_empty(), "{text}");
        assert!(!files_with(&folder.path("exported"), text).is_empty(), "{text}");
    }
    assert!(records(&server).contains("key-of-bob"));
    let receive = json!({ "QueueUrl": letters, "MaxNumberOfMessages": 10 });
    let left = outside(&server, "sqs", "AmazonSQS.ReceiveMessage", &receive).to_string();
    assert!(left.contains("key-of-bob"), "{left}");
    has_none_of(&left, &ADAS);
    let bobs = arn(CALL, "call-key-of-bob");
    let events = |server: &Server| {
        server.call("GetExecutionHistory", &json!({ "executionArn": bobs }))["events"].clone()
    };
    let before = events(&server);
    assert_eq!(before[0]["type"], "ExecutionStarted");
    server.kill();

    // And in a folder that nobody serves.
    let server = Server::of_kept_pipeline(&folder, &["--skip-waits"]);
    assert_eq!(events(&server), before);
    server.kill();
    let of_bob = ["erase", "--phone", "+14155550124", "--data", "kept", "--yes"];
    // Whoever would not be put on the list could be called again.
    for list in ["--suppress", "--forget-suppression"] {
        let refused = folder.atlas(&[&of_bob[..], &[list]].concat()).exits(2).err;
        assert!(refused.contains("--dynamodb-endpoint"), "{refused}");
    }
    assert!(!files_with(&folder.path("kept"), BOBS[0]).is_empty());
    let said = folder.atlas(&of_bob).exits(1).out;
    assert!(said.contains("--dynamodb-endpoint"), "{said}");
    for text in BOBS {
        assert_eq!(files_with(&folder.path("kept"), text), [""; 0], "{text}");
    }
    assert!(folder.atlas(&of_bob).exits(1).out.contains("nothing is there to erase"));
}

#[test]
fn while_an_execution_of_theirs_runs_nothing_is_erased_but_where_it_is_stopped() {
    let folder = Folder::new("operator-erase-running");
    let server = Server::start(&folder, &[]);
    let account = Account::new(&folder, server.url());
    let wait =
        json!({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 86_400, "End": true}}});
    account.machine("Waits", &wait);
    let started = account.start("Waits", "ada", &ada().to_string());
    let erase =
        |more: &[&str]| account.atlas(&[&["erase", "--email", EMAIL, "--yes"], more].concat());
    let refused = erase(&[]).exits(1).err;
    assert!(refused.contains("--stop-running") && refused.contains(&started), "{refused}");
    account.executions(&["show", &started]).exits(0);
    // Of the call that it has made nobody knows when it ends.
    let said = erase(&["--stop-running", "--json"]).exits(1).document();
    let stopped = said["notReached"].as_array().unwrap().iter();
    let stopped: Vec<_> =
        stopped.filter(|it| it["place"] == "calls of executions that are stopped").collect();
    assert_eq!(stopped[0]["names"], json!(["key-of-ada"]), "{said}");
    account.executions(&["show", &started]).exits(1);
    assert_eq!(files_with(&folder.path("kept"), EMAIL), [""; 0]);
}

#[test]
fn whoever_is_named_wrongly_is_not_repeated() {
    let folder = Folder::new("operator-erase-refused");
    for (arguments, input, words) in [
        (&["--phone", "0415555012"][..], "", "--phone, line 1: not a phone number in E.164"),
        (
            &["--email", "-"],
            "ada@example.com\nada at home\n",
            "--email, line 2: not an e-mail address",
        ),
        (&["--key", "+0415555012"], "", "--key: not a key"),
        (&[], "", "nobody is named"),
    ] {
        let ran = folder.atlas_reading(&[&["erase"], arguments].concat(), input).exits(1);
        assert!(ran.err.contains(words), "{}", ran.err);
        has_none_of(&ran.err, &["0415555012", "at home"]);
    }
}
