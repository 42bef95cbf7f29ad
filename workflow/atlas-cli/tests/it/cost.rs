//! `atlas cost` and `atlas capacity`: figures that add up, files that are read, and what is counted held against what
//! the sandbox counts.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use atlas_cost::{Decimal, Requests};
use serde_json::{Value, json};

use super::{harness::Folder, server::Server};

const PAGE: &str = include_str!("../../../../docs/cost.md");
const PRICES: &str = include_str!("../../../atlas-cost/data/prices-us-east-1.json");
const LEAD: &str = include_str!("../../../../definitions/leads/ada.json");

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn the_tables_of_the_page_are_what_the_commands_print_today() {
    let folder = Folder::new("cost-page");
    let mut parts = PAGE.split("<!-- printed by: ").skip(1).peekable();
    assert!(parts.peek().is_some());
    for part in parts {
        let (command, rest) = part.split_once(" -->\n").unwrap();
        let (expected, _) = rest.split_once("<!-- end -->").unwrap();
        let arguments: Vec<&str> = command.strip_prefix("atlas ").unwrap().split(' ').collect();
        let printed = folder.atlas(&arguments).exits(0).out;
        assert!(
            printed.trim() == expected.trim(),
            "docs/cost.md is not what `{command}` prints:\n{printed}"
        );
    }
}

#[test]
fn a_bill_adds_up_to_the_last_digit() {
    let folder = Folder::new("cost-sum");
    let bill = |more: &[&str]| {
        let arguments = [&["cost", "--leads-per-day", "777", "--json"], more].concat();
        folder.atlas(&arguments).exits(0).document()
    };
    let first = bill(&["--provisioned", "CreateLeadHandler=2"]);
    let lines = first["lines"].as_array().unwrap();
    let sum: Decimal = lines.iter().map(|line| decimal(&line["amount"])).sum();
    assert_eq!(sum, decimal(&first["total"]));
    assert!(lines.iter().any(|line| {
        line["item"] == "provisioned concurrency of CreateLeadHandler"
            && line["quantity"] == "2592000"
    }));
    // Another price changes its line, and nothing else.
    let mut prices: Value = serde_json::from_str(PRICES).unwrap();
    prices["prices"]["connect.voice"]["usd"] = json!("0.036");
    folder.write("prices.json", prices.to_string());
    let (usual, dear) = (bill(&[]), bill(&["--prices", "prices.json"]));
    let voice = |bill: &Value| {
        let lines = bill["lines"].as_array().unwrap();
        let line = lines.iter().find(|line| line["item"] == "minutes of calls").unwrap();
        decimal(&line["amount"])
    };
    assert_eq!(voice(&dear), voice(&usual) + voice(&usual));
    assert_eq!(decimal(&dear["total"]), decimal(&usual["total"]) + voice(&usual));
}

#[test]
fn nobody_who_talks_costs_connect_nothing_but_the_number() {
    let folder = Folder::new("cost-refused");
    let arguments = ["cost", "--leads-per-day", "100", "--share", "CallRefused=1", "--json"];
    let bill = folder.atlas(&arguments).exits(0).document();
    for line in bill["lines"].as_array().unwrap() {
        if line["service"] == "Connect" && line["item"] != "phone numbers" {
            assert_eq!(line["amount"], "0", "{line}");
        }
    }
    // FirstAttempt, InvokeOutboundCall, UpdateLead, Done.
    assert_eq!(bill["comparison"]["transitions"], "4");
}

#[test]
fn what_stops_first_is_what_carries_least() {
    let folder = Folder::new("capacity-order");
    let arguments = ["capacity", "--leads-per-hour", "1000,10", "--backlog", "1", "--json"];
    let note = folder.atlas(&arguments).exits(0).document();
    let rows = note["capacity"]["rows"].as_array().unwrap();
    let carries: Vec<Decimal> = rows.iter().map(|row| decimal(&row["carries"])).collect();
    assert!(carries.is_sorted() && carries.len() > 15, "{carries:?}");
    assert_eq!(note["capacity"]["rates"], json!([10, 1000]));
    assert_eq!(note["backlog"]["rows"][0]["calledInTime"], "1");
    assert!(rows[0]["resource"].as_str().unwrap().starts_with("Connect: calls"));
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let folder = Folder::new("cost-refusals");
    folder.write("prices.json", PRICES.replace("\"0.018\"", "0.018"));
    folder.write("measured.json", "{}");
    let check = |arguments: &[&str], code: i32, words: &[&str]| {
        let ran = folder.atlas(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{ran:?}");
        for word in words {
            assert!(ran.err.contains(word), "`{word}` is missing in {}", ran.err);
        }
    };
    for leads in ["0", "1000000000000", "-5", "1.5", "many", "99999999999999999999999999"] {
        let arguments = ["cost", "--leads-per-day", leads];
        check(&arguments, 2, &["expected a whole number from 1 to 100000000"]);
        let arguments = ["capacity", "--leads-per-hour", leads];
        check(&arguments, 2, &["expected a whole number from 1 to 100000000"]);
    }
    let more = |more: &[&'static str]| [&["cost", "--leads-per-day", "10"], more].concat();
    check(&more(&["--region", "eu-west-1"]), 2, &["prices are of us-east-1, and eu-west-1"]);
    check(&more(&["--prices", "prices.json"]), 1, &["prices.json: the prices: ", "a string"]);
    check(&more(&["--prices", "absent.json"]), 2, &["absent.json: "]);
    check(&more(&["--measured", "measured.json"]), 1, &["measured.json: ", "`functions`"]);
    check(&more(&["--share", "HappyPath=2"]), 2, &["expected CASE=SHARE"]);
    check(&more(&["--share", "Other=0.5"]), 2, &["`Other` is no mock case; known: "]);
    check(&more(&["--provisioned", "Other=1"]), 2, &["`Other` is no function"]);
    check(&more(&["--talk-seconds", "-1"]), 2, &["--talk-seconds"]);
    let most = ["cost", "--leads-per-day", "100000000"];
    folder.atlas(&most).exits(0);
}

#[test]
fn what_a_lead_asks_of_dynamodb_is_what_the_sandbox_counts() {
    let folder = Folder::new("cost-recorded");
    let server = Server::of_pipeline(&folder, &[]);
    let before = units(&server);
    let machine = "arn:aws:states:us-east-1:000000000000:stateMachine:AtlasEngineWorkflow";
    server.call("StartExecution", &json!({"stateMachineArn": machine, "input": LEAD}));
    let key = serde_json::from_str::<Value>(LEAD).unwrap()["interactionKey"].clone();
    let call = format!(
        "arn:aws:states:us-east-1:000000000000:execution:AtlasEngineCallWorkflow:call-{}",
        key.as_str().unwrap()
    );
    let watched = ["executions", "watch", &call, "--endpoint", &server.url()];
    assert!((0..100).any(|_| folder.atlas(&watched).code == 0), "the call did not end");
    let requests = Requests::built_in();
    let ends = [
        ("CreateLeadHandler", "succeeded"),
        ("GenerateDynamicScenarioHandler", "succeeded"),
        ("InvokeOutboundCallHandler", "ANSWERED"),
        ("CallEndedHandler", "succeeded"),
        ("UpdateLeadHandler", "succeeded"),
    ];
    // Nothing is in the cache at first.
    let asked = ends.map(|(handler, end)| requests.units(handler, end, Decimal::ZERO));
    let (writes, reads): (Vec<Decimal>, Vec<Decimal>) = asked.into_iter().unzip();
    let expected = (halves(writes.into_iter().sum()), halves(reads.into_iter().sum()));
    let mut counted = (0, 0);
    // What tidies up after the callback may come after the end of the call.
    let mut is_all = |_| {
        let now = units(&server);
        counted = (now.0 - before.0, now.1 - before.1);
        counted >= expected
    };
    let _ = (0..200).any(&mut is_all);
    assert_eq!(counted, expected, "halves of units written and read");
}

fn halves(units: Decimal) -> u64 {
    units.times(Decimal::whole(2)).unwrap().to_string().parse().unwrap()
}

/// What was written and read so far, in halves of units; of the sweeper's reads none.
fn units(server: &Server) -> (u64, u64) {
    let address = server.services().replace("http://", "");
    let mut stream = TcpStream::connect(&address).unwrap();
    let request = "GET /_atlas/counters HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let counters: Value = serde_json::from_str(body).unwrap();
    let (mut written, mut read) = (0, 0);
    for (what, halves) in counters["capacityHalfUnits"].as_object().into_iter().flatten() {
        let halves = halves.as_u64().unwrap();
        match what.as_str() {
            "Query AtlasEngine-Calls" => {}
            what if what.starts_with("Query") || what.starts_with("Get") => read += halves,
            _ => written += halves,
        }
    }
    (written, read)
}
