//! The console's API: what each route tells, what it refuses, and what happens as it happens.

use std::net::SocketAddr;

use atlas_engine::Place;
use atlas_server::{App, AppOptions, ServiceCall, StartForm, wall_clock};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

use crate::client::{Client, served_app};

const HOSTILE: &str = "<img src=x onerror=alert(1)>\"'\u{202e}\u{0}";

/// A server, and somebody who asks it both ways.
struct Console {
    address: SocketAddr,
    aws: Client,
}

impl Console {
    async fn new(options: AppOptions) -> Self {
        let address = served_app(App::new(options)).await;
        Self { address, aws: Client::connect(address, "test").await }
    }

    async fn exchange(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(self.address).await.expect("somebody listens");
        let request = format!(
            "{method} /console/api/{path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("the server answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head, then a body");
        assert!(head.contains("cache-control: no-store"), "{head}");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let body = serde_json::from_str(body).unwrap_or_else(|_| panic!("{path}: {body}"));
        (status.expect("it begins with a status"), body)
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.exchange("GET", path, "").await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn refused(&self, method: &str, path: &str, body: &str, status: u16, code: &str) {
        let (found, body) = self.exchange(method, path, body).await;
        assert_eq!((found, &body["error"]["code"]), (status, &json!(code)), "{path}: {body}");
        assert!(body["error"]["message"].is_string());
    }

    async fn create(&mut self, name: &str, definition: &Value) -> String {
        let request = json!({ "name": name, "roleArn": "r", "definition": definition.to_string() });
        let (status, created) = self.aws.call("CreateStateMachine", &request).await;
        assert_eq!(status, 200, "{created}");
        text(&created["stateMachineArn"])
    }

    async fn start(&mut self, machine: &str, name: &str, input: &Value) -> String {
        let input = input.to_string();
        let request = json!({ "stateMachineArn": machine, "name": name, "input": input });
        let (status, started) = self.aws.call("StartExecution", &request).await;
        assert_eq!(status, 200, "{started}");
        text(&started["executionArn"])
    }

    /// Waits until an execution has come to this, which it does without anybody's help.
    async fn until(&self, arn: &str, is_there: impl Fn(&Value) -> bool) -> Value {
        loop {
            let told = self.get(&format!("execution?arn={}", escaped(arn))).await;
            if is_there(&told) {
                return told;
            }
            tokio::task::yield_now().await;
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("it is a text").to_owned()
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn waiting() -> Value {
    json!({ "StartAt": "Prepare", "States": {
        "Prepare": { "Type": "Pass", "Result": { "n": 1 }, "ResultPath": "$.more", "Next": "Call" },
        "Call": { "Type": "Task", "TimeoutSeconds": 900, "End": true,
            "Resource": "arn:aws:states:us-east-1:000000000000:activity:a" } } })
}

fn failing() -> Value {
    json!({ "StartAt": "Broken", "States": { "Broken": {
        "Type": "Fail", "Error": "Lead.Rejected", "Cause": HOSTILE } } })
}

/// A machine that waits for a worker, and one that fails; an execution of each.
async fn prepared() -> (Console, [String; 2], [String; 2]) {
    let mut console = Console::new(AppOptions::default()).await;
    let _activity = console.aws.call("CreateActivity", &json!({ "name": "a" })).await;
    let waits = console.create("waits", &waiting()).await;
    let fails = console.create("fails", &failing()).await;
    let input = json!({ "interactionKey": "key-1", "note": HOSTILE });
    let open = console.start(&waits, "open-1", &input).await;
    let failed = console.start(&fails, "failed-1", &json!({})).await;
    console.until(&failed, |told| told["view"]["status"] == "FAILED").await;
    console.until(&open, |told| told["openTasks"][0]["event"].is_u64()).await;
    (console, [waits, fails], [open, failed])
}

#[tokio::test]
async fn executions_are_listed_by_what_is_asked_for() {
    let (console, [waits, fails], [open, failed]) = prepared().await;
    let all = console.get("executions").await;
    assert_eq!(all["executions"][0]["executionArn"], json!(failed));
    assert_eq!(all["executions"].as_array().unwrap().len(), 2);
    let first = &all["executions"][1];
    assert_eq!(
        (
            &first["executionArn"],
            &first["name"],
            &first["stateMachineArn"],
            &first["status"],
            &first["type"]
        ),
        (&json!(open), &json!("open-1"), &json!(waits), &json!("RUNNING"), &json!("STANDARD"))
    );
    assert!(first["startedAt"].as_i64().unwrap() > 1_700_000_000_000 && first["endedAt"].is_null());
    let now = first["startedAt"].as_i64().unwrap();
    for (query, expected) in [
        ("status=RUNNING".to_owned(), vec![&open]),
        ("status=RUNNING&status=FAILED".to_owned(), vec![&failed, &open]),
        ("status=SUCCEEDED".to_owned(), vec![]),
        (format!("machine={}", escaped(&fails)), vec![&failed]),
        ("name=open".to_owned(), vec![&open]),
        ("name=nobody".to_owned(), vec![]),
        ("key=key-1".to_owned(), vec![&open]),
        (format!("key=key-1&machine={}", escaped(&fails)), vec![]),
        ("order=oldest".to_owned(), vec![&open, &failed]),
        (format!("until={now}"), vec![]),
        ("since=0".to_owned(), vec![&failed, &open]),
        ("machine=nothing".to_owned(), vec![]),
        ("account=111111111111".to_owned(), vec![]),
        (format!("name={}", escaped(HOSTILE)), vec![]),
    ] {
        let page = console.get(&format!("executions?{query}")).await;
        let arns = page["executions"].as_array().unwrap().iter();
        let arns: Vec<&Value> = arns.map(|row| &row["executionArn"]).collect();
        let expected: Vec<Value> = expected.into_iter().map(|arn| json!(arn)).collect();
        assert_eq!(arns, expected.iter().collect::<Vec<_>>(), "{query}");
    }
    let (_, found) = console.exchange("POST", "find", r#"{"key": " key-1 "}"#).await;
    assert_eq!(found["executions"][0]["executionArn"], json!(open));
    // Page by page.
    let one = console.get("executions?limit=1").await;
    let rest = console.get(&format!("executions?limit=1&before={}", one["next"])).await;
    assert_eq!(rest["executions"][0]["executionArn"], json!(open));
}

#[tokio::test]
async fn they_are_counted_by_machine_and_status() {
    let (console, [waits, _], _) = prepared().await;
    let counts = console.get("counts").await;
    assert_eq!(
        counts["total"],
        json!({"RUNNING": 1, "SUCCEEDED": 0, "FAILED": 1, "TIMED_OUT": 0, "ABORTED": 0})
    );
    let machines = counts["machines"].as_array().unwrap();
    let own = machines.iter().find(|machine| machine["stateMachineArn"] == json!(waits)).unwrap();
    assert_eq!((&own["name"], &own["type"]), (&json!("waits"), &json!("STANDARD")));
    assert_eq!((&own["counts"]["RUNNING"], &own["counts"]["FAILED"]), (&json!(1), &json!(0)));
}

#[tokio::test]
async fn an_execution_shows_its_states_its_failure_and_what_it_waits_for() {
    let (console, [waits, _], [open, failed]) = prepared().await;
    let told = console.get(&format!("execution?arn={}", escaped(&failed))).await;
    let failure = &told["view"]["failure"];
    assert_eq!(
        (&failure["state"], &failure["error"], &failure["cause"], &told["redrivable"]),
        (&json!("Broken"), &json!("Lead.Rejected"), &json!(HOSTILE), &json!(true))
    );
    let told = console.get(&format!("execution?arn={}", escaped(&open))).await;
    assert_eq!((&told["visitCount"], &told["type"]), (&json!(2), &json!("STANDARD")));
    let names = told["view"]["visits"].as_array().unwrap().iter();
    let names: Vec<&Value> = names.map(|visit| &visit["name"]).collect();
    assert_eq!(names, [&json!("Prepare"), &json!("Call")]);
    let call = told["states"].as_array().unwrap().iter().find(|it| it["name"] == "Call").unwrap();
    assert_eq!(
        (&call["pointer"], &call["type"], &call["running"], &call["visits"]),
        (&json!("/States/Call"), &json!("Task"), &json!(1), &json!(1))
    );
    let task = &told["openTasks"][0];
    assert_eq!((&task["kind"], &task["state"]), (&json!("activity"), &json!("Call")));
    assert!(task["deadline"].as_i64() > task["since"].as_i64());
    let input = told["told"]["input"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(input).unwrap()["note"], HOSTILE);
    assert!(!told.to_string().to_lowercase().contains("tasktoken"));
    // A window of the visits.
    let window = format!("execution?arn={}&visits_from=1&visits_limit=1", escaped(&open));
    let window = console.get(&window).await;
    assert_eq!(
        (&window["view"]["visits"][0]["name"], &window["visitCount"]),
        (&json!("Call"), &json!(2))
    );
    let beyond = console.get(&format!("execution?arn={}&visits_from=9", escaped(&open))).await;
    assert_eq!(beyond["view"]["visits"], json!([]));
    // Its graph, whose states are the definition's.
    let graph = console.get(&format!("graph?arn={}", escaped(&open))).await;
    assert!(graph["svg"].as_str().unwrap().contains("data-state=\"/States/Call\""), "{graph}");
    assert_eq!(
        graph["nodes"][1],
        json!({ "pointer": "/States/Call", "name": "Call", "type": "Task" })
    );
    let of_machine = console.get(&format!("graph?machine={}", escaped(&waits))).await;
    assert_eq!(of_machine, graph);
    // Its definition, by itself and by its machine.
    let definition = console.get(&format!("definition?arn={}", escaped(&open))).await;
    assert_eq!(definition, json!({ "definition": waiting(), "stateMachineArn": waits }));
    assert_eq!(console.get(&format!("definition?machine={}", escaped(&waits))).await, definition);
}

#[tokio::test]
async fn a_visit_shows_its_data_and_its_events() {
    let (console, _, [open, _]) = prepared().await;
    let told = console.get(&format!("execution?arn={}", escaped(&open))).await;
    let visit = told["view"]["visits"][0]["id"].clone();
    let state = console.get(&format!("state?arn={}&visit={visit}", escaped(&open))).await;
    assert_eq!(state["visit"]["name"], "Prepare");
    let steps = state["data"]["steps"].as_array().unwrap();
    let output = steps.iter().find(|step| step["name"] == "StateOutput").unwrap();
    assert_eq!(output["value"]["more"], json!({ "n": 1 }));
    let types = state["events"].as_array().unwrap().iter().map(|event| &event["type"]);
    assert_eq!(types.collect::<Vec<_>>(), [&json!("PassStateEntered"), &json!("PassStateExited")]);
    for (visit, status, code) in
        [("1", 404, "NotFound"), ("999", 404, "NotFound"), ("x", 400, "InvalidParameter")]
    {
        let path = format!("state?arn={}&visit={visit}", escaped(&open));
        console.refused("GET", &path, "", status, code).await;
    }
}

#[tokio::test]
async fn events_come_by_window_from_anywhere() {
    let (console, _, [open, failed]) = prepared().await;
    let arn = escaped(&open);
    let all = console.get(&format!("events?arn={arn}")).await;
    let total = all["total"].as_u64().unwrap();
    assert_eq!((&all["matching"], &all["next"]), (&json!(total), &Value::Null));
    assert_eq!(all["events"][0]["type"], "ExecutionStarted");
    for (from, limit, count, next) in [
        (0, 1, 1, json!(1)),
        (total - 1, 5, 1, Value::Null),
        (total, 5, 0, Value::Null),
        (u64::from(u32::MAX), 5, 0, Value::Null),
    ] {
        let window = console.get(&format!("events?arn={arn}&from={from}&limit={limit}")).await;
        assert_eq!((window["events"].as_array().unwrap().len(), &window["next"]), (count, &next));
    }
    let only = console.get(&format!("events?arn={}&failed=true", escaped(&failed))).await;
    assert_eq!((&only["matching"], &only["total"]), (&json!(1), &json!(3)));
    assert_eq!(only["events"][0]["type"], "ExecutionFailed");
}

#[tokio::test]
async fn what_waits_is_told_and_can_be_ended_by_hand() {
    let (console, _, [open, _]) = prepared().await;
    for order in ["age", "deadline"] {
        let stuck = console.get(&format!("stuck?order={order}")).await;
        let waits = stuck["waits"].as_array().unwrap();
        assert_eq!(waits.len(), 1, "{stuck}");
        let (wait, told) =
            (&waits[0], [&waits[0]["state"], &waits[0]["kind"], &waits[0]["endsByHand"]]);
        assert_eq!(told, [&json!("Call"), &json!("activity"), &json!(true)]);
        assert!(wait["deadline"].as_i64() > wait["since"].as_i64(), "{wait}");
        let event = &wait["event"];
        let task = json!({ "executionArn": open, "event": event, "success": { "output": "{" } });
        console.refused("POST", "tasks", &task.to_string(), 400, "InvalidOutput").await;
    }
    let told = console.get(&format!("execution?arn={}", escaped(&open))).await;
    let event = &told["openTasks"][0]["event"];
    let task =
        json!({ "executionArn": open, "event": event, "success": { "output": { "x": HOSTILE } } });
    assert_eq!(console.exchange("POST", "tasks", &task.to_string()).await, (200, json!({})));
    let ended = console.until(&open, |told| told["view"]["status"] != "RUNNING").await;
    assert_eq!(ended["view"]["status"], "SUCCEEDED");
    assert_eq!(ended["told"]["output"], json!({ "x": HOSTILE }).to_string());
    console.refused("POST", "tasks", &task.to_string(), 400, "TaskTimedOut").await;
    assert_eq!(console.get("stuck").await["waits"], json!([]));
}

#[tokio::test]
async fn machines_are_told_with_what_a_form_needs() {
    let form = StartForm {
        machine: "waits".to_owned(),
        input_schema: json!({ "type": "object" }),
        samples: vec![("one".to_owned(), json!({ "n": 1 }))],
    };
    let options = AppOptions { start_forms: vec![form], ..AppOptions::default() };
    let mut console = Console::new(options).await;
    let arn = console.create("waits", &failing()).await;
    let other = console.create("other", &failing()).await;
    let told = console.get("machines").await;
    let of = |arn: &str| {
        let machines = told["machines"].as_array().unwrap().iter();
        machines.clone().find(|it| it["stateMachineArn"] == json!(arn)).unwrap().clone()
    };
    assert_eq!(of(&arn)["inputSchema"], json!({ "type": "object" }));
    assert_eq!(of(&arn)["sampleInputs"], json!([{ "name": "one", "input": { "n": 1 } }]));
    assert_eq!(
        (of(&other)["inputSchema"].clone(), of(&other)["mockCases"].clone()),
        (Value::Null, json!([]))
    );
}

#[tokio::test]
async fn the_pipeline_tells_how_executions_ended_and_how_long_things_took() {
    let app = App::new(AppOptions::default());
    let address = served_app(app.clone()).await;
    let mut console = Console { address, aws: Client::connect(address, "test").await };
    let fails = console.create("fails", &failing()).await;
    let skips = json!({ "StartAt": "Rest", "States": {
        "Rest": { "Type": "Wait", "Seconds": 5, "Next": "Done" }, "Done": { "Type": "Succeed" } } });
    let skips = console.create("skips", &skips).await;
    console.aws.always_send("x-atlas-skip-waits", "true");
    let failed = console.start(&fails, "f", &json!({})).await;
    let ended = console.start(&skips, "s", &json!({})).await;
    for arn in [&failed, &ended] {
        console.until(arn, |told| told["view"]["status"] != "RUNNING").await;
    }
    let call = ServiceCall {
        service: "Salesforce",
        operation: "upsert",
        took_micros: 200_000,
        is_failed: true,
    };
    app.account(&Place::default()).pipeline().call(wall_clock(), call);
    let told = console.get("pipeline?window=3600").await;
    let sum = |name: &str| -> u64 {
        let outcomes = told["outcomes"].as_array().unwrap().iter();
        outcomes.map(|bucket| bucket[name].as_u64().unwrap()).sum()
    };
    assert_eq!([sum("started"), sum("succeeded"), sum("failed"), sum("aborted")], [2, 1, 1, 0]);
    let of = |list: &str, name: &str| {
        let found = told[list].as_array().unwrap().iter();
        let mut named = found.filter(|it| it["name"] == name || it["service"] == name);
        named.next().unwrap_or_else(|| panic!("{list} {name}: {told}")).clone()
    };
    let skips = of("executions", "skips");
    assert_eq!(
        (&skips["count"], &skips["failed"], &skips["p50"]),
        (&json!(1), &json!(0), &json!(5000.0))
    );
    let rest = of("states", "Rest");
    assert_eq!(
        (&rest["machine"], &rest["type"], &rest["max"]),
        (&json!("skips"), &json!("Wait"), &json!(5000.0))
    );
    assert_eq!(of("states", "Broken")["failed"], 1);
    let service = of("services", "Salesforce");
    assert_eq!(
        (&service["operation"], &service["failed"], &service["buckets"][0]["count"]),
        (&json!("upsert"), &json!(1), &json!(1))
    );
    // A wait is no slow step.
    assert_eq!(told["slowest"], json!([]));
    for window in ["9", "3601", "x"] {
        console
            .refused("GET", &format!("pipeline?window={window}"), "", 400, "InvalidParameter")
            .await;
    }
}

#[tokio::test]
async fn a_profile_is_made_of_the_last_executions_in_three_forms() {
    let (console, [_, fails], _) = prepared().await;
    let machine = escaped(&fails);
    let report = console.get(&format!("profile?machine={machine}")).await;
    assert_eq!(report["runs"], 1, "{report}");
    // What runs is not among them.
    assert_eq!(console.get("profile?last=200&format=json").await["runs"], 1);
    for query in ["last=0", "last=201", "format=pdf"] {
        console.refused("GET", &format!("profile?{query}"), "", 400, "InvalidParameter").await;
    }
    let mut stream = TcpStream::connect(console.address).await.unwrap();
    let request = "GET /console/api/profile?format=html HTTP/1.1\r\nhost: localhost\r\n\
         connection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).await.unwrap();
    assert!(page.contains("style-src 'unsafe-inline'") && page.contains("; sandbox\r\n"), "{page}");
    assert!(!page.contains("script-src 'self'") && page.contains("<!doctype html>"), "{page}");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_says_what_would() {
    let (console, _, [open, _]) = prepared().await;
    let invalid = "InvalidParameter";
    for (path, status, code) in [
        ("execution", 400, invalid),
        ("execution?arn=", 400, invalid),
        ("execution?arn=nothing", 404, "ExecutionDoesNotExist"),
        (
            "execution?arn=arn:aws:states:us-east-1:000000000000:execution:a:b",
            404,
            "ExecutionDoesNotExist",
        ),
        (
            "execution?arn=arn:aws:states:eu-west-1:111111111111:execution:a:b",
            404,
            "ExecutionDoesNotExist",
        ),
        (&format!("execution?arn={}", escaped(HOSTILE)), 404, "ExecutionDoesNotExist"),
        (&format!("execution?arn={}&visits_from=-1", escaped(&open)), 400, invalid),
        (&format!("execution?arn={}&visits_limit=2001", escaped(&open)), 400, invalid),
        ("executions?status=running", 400, invalid),
        ("executions?limit=0", 400, invalid),
        ("executions?limit=1001", 400, invalid),
        ("executions?order=random", 400, invalid),
        ("executions?before=x", 400, invalid),
        ("executions?account=1", 400, invalid),
        ("executions?region=a:b", 400, invalid),
        (&format!("events?arn={}&from=x", escaped(&open)), 400, invalid),
        (&format!("events?arn={}&limit=1001", escaped(&open)), 400, invalid),
        (&format!("events?arn={}&failed=maybe", escaped(&open)), 400, invalid),
        ("events?arn=nothing", 404, "ExecutionDoesNotExist"),
        ("definition", 400, invalid),
        ("graph", 400, invalid),
        ("graph?arn=nothing", 404, "ExecutionDoesNotExist"),
        ("definition?arn=a&machine=b", 400, invalid),
        (
            "definition?machine=arn:aws:states:us-east-1:000000000000:stateMachine:x",
            404,
            "StateMachineDoesNotExist",
        ),
        ("stuck?order=name", 400, invalid),
        ("stuck?order=deadline&before=x", 400, invalid),
        ("nothing", 404, "NotFound"),
    ] {
        console.refused("GET", path, "", status, code).await;
    }
    for (path, body, status, code) in [
        ("find", "{}", 400, invalid),
        ("find", "[", 400, "SerializationException"),
        ("tasks", "{}", 400, invalid),
        ("tasks", r#"{"executionArn": "x", "event": 1}"#, 400, invalid),
        ("tasks", r#"{"executionArn": "x", "event": -1, "success": {}}"#, 400, invalid),
        (
            "tasks",
            r#"{"executionArn": "x", "event": 1, "success": {}, "failure": {}}"#,
            400,
            invalid,
        ),
        (
            "tasks",
            r#"{"executionArn": "x", "event": 1, "success": {}}"#,
            404,
            "ExecutionDoesNotExist",
        ),
        ("executions", "{}", 405, "MethodNotAllowed"),
    ] {
        console.refused("POST", path, body, status, code).await;
    }
}

/// The lines of a stream, as they come.
async fn listen(address: SocketAddr, query: &str) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(address).await.expect("somebody listens");
    let request = format!("GET /console/api/stream?{query} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    BufReader::new(stream)
}

/// The data of the next event of this name.
async fn heard(stream: &mut BufReader<TcpStream>, name: &str) -> Value {
    let mut line = String::new();
    let mut is_next = false;
    loop {
        line.clear();
        assert_ne!(stream.read_line(&mut line).await.expect("the stream goes on"), 0, "{name}");
        if is_next && let Some(data) = line.strip_prefix("data: ") {
            return serde_json::from_str(data).expect("data is JSON");
        }
        is_next = line.trim_end() == format!("event: {name}");
    }
}

#[tokio::test]
async fn a_stream_tells_counts_first_and_then_what_changes() {
    let (mut console, [waits, _], [open, _]) = prepared().await;
    let mut list = listen(console.address, "list=1").await;
    let mut watched = listen(console.address, &format!("arn={}", escaped(&open))).await;
    for stream in [&mut list, &mut watched] {
        assert_eq!(heard(stream, "counts").await["total"]["RUNNING"], 1);
    }
    let second = console.start(&waits, "open-2", &json!({})).await;
    let changed = heard(&mut list, "changed").await;
    assert!(changed["executions"].as_array().unwrap().contains(&json!(second)), "{changed}");
    let stop = json!({ "executionArn": open });
    let (status, stopped) = console.aws.call("StopExecution", &stop).await;
    assert_eq!(status, 200, "{stopped}");
    assert_eq!(heard(&mut watched, "execution").await, json!({ "executionArn": open }));
    let many: String = (0..9).map(|number| format!("arn=a{number}&")).collect();
    console.refused("GET", &format!("stream?{many}"), "", 400, "InvalidParameter").await;
}

#[tokio::test]
async fn who_does_not_read_holds_up_nobody_and_is_told_of_the_last() {
    let (mut console, [_, fails], _) = prepared().await;
    let mut slow = listen(console.address, "list=1").await;
    for number in 0..500 {
        console.start(&fails, &format!("f-{number}"), &json!({})).await;
    }
    loop {
        let counts = heard(&mut slow, "counts").await;
        if counts["total"]["FAILED"] == 501 {
            break;
        }
    }
}

#[tokio::test]
async fn streams_are_bounded_and_their_places_are_given_back() {
    let console = Console::new(AppOptions::default()).await;
    let mut open = Vec::new();
    for _ in 0..128 {
        let mut stream = listen(console.address, "list=1").await;
        heard(&mut stream, "counts").await;
        open.push(stream);
    }
    console.refused("GET", "stream?list=1", "", 503, "TooMany").await;
    drop(open.pop());
    // The place is free once the server has seen that nobody listens.
    loop {
        let mut again = listen(console.address, "list=1").await;
        let mut line = String::new();
        again.read_line(&mut line).await.expect("the server answers");
        if line.contains(" 200 ") {
            break;
        }
    }
}

#[tokio::test]
async fn accounts_are_apart_in_the_console_too() {
    let app = App::new(AppOptions::default());
    let address = served_app(app.clone()).await;
    let console = Console { address, aws: Client::connect(address, "222222222222").await };
    let mut console = console;
    let machine = console.create("fails", &failing()).await;
    let arn = console.start(&machine, "n", &json!({})).await;
    console.until(&arn, |told| told["view"]["status"] == "FAILED").await;
    assert_eq!(console.get("executions").await["executions"], json!([]));
    let own = console.get("executions?account=222222222222").await;
    assert_eq!(own["executions"][0]["executionArn"], json!(arn));
    let place = Place { account: "222222222222".into(), ..Place::default() };
    assert_eq!(app.account(&place).engine().executions().len(), 1);
}
