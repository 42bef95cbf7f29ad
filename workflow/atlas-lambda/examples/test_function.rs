//! A function for the tests, good and bad as its payload says: `{"do": …}`. It speaks the Runtime API
//! by hand, since no runtime would do what it does.

#![expect(clippy::unwrap_used, reason = "a function that cannot go on ends")]

use std::{
    env,
    io::{Read, Write},
    net::TcpStream,
    process::{self, Command, Stdio},
    thread,
};

use serde_json::{Value, json};

fn main() {
    initialise();
    // What it holds open until it ends: whoever has the other end sees that.
    let mut held = Vec::new();
    loop {
        let (_, head, body) = call("GET", "invocation/next", &[], b"");
        let id = header(&head, "lambda-runtime-aws-request-id");
        let payload: Value = serde_json::from_slice(&body).unwrap();
        perform(&payload, &id, &head, &mut held);
    }
}

fn initialise() {
    match env::var("TEST_INIT").unwrap_or_default().as_str() {
        "" => {}
        "exit" => process::exit(3),
        "hang" => hang(),
        "error" => {
            let error = br#"{"errorType":"Config.Missing","errorMessage":"no table"}"#;
            call("POST", "init/error", &[("Lambda-Runtime-Function-Error-Type", "x.y")], error);
            process::exit(1);
        }
        // The test says, over its own connection, whether this start is a good one.
        port => {
            let mut test = connect(&json!(port.parse::<u16>().unwrap()));
            let mut word = [0];
            test.read_exact(&mut word).unwrap();
            if word == *b"x" {
                process::exit(3);
            }
        }
    }
}

fn perform(payload: &Value, id: &str, head: &str, held: &mut Vec<TcpStream>) {
    match payload["do"].as_str().unwrap_or("echo") {
        "echo" => drop(answer(id, payload.to_string().as_bytes())),
        "tell" => {
            let told = json!({
                "pid": process::id(),
                "head": head,
                "folder": env::current_dir().unwrap(),
                "variables": env::vars().collect::<std::collections::BTreeMap<_, _>>(),
            });
            answer(id, told.to_string().as_bytes());
        }
        // Answers once the test says so, over its own connection.
        "meet" => {
            let mut test = connect(&payload["port"]);
            writeln!(test, "{}", process::id()).unwrap();
            let _gone = test.read(&mut [0]);
            let (status, ..) = answer(id, process::id().to_string().as_bytes());
            let _gone = writeln!(test, "{status}");
        }
        "hold" => {
            held.push(connect(&payload["port"]));
            answer(id, b"null");
        }
        "hold and hang" => {
            held.push(connect(&payload["port"]));
            hang();
        }
        "leave a child and exit" => {
            let test = connect(&payload["port"]);
            // It reads from a connection that the test keeps open, so it does not end by itself.
            let socket = std::os::fd::OwnedFd::from(test);
            Command::new("cat").stdin(Stdio::from(socket)).spawn().unwrap();
            process::exit(0);
        }
        "print" => {
            println!("to stdout");
            eprintln!("to stderr");
            answer(id, b"null");
        }
        "error" => {
            let path = format!("invocation/{id}/error");
            let name = [("Lambda-Runtime-Function-Error-Type", "Unhandled")];
            call("POST", &path, &name, payload["error"].to_string().as_bytes());
        }
        "write" => drop(answer(id, payload["text"].as_str().unwrap().as_bytes())),
        "write much" => {
            let bytes = usize::try_from(payload["bytes"].as_u64().unwrap()).unwrap();
            let (status, ..) = answer(id, &vec![b'x'; bytes]);
            eprintln!("{status}");
        }
        "answer twice" => {
            answer(id, b"1");
            let (status, ..) = answer(id, b"2");
            eprintln!("{status}");
        }
        "answer another" => {
            let (wrong, ..) = answer("00000000-0000-0000-0000-000000000000", b"2");
            answer(id, wrong.to_string().as_bytes());
        }
        "ask while busy" => {
            let (status, ..) = call("GET", "invocation/next", &[], b"");
            answer(id, status.to_string().as_bytes());
        }
        "answer and hang" => {
            answer(id, b"1");
            hang();
        }
        "misbehave" => misbehave(payload["moves"].as_array().unwrap(), id),
        "exit" => process::exit(i32::try_from(payload["code"].as_i64().unwrap()).unwrap()),
        "abort" => process::abort(),
        "panic" => panic!("on purpose"),
        other => panic!("no such deed: {other}"),
    }
}

/// Does what a fuzzer came up with, and then answers as it should.
fn misbehave(moves: &[Value], id: &str) {
    for one in moves {
        let bytes: Vec<u8> = serde_json::from_value(one["bytes"].clone()).unwrap();
        let path = one["path"].as_str().unwrap().replace("ID", id);
        let mut stream = connect_to_api();
        if path.is_empty() {
            let _refused = stream.write_all(&bytes);
        } else {
            let declared = bytes.len() + usize::try_from(one["missing"].as_u64().unwrap()).unwrap();
            let head = format!(
                "POST {ROOT}/{path} HTTP/1.1\r\nHost: x\r\nContent-Length: {declared}\r\n\r\n"
            );
            let _refused =
                stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&bytes));
        }
        let _refused = stream.shutdown(std::net::Shutdown::Write);
        let _refused = stream.read_to_end(&mut Vec::new());
    }
    answer(id, b"\"done\"");
}

const ROOT: &str = "/2018-06-01/runtime";

fn answer(id: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
    call("POST", &format!("invocation/{id}/response"), &[], body)
}

fn call(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, String, Vec<u8>) {
    let mut stream = connect_to_api();
    let headers: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let head = format!(
        "{method} {ROOT}/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Content-Length: {length}\r\n{headers}\r\n"
    );
    let mut answer = Vec::new();
    let done = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body))
        .and_then(|()| stream.read_to_end(&mut answer));
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let (Ok(_), Some(end)) = (done, end) else {
        // Whoever ran this function is gone.
        process::exit(1);
    };
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head, answer[end + 4..].to_vec())
}

fn header(head: &str, name: &str) -> String {
    let line = head.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().trim_start_matches(':').trim().to_owned()
}

fn connect_to_api() -> TcpStream {
    TcpStream::connect(env::var("AWS_LAMBDA_RUNTIME_API").unwrap()).unwrap()
}

fn connect(port: &Value) -> TcpStream {
    TcpStream::connect(("127.0.0.1", u16::try_from(port.as_u64().unwrap()).unwrap())).unwrap()
}

fn hang() -> ! {
    loop {
        thread::park();
    }
}
