//! The lead-to-call machines: business keys, and what is parked.

use serde_json::{Value, json};

use super::account::Account;
use crate::{harness::Folder, server::Server};

const KEY: &str = "3f0c1e5a7b9d4c2e8a6f0b1d2c3e4f50";

fn lead() -> Value {
    let text = include_str!("../../../../../definitions/leads/ada.json");
    serde_json::from_str(text).unwrap()
}

fn account<'a>(folder: &'a Folder, server: &Server) -> Account<'a> {
    let mut account = Account::new(folder, server.url());
    let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    account.more = vec![
        own("AWS_ENDPOINT_URL_DYNAMODB", &server.services()),
        own("PHONE_HASH_KEY", "sandbox-phone-hash-key"),
    ];
    account
}

/// Takes a lead through the pipeline to the end of its call.
fn call(account: &Account<'_>, lead: &Value) {
    let arn = account.start("AtlasEngineWorkflow", "lead", &lead.to_string());
    account.executions(&["watch", &arn]).exits(0);
    let call = format!("call-{}", lead["interactionKey"].as_str().unwrap());
    account.executions(&["watch", &call, "--machine", "AtlasEngineCallWorkflow"]);
}

#[test]
fn executions_are_found_by_every_key_of_the_business() {
    let folder = Folder::new("operator-keys");
    let server = Server::of_pipeline(&folder, &["--skip-waits"]);
    let account = account(&folder, &server);
    call(&account, &lead());
    let find = |key: &str| {
        let listed = account.executions(&["list", "--key", key, "--json"]).exits(0).document();
        let names =
            listed.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<String>>()
    };
    let named = format!("call-{KEY}");
    for key in [KEY, "+14155550123", "+1 (415) 555-0123"] {
        assert!(find(key).contains(&named), "{key}: {:?}", find(key));
    }
    assert_eq!(find("nobody"), [""; 0]);
    account.executions(&["list", "--key", "14155550123"]).refuses(1, &["needs its `+`"]);
    let shown = account.executions(&["show", KEY]).exits(0).out;
    assert!(shown.contains(" of AtlasEngine") && !shown.contains("Lovelace"), "{shown}");
    let data = account
        .executions(&[
            "show",
            &named,
            "--machine",
            "AtlasEngineCallWorkflow",
            "--data",
            "UpdateLead",
        ])
        .exits(0)
        .out;
    assert!(data.contains("UpdateLead (event ") && data.contains("StateInput"), "{data}");
    account
        .executions(&["show", &named, "--machine", "AtlasEngineCallWorkflow", "--data", "Nowhere"])
        .exits(1);
}

#[test]
fn the_profile_of_what_a_server_has_is_of_executions_with_all_that_they_started() {
    let folder = Folder::new("operator-profile");
    let server = Server::of_pipeline(&folder, &["--skip-waits"]);
    let account = account(&folder, &server);
    let profile = |arguments: &[&str]| account.atlas(&[&["profile"], arguments].concat());
    let last = ["--last", "5", "--machine", "AtlasEngineWorkflow", "--format", "json"];
    assert!(profile(&last).exits(1).err.contains("no execution to profile"));
    call(&account, &lead());
    let report = profile(&last).exits(0).document();
    assert_eq!(report["runs"], 1, "{report}");
    let text = report.to_string();
    assert!(text.contains("CreateLead") && text.contains("UpdateLead"), "{text}");
    let nowhere = [&last[..], &["--until", "nosuch:op"]].concat();
    profile(&nowhere).refuses(1, &["of 1 runs none got to", "--until end"]);
    assert!(profile(&["--machine", "AtlasEngineWorkflow"]).exits(2).err.contains("--last"));
}

#[test]
fn a_parked_lead_is_replayed_once_and_only_then_forgotten() {
    let folder = Folder::new("operator-parked-lead");
    let server = Server::of_pipeline(&folder, &["--skip-waits"]);
    let account = account(&folder, &server);
    park(
        &server,
        "PARKED",
        &json!({
            "error": { "S": "\"Salesforce.Unavailable\"" },
            "failure": { "S": "{\"Error\":\"Salesforce.Unavailable\"}" },
            "intake": { "S": lead().to_string() },
        }),
    );
    let parked = |arguments: &[&str]| account.atlas(&[&["parked"], arguments].concat());
    let listed = parked(&["list"]).exits(0).out;
    assert!(listed.contains(&format!("\tlead\t{KEY}\tSalesforce.Unavailable")), "{listed}");
    let shown = parked(&["show", KEY]).exits(0).out;
    assert!(
        shown.contains("intake") && !shown.contains("Lovelace") && !shown.contains("555"),
        "{shown}"
    );

    let dry = parked(&["replay", KEY, "--dry-run"]).exits(0);
    assert!(dry.err.contains("rings the lead's phone for the first time"), "{}", dry.err);
    let dry = parked(&["replay", KEY, "--dry-run", "--json"]).exits(0).document();
    assert_eq!((&dry[0]["record"], &dry[0]["result"]), (&json!("PARKED"), &json!("planned")));
    assert!(parked(&["replay", KEY]).exits(2).err.contains("--yes"));
    assert_eq!(parked(&["list"]).exits(0).out, listed, "nothing was done");
    let replayed = parked(&["replay", KEY, "--yes"]).exits(0).out;
    assert!(replayed.starts_with(&format!("{KEY}\tPARKED\tarn:")), "{replayed}");
    assert!(parked(&["list"]).exits(0).err.contains("nothing is parked"));
    parked(&["replay", KEY, "--yes"]).refuses(1, &["nothing is parked under"]);
}

#[test]
fn a_parked_outcome_is_reported_by_the_machines_own_step() {
    let folder = Folder::new("operator-parked-outcome");
    let server = Server::of_pipeline(&folder, &["--skip-waits"]);
    let account = account(&folder, &server);
    call(&account, &lead());
    let callback = json!({ "contactId": "c-1", "outcome": "BUSY", "disconnectReason": "CUSTOMER_BUSY",
        "connectedAt": null, "endedAt": null, "talkSeconds": null });
    let item = |lead_id: &str| {
        json!({
            "error": { "S": "\"Salesforce.Unavailable\"" }, "leadId": { "S": lead_id },
            "attempt": { "N": "1" }, "callback": { "S": callback.to_string() },
        })
    };
    park(&server, "UNREPORTED#1", &item("no id"));
    let replay = || account.atlas(&["parked", "replay", KEY, "--yes"]);
    let refused = replay().exits(1);
    assert!(
        refused.err.contains("stays parked") && refused.err.contains("Input.Invalid"),
        "{}",
        refused.err
    );
    park(&server, "UNREPORTED#1", &item("00Q000000000001EAA"));
    assert_eq!(replay().exits(0).out, format!("{KEY}\tUNREPORTED#1\treported\n"));
    park(&server, "UNREPORTED#1", &item("00Q000000000001EAA"));
    let told = account.atlas(&["parked", "replay", KEY, "--yes", "--json"]).exits(0).document();
    assert_eq!((&told[0]["result"], &told[0]["what"]), (&json!("replayed"), &json!("reported")));
    assert_eq!(account.atlas(&["parked", "replay", "--all", "--json"]).exits(0).out, "[]\n");
    let mut lost = self::account(&folder, &server);
    lost.more[0].1 = "http://127.0.0.1:9".to_owned();
    let unanswered = lost.atlas(&["parked", "list"]).exits(2).err;
    assert!(
        unanswered
            .contains("nobody answers at http://127.0.0.1:9, which AWS_ENDPOINT_URL_DYNAMODB"),
        "{unanswered}"
    );
    lost.more.remove(0);
    assert!(lost.atlas(&["parked", "list"]).exits(2).err.contains("`services outside`"));
    assert!(account.atlas(&["parked", "list"]).exits(0).err.contains("nothing is parked"));
}

/// Parks an item as the machines do.
fn park(server: &Server, record: &str, fields: &Value) {
    let mut item = fields.clone();
    item["interactionKey"] = json!({ "S": KEY });
    item["record"] = json!({ "S": record });
    item["parkedAt"] = json!({ "S": "2026-11-20T09:15:30Z" });
    item["expiresAt"] = json!({ "N": "4102444800" });
    let request = json!({ "TableName": "AtlasEngine-Calls", "Item": item });
    let address = server.services();
    let answer = crate::server::ask_service(
        address.trim_start_matches("http://"),
        "dynamodb",
        "DynamoDB_20120810.PutItem",
        &request,
    );
    assert!(answer.0.contains(" 200 "), "{answer:?}");
}
