//! A Lambda function without any SDK, for tests of the profiler: it makes the calls that its payload names, one
//! after the other, and keeps its connections or does not. It speaks the Runtime API by hand.

#![expect(clippy::unwrap_used, reason = "a function that cannot go on ends")]

use std::{
    collections::HashMap,
    env,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process,
};

use serde_json::{Value, json};

/// The secret that the sandbox has.
const SECRET: &str = "SALESFORCE_SECRET_ID";

fn main() {
    let runtime = env::var("AWS_LAMBDA_RUNTIME_API").unwrap();
    let mut kept: HashMap<String, BufReader<TcpStream>> = HashMap::new();
    loop {
        let next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n";
        let mut api = connect(&runtime);
        let (head, body) = exchange(&mut api, next, b"");
        let id = head.lines().find_map(|line| line.strip_prefix("lambda-runtime-aws-request-id: "));
        let id = id.unwrap().trim().to_owned();
        let payload: Value = serde_json::from_slice(&body).unwrap();
        for asked in payload["calls"].as_array().unwrap() {
            perform(asked.as_str().unwrap(), &payload, &mut kept);
        }
        let answer = json!({"key": payload["key"]}).to_string();
        let head = format!(
            "POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
            answer.len()
        );
        exchange(&mut connect(&runtime), &head, answer.as_bytes());
    }
}

/// Makes one call: `secret`, `put`, or `get`.
fn perform(asked: &str, payload: &Value, kept: &mut HashMap<String, BufReader<TcpStream>>) {
    let key = json!({"S": payload["key"]});
    let table = env::var("CALLS_TABLE").unwrap();
    let (endpoint, service, target, body) = match asked {
        "secret" => (
            "AWS_ENDPOINT_URL_SECRETS_MANAGER",
            "secretsmanager",
            "secretsmanager.GetSecretValue",
            json!({"SecretId": env::var(SECRET).unwrap()}),
        ),
        "put" => (
            "AWS_ENDPOINT_URL_DYNAMODB",
            "dynamodb",
            "DynamoDB_20120810.PutItem",
            json!({"TableName": table, "Item": {"interactionKey": key, "record": {"S": "LEAD"}}}),
        ),
        "get" => (
            "AWS_ENDPOINT_URL_DYNAMODB",
            "dynamodb",
            "DynamoDB_20120810.GetItem",
            json!({"TableName": table, "Key": {"interactionKey": key, "record": {"S": "LEAD"}}}),
        ),
        other => panic!("no such call: {other}"),
    };
    let address = env::var(endpoint).unwrap().trim_start_matches("http://").to_owned();
    let body = body.to_string();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nX-Amz-Target: {target}\r\nAuthorization: AWS4-HMAC-SHA256 \
         Credential=x/20261121/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0a\r\nContent-Length: \
         {}\r\n\r\n",
        body.len()
    );
    let place = format!("{service} {address}");
    let mut connection = match kept.remove(&place) {
        Some(connection) if payload["keep"] == true => connection,
        _ => connect(&address),
    };
    let (head, _) = exchange(&mut connection, &head, body.as_bytes());
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    kept.insert(place, connection);
}

fn connect(address: &str) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(address).unwrap_or_else(|_| process::exit(1));
    stream.set_nodelay(true).unwrap();
    BufReader::new(stream)
}

/// Sends a request and reads its answer: head and body.
fn exchange(connection: &mut BufReader<TcpStream>, head: &str, body: &[u8]) -> (String, Vec<u8>) {
    let mut request = head.as_bytes().to_vec();
    request.extend_from_slice(body);
    let mut told = String::new();
    let mut length = 0;
    // Whoever ran this function is gone where nothing comes.
    connection.get_mut().write_all(&request).unwrap_or_else(|_| process::exit(1));
    loop {
        let mut line = String::new();
        if connection.read_line(&mut line).unwrap_or(0) == 0 {
            process::exit(1);
        }
        if line == "\r\n" {
            break;
        }
        let line = line.to_lowercase();
        if let Some(told) = line.strip_prefix("content-length:") {
            length = told.trim().parse().unwrap();
        }
        told.push_str(if told.is_empty() { "HTTP/1.1 " } else { "" });
        told.push_str(line.strip_prefix("http/1.1 ").unwrap_or(&line));
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).unwrap();
    (told, body)
}
