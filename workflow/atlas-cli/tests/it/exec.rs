//! `atlas exec`: any definition, with any input.

use serde_json::{Value, json};

use crate::harness::{Folder, Ran};

/// All eight state types, in JSONPath.
fn every_state_type() -> Value {
    json!({
        "StartAt": "Shape",
        "States": {
            "Shape": { "Type": "Pass", "Parameters": { "numbers.$": "$.numbers", "who": "Ada" },
                       "Next": "Rest" },
            "Rest": { "Type": "Wait", "Seconds": 3600, "Next": "Ask" },
            "Ask": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                     "Parameters": { "FunctionName": "F", "Payload.$": "$" },
                     "ResultSelector": { "size.$": "$.Payload.size" }, "ResultPath": "$.asked",
                     "Next": "Decide" },
            "Decide": { "Type": "Choice",
                        "Choices": [{ "Variable": "$.asked.size", "NumericGreaterThan": 2,
                                      "Next": "Both" }],
                        "Default": "TooSmall" },
            "TooSmall": { "Type": "Fail", "Error": "TooSmall", "Cause": "it is two at most" },
            "Both": { "Type": "Parallel", "ResultPath": "$.both", "Next": "Each", "Branches": [
                { "StartAt": "Left", "States": {
                    "Left": { "Type": "Pass", "Result": "left", "End": true } } },
                { "StartAt": "Right", "States": { "Right": { "Type": "Succeed", "InputPath": "$.who" } } },
            ] },
            "Each": { "Type": "Map", "ItemsPath": "$.numbers", "ResultPath": "$.each",
                      "ItemProcessor": { "StartAt": "Add", "States": {
                          "Add": { "Type": "Pass", "Parameters": { "sum.$": "States.MathAdd($, 1)" },
                                   "End": true } } },
                      "Next": "Done" },
            "Done": { "Type": "Succeed", "OutputPath": "$" },
        },
    })
}

fn mocks(machine: &str, state: &str, response: Value) -> Value {
    json!({
        "StateMachines": { machine: { "TestCases": { "Only": { state: "Answer" } } } },
        "MockedResponses": { "Answer": response },
    })
}

fn types(document: &Value) -> Vec<&str> {
    let events = document["executions"][0]["events"].as_array().unwrap();
    events.iter().filter_map(|event| event["type"].as_str()).collect()
}

#[test]
fn every_state_type_runs() {
    let folder = Folder::new("exec-types");
    folder.write("All.asl.json", every_state_type().to_string());
    let answer =
        |size: u32| mocks("All", "Ask", json!({"0": {"Return": {"Payload": {"size": size}}}}));
    folder.write("mocks.json", answer(3).to_string());
    folder.write("small.json", answer(2).to_string());
    let arguments =
        ["exec", "All.asl.json", "--skip-waits", "--input", r#"{"numbers":[1,2]}"#, "--mocks"];
    let document =
        folder.atlas(&[&arguments[..], &["mocks.json", "--json"]].concat()).exits(0).document();
    assert_eq!(
        document["executions"][0]["output"],
        json!({
            "numbers": [1, 2], "who": "Ada", "asked": { "size": 3 }, "both": ["left", "Ada"],
            "each": [{ "sum": 2 }, { "sum": 3 }],
        })
    );
    let types = types(&document);
    for entered in ["Pass", "Wait", "Task", "Choice", "Parallel", "Map", "Succeed"] {
        assert!(types.contains(&format!("{entered}StateEntered").as_str()), "{entered}");
    }
    let failed = folder.atlas(&[&arguments[..], &["small.json"]].concat()).exits(1);
    assert_eq!(
        failed.err,
        "atlas: All ended as FAILED in state `TooSmall`: TooSmall: it is two at most\n"
    );
}

#[test]
fn jsonata_and_variables_run_too() {
    let folder = Folder::new("exec-jsonata");
    let machine = json!({
        "StartAt": "Keep",
        "States": {
            "Keep": { "Type": "Pass", "QueryLanguage": "JSONata", "Assign": { "total": "{% $sum($states.input.prices) %}" },
                      "Next": "Each" },
            "Each": { "Type": "Map", "QueryLanguage": "JSONata", "Items": "{% $states.input.prices %}",
                      "ItemSelector": { "price": "{% $states.context.Map.Item.Value %}" },
                      "ItemProcessor": { "StartAt": "Share", "States": {
                          "Share": { "Type": "Pass", "QueryLanguage": "JSONata",
                                     "Output": "{% $states.input.price / $total %}", "End": true } } },
                      "Next": "Old" },
            "Old": { "Type": "Pass",
                     "Parameters": { "shares.$": "$", "total.$": "$total" }, "Next": "Enough" },
            "Enough": { "Type": "Choice", "QueryLanguage": "JSONata",
                        "Choices": [{ "Condition": "{% $states.input.total > 3 %}", "Next": "Done" }],
                        "Default": "Done" },
            "Done": { "Type": "Succeed", "QueryLanguage": "JSONata", "Output": "{% $merge([$states.input, {'ok': true}]) %}" },
        },
    });
    folder.write("m.json", machine.to_string());
    let document =
        folder.atlas(&["exec", "m.json", "--json", "--input", r#"{"prices":[1,3]}"#]).document();
    let expected = json!({ "shares": [0.25, 0.75], "total": 4, "ok": true });
    assert_eq!(document["executions"][0]["output"], expected);
}

fn echo(folder: &Folder) {
    let machine = json!({"StartAt": "Echo", "States": {"Echo": {"Type": "Succeed"}}});
    folder.write("echo.asl.json", machine.to_string());
}

fn output(ran: Ran) -> Value {
    ran.exits(0).document()["executions"][0]["output"].clone()
}

#[test]
fn the_input_is_text_a_file_or_standard_input() {
    let folder = Folder::new("exec-input");
    echo(&folder);
    folder.write("input.json", "{\"from\": \"file\"}\n");
    let exec = ["exec", "echo.asl.json", "--json"];
    let with = |input: &str| output(folder.atlas(&[&exec[..], &["--input", input]].concat()));
    assert_eq!(output(folder.atlas(&exec)), json!({}));
    assert_eq!(with(r#"{"a": [1, null]}"#), json!({"a": [1, null]}));
    assert_eq!(with("null"), json!(null));
    assert_eq!(with("-5"), json!(-5));
    assert_eq!(with("@input.json"), json!({"from": "file"}));
    let read = folder.atlas_reading(&[&exec[..], &["--input", "-"]].concat(), "\"stdin\"");
    assert_eq!(output(read), json!("stdin"));
    let machine = folder.read("echo.asl.json");
    let read = folder.atlas_reading(&["exec", "-", "--json", "--input", "7"], &machine);
    assert_eq!(output(read), json!(7));
}

#[test]
fn a_month_and_ten_retries_end_at_once_and_the_history_says_a_month() {
    let folder = Folder::new("exec-month");
    let machine = json!({
        "StartAt": "Month",
        "States": {
            "Month": { "Type": "Wait", "Seconds": 2_592_000, "Next": "Call" },
            "Call": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                      "Parameters": { "FunctionName": "F" },
                      "Retry": [{ "ErrorEquals": ["Busy"], "IntervalSeconds": 1, "MaxAttempts": 10,
                                  "BackoffRate": 2 }],
                      "End": true },
        },
    });
    folder.write("Month.asl.json", machine.to_string());
    let response =
        json!({"0-9": {"Throw": {"Error": "Busy", "Cause": "try later"}}, "10": {"Return": 1}});
    folder.write("mocks.json", mocks("Month", "Call", response).to_string());
    let arguments = ["exec", "Month.asl.json", "--mocks", "mocks.json", "--skip-waits"];
    let ran = folder.atlas(&[&arguments[..], &["--history"]].concat()).exits(0);
    let events: Vec<Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let failed = events.iter().filter(|event| event["type"] == "TaskFailed").count();
    assert_eq!(failed, 10);
    // 30 days, and 1 + 2 + … + 512 seconds.
    let days = |event: &Value| {
        let text = event["timestamp"].as_str().unwrap();
        let (date, time) = text.split_once('T').unwrap();
        let number = |text: &str| text.parse::<i64>().unwrap();
        let date: Vec<i64> = date.split('-').map(number).collect();
        let time: Vec<i64> = time[..8].split(':').map(number).collect();
        // Days since some beginning, by the rule of the civil calendar.
        let (year, month) =
            if date[1] > 2 { (date[0], date[1] - 3) } else { (date[0] - 1, date[1] + 9) };
        let day = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + date[2];
        day * 86_400 + time[0] * 3_600 + time[1] * 60 + time[2]
    };
    let length = days(events.last().unwrap()) - days(&events[0]);
    let expected = 30 * 86_400 + 1_023;
    assert!((expected..=expected + 5).contains(&length), "{length}");

    let shown = folder.atlas(&arguments).exits(0).out;
    assert!(shown.contains("30 d") && shown.contains("Call #11"), "{shown}");
    assert!(shown.contains("retry delay of Call"), "{shown}");
}

#[test]
fn substitutions_fill_the_definition() {
    let folder = Folder::new("exec-substitute");
    let machine = json!({
        "StartAt": "Ask",
        "States": { "Ask": { "Type": "Task", "Resource": "${Arn}", "End": true,
                             "Comment": "${Quote}" } },
    });
    folder.write("Ask.asl.json", machine.to_string());
    let response = json!({"0": {"Return": "fine"}});
    folder.write("mocks.json", mocks("Ask", "Ask", response).to_string());
    let arn = "Arn=arn:aws:lambda:us-east-1:123456789012:function:F";
    let arguments =
        ["exec", "Ask.asl.json", "--mocks", "mocks.json", "--json", "--substitute", arn];
    let ran = folder.atlas(&[&arguments[..], &["--substitute", "Quote=a\"b\\"]].concat());
    assert_eq!(output(ran), json!("fine"));
    folder
        .atlas(&["exec", "Ask.asl.json", "--substitute", "Arn"])
        .refuses(2, &["Arn", "NAME=VALUE"]);
}

#[test]
fn a_failure_inside_parallel_or_map_names_its_state() {
    let folder = Folder::new("exec-inside");
    let flow = json!({"StartAt": "Boom", "States": {
        "Boom": { "Type": "Fail", "Error": "Boom.Error", "Cause": "it went off" } }});
    let machine =
        |state: Value| json!({"StartAt": "Outer", "States": {"Outer": state}}).to_string();
    folder.write(
        "parallel.json",
        machine(json!({"Type": "Parallel", "End": true, "Branches": [
            flow, {"StartAt": "Hold", "States": {"Hold": {"Type": "Wait", "Seconds": 60, "End": true}}},
        ]})),
    );
    folder.write("map.json", machine(json!({"Type": "Map", "End": true, "ItemProcessor": flow})));
    for (file, machine) in [("parallel.json", "parallel"), ("map.json", "map")] {
        let ran = folder.atlas(&["exec", file, "--input", "[1, 2]"]).exits(1);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        for words in [machine, "FAILED", "`Boom`", "Boom.Error", "it went off"] {
            assert!(ran.err.contains(words), "{}", ran.err);
        }
        assert!(ran.out.contains("✗ Boom"), "{}", ran.out);
        let document =
            folder.atlas(&["exec", file, "--input", "[1]", "--json"]).exits(1).document();
        assert_eq!(document["status"], "FAILED");
        assert_eq!(
            (&document["error"], &document["cause"]),
            (&json!("Boom.Error"), &json!("it went off"))
        );
    }
}

#[test]
fn the_state_that_failed_is_named_and_none_that_was_stopped_for_it() {
    let folder = Folder::new("exec-failed-beside");
    let branch = |name: &str, mut state: Value| {
        state["End"] = json!(true);
        json!({ "StartAt": name, "States": { name: state } })
    };
    let ask = json!({ "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage" });
    let hold = json!({ "Type": "Wait", "Seconds": 60 });
    let parallel = json!({ "Type": "Parallel", "End": true,
                           "Branches": [branch("Ask", ask), branch("Hold", hold)] });
    folder
        .write("P.json", json!({ "StartAt": "Both", "States": { "Both": parallel } }).to_string());
    let throw = json!({ "0": { "Throw": { "Error": "Broken", "Cause": "it is" } } });
    folder.write("mocks.json", mocks("P", "Ask", throw).to_string());
    let ran = folder.atlas(&["exec", "P.json", "--mocks", "mocks.json"]).exits(1);
    assert!(ran.err.contains("P ended as FAILED in state `Ask`: Broken"), "{}", ran.err);
    assert!(ran.out.contains("■ Hold"), "{}", ran.out);
}

#[test]
fn a_task_that_nothing_can_perform_says_so() {
    let folder = Folder::new("exec-unmocked");
    for (file, resource) in [
        ("lambda.json", "arn:aws:states:::lambda:invoke"),
        ("activity.json", "arn:aws:states:us-east-1:123456789012:activity:Work"),
    ] {
        let parameters = json!({ "FunctionName": "F" });
        let machine = json!({"StartAt": "Ask", "States": {
            "Ask": { "Type": "Task", "Resource": resource, "Parameters": parameters, "End": true } }});
        folder.write(file, machine.to_string());
        for time in [&["--skip-waits"][..], &[]] {
            let ran = folder.atlas(&[&["exec", file], time].concat()).exits(1);
            assert!(ran.err.contains("`Ask`") && ran.err.contains("States.Runtime"), "{}", ran.err);
        }
    }
}

#[test]
fn ten_thousand_items_are_summed_up() {
    let folder = Folder::new("exec-items");
    let machine = json!({
        "StartAt": "Each",
        "States": {
            "Each": { "Type": "Map", "Next": "After", "ItemProcessor": { "StartAt": "One", "States": {
                "One": { "Type": "Pass", "End": true } } } },
            "After": { "Type": "Pass", "Result": "done", "End": true },
        },
    });
    folder.write("items.json", machine.to_string());
    folder.write("input.json", json!((0..10_000).collect::<Vec<u32>>()).to_string());
    let arguments = ["exec", "items.json", "--type", "express", "--input", "@input.json"];
    let shown = folder.atlas(&arguments).exits(0).out;
    assert!(shown.lines().count() < 300, "{} lines", shown.lines().count());
    assert_eq!(shown.matches("✓ After").count(), 2, "{shown}");
    assert_eq!(shown.matches("… and 9940 more").count(), 2);
}

#[test]
fn a_long_wait_in_real_time_says_how_to_skip_it() {
    let folder = Folder::new("exec-long");
    let machine = json!({
        "TimeoutSeconds": 6, "StartAt": "Hold",
        "States": { "Hold": { "Type": "Wait", "Seconds": 3600, "End": true } },
    });
    folder.write("hold.json", machine.to_string());
    let ran = folder.atlas(&["exec", "hold.json", "--json"]).exits(1);
    let note = ran.err.lines().next().unwrap();
    assert!(note.starts_with("atlas: hold waits for ") && note.contains("--skip-waits"), "{note}");
    assert_eq!(ran.document()["status"], "TIMED_OUT");
    let ran = folder.atlas(&["exec", "hold.json", "--json", "--skip-waits"]).exits(1);
    assert!(!ran.err.contains("waits for"), "{}", ran.err);
}
