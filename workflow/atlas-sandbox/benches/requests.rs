//! How many requests each service answers: `cargo bench -p atlas-sandbox`.
//!
//! 64 connections on loopback, client and sandbox in one process on two threads, so the processor's time is that
//! of both. Without faults, and with a share of them on every service, since drawing them costs too. Arguments
//! name the operations to measure.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use atlas_sandbox::{Options, SalesforceOptions, Sandbox};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rsa::{
    RsaPrivateKey,
    pkcs1v15::SigningKey,
    pkcs8::DecodePrivateKey as _,
    sha2::Sha256,
    signature::{SignatureEncoding as _, Signer as _},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const CONNECTIONS: usize = 64;
const SPAN: Duration = Duration::from_secs(2);

/// One operation: the request of each number.
struct Operation {
    name: &'static str,
    request: Box<dyn Fn(usize) -> Vec<u8> + Send + Sync>,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted =
        |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    println!("{:44} {:>12} {:>16}", "operation", "requests/s", "processor µs");
    for (kind, faults) in [("", vec![]), (" (with faults)", vec!["*:503:0.2"])] {
        let faults = faults.iter().map(|text| text.parse().expect("a fault")).collect();
        let sandbox = Sandbox::start(options(faults)).await.expect("loopback has a free port");
        let address = sandbox.base_url().trim_start_matches("http://");
        let address: SocketAddr = address.parse().expect("a base URL is an address");
        let token = login(address).await;
        for operation in operations(&token, &sandbox) {
            if is_wanted(operation.name) {
                measure(address, operation, kind).await;
            }
        }
        sandbox.stop().await;
    }
}

fn options(faults: Vec<atlas_sandbox::Fault>) -> Options {
    let key = |name: &str, kind: &str| json!({ "AttributeName": name, "KeyType": kind });
    let text = |name: &str| json!({ "AttributeName": name, "AttributeType": "S" });
    let table = json!({
        "TableName": "Calls",
        "KeySchema": [key("pk", "HASH"), key("sk", "RANGE")],
        "AttributeDefinitions": [text("pk"), text("sk"), text("contact")],
        "GlobalSecondaryIndexes": [{
            "IndexName": "by-contact",
            "KeySchema": [key("contact", "HASH")],
            "Projection": { "ProjectionType": "KEYS_ONLY" },
        }],
        "BillingMode": "PAY_PER_REQUEST",
    });
    let salesforce = SalesforceOptions {
        logins_per_hour: u64::MAX,
        requests_per_day: u64::MAX,
        ..SalesforceOptions::default()
    };
    Options { faults, tables: vec![table], salesforce, ..Options::default() }
}

fn operations(token: &str, sandbox: &Sandbox) -> Vec<Operation> {
    let environment: std::collections::BTreeMap<_, _> = sandbox.environment().into_iter().collect();
    let dial = json!({
        "DestinationPhoneNumber": "+14155550123",
        "SourcePhoneNumber": environment["CONNECT_SOURCE_PHONE_NUMBER"],
        "ContactFlowId": environment["CONNECT_CONTACT_FLOW_ID"],
        "InstanceId": environment["CONNECT_INSTANCE_ID"],
    });
    let converse = json!({
        "messages": [{ "role": "user", "content": [{ "text": "Write a scenario." }] }],
        "inferenceConfig": { "maxTokens": 600 },
    });
    let model = environment["BEDROCK_MODEL_ID"].replace(':', "%3A");
    let queue = sandbox.queue_url("contact-events");
    let bearer = format!("Bearer {token}");
    let item = |n: usize| {
        json!({
            "pk": { "S": format!("lead-{n}") }, "sk": { "S": "ATTEMPT#1" },
            "state": { "S": "RESERVED" }, "contact": { "S": format!("c{n}") },
        })
    };
    let operation = |name, request| Operation { name, request };
    vec![
        operation("salesforce login", Box::new(|_| login_request())),
        operation(
            "salesforce upsertLead",
            Box::new(move |n| {
                let path = format!("/services/data/v66.0/sobjects/Lead/Interaction_Key__c/k{n}");
                let lead = json!({ "LastName": "L", "Company": "C" });
                http("PATCH", &path, &[("authorization", bearer.as_str())], &lead.to_string())
            }),
        ),
        operation(
            "secretsmanager GetSecretValue",
            Box::new(|_| {
                let body = json!({ "SecretId": "atlas/salesforce" });
                aws("secretsmanager", "POST", "/", "secretsmanager.GetSecretValue", &body)
            }),
        ),
        operation(
            "bedrock Converse",
            Box::new(move |_| {
                aws("bedrock", "POST", &format!("/model/{model}/converse"), "", &converse)
            }),
        ),
        operation(
            "connect StartOutboundVoiceContact",
            Box::new(move |n| {
                let mut body = dial.clone();
                body["ClientToken"] = json!(format!("t{n}"));
                aws("connect", "PUT", "/contact/outbound-voice", "", &body)
            }),
        ),
        operation(
            "dynamodb PutItem",
            Box::new(move |n| {
                let body = json!({
                    "TableName": "Calls", "Item": item(n),
                    "ConditionExpression": "attribute_not_exists(pk)",
                });
                aws("dynamodb", "POST", "/", "DynamoDB_20120810.PutItem", &body)
            }),
        ),
        operation(
            "dynamodb UpdateItem",
            Box::new(|n| {
                let body = json!({
                    "TableName": "Calls",
                    "Key": { "pk": { "S": format!("lead-{}", n % 1_000) }, "sk": { "S": "ATTEMPT#1" } },
                    "UpdateExpression": "SET #state = :dialed ADD #tries :one",
                    "ExpressionAttributeNames": { "#state": "state", "#tries": "tries" },
                    "ExpressionAttributeValues": { ":dialed": { "S": "DIALED" }, ":one": { "N": "1" } },
                });
                aws("dynamodb", "POST", "/", "DynamoDB_20120810.UpdateItem", &body)
            }),
        ),
        operation(
            "dynamodb GetItem",
            Box::new(|n| {
                let body = json!({
                    "TableName": "Calls",
                    "Key": { "pk": { "S": format!("lead-{}", n % 1_000) }, "sk": { "S": "ATTEMPT#1" } },
                });
                aws("dynamodb", "POST", "/", "DynamoDB_20120810.GetItem", &body)
            }),
        ),
        operation(
            "sqs SendMessage and ReceiveMessage",
            Box::new(move |n| {
                let (operation, body) = if n.is_multiple_of(2) {
                    ("AmazonSQS.SendMessage", json!({ "QueueUrl": queue, "MessageBody": "hello" }))
                } else {
                    ("AmazonSQS.ReceiveMessage", json!({ "QueueUrl": queue }))
                };
                aws("sqs", "POST", "/", operation, &body)
            }),
        ),
    ]
}

fn login_request() -> Vec<u8> {
    // Signing costs more than all else: one assertion serves as long as it is valid.
    static ASSERTION: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let pem = include_str!("../data/test-key-first.pem");
        let pem = &pem[pem.find("-----BEGIN").expect("a key in PEM")..];
        let key = RsaPrivateKey::from_pkcs8_pem(pem).expect("a key in PKCS #8");
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let claims = json!({
            "iss": "3MVG9sandboxConsumerKey", "sub": "integration@atlas.example",
            "aud": "https://login.salesforce.com",
            "exp": jiff::Timestamp::now().as_second() + 170,
        });
        let signed = format!("{}.{}", part(&json!({ "alg": "RS256" })), part(&claims));
        let signature = SigningKey::<Sha256>::new(key).sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    });
    let grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";
    let body = format!("grant_type={grant}&assertion={}", *ASSERTION);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    http("POST", "/services/oauth2/token", &form, &body)
}

async fn login(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.expect("the sandbox listens");
    loop {
        stream.write_all(&login_request()).await.expect("the sandbox reads");
        let answer = answer(&mut stream).await;
        let body = answer.split_once("\r\n\r\n").expect("a head and a body").1;
        // A fault may have hit this one.
        let told: Value = serde_json::from_str(body).unwrap_or_default();
        if let Some(token) = told["access_token"].as_str() {
            return token.to_owned();
        }
    }
}

fn aws(service: &str, method: &str, path: &str, target: &str, body: &Value) -> Vec<u8> {
    let signature = format!(
        "AWS4-HMAC-SHA256 Credential=sandbox/20261121/us-east-1/{service}/aws4_request, \
         SignedHeaders=host, Signature=0a"
    );
    let mut headers = vec![("authorization", signature.as_str())];
    if !target.is_empty() {
        headers.push(("x-amz-target", target));
    }
    http(method, path, &headers, &body.to_string())
}

fn http(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let headers: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Reads one answer, whose length its head says.
async fn answer(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&read);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length = length.map_or(0, |length| length.parse().expect("a length"));
            if body.len() >= length {
                return text.into_owned();
            }
        }
        let count = stream.read_buf(&mut read).await.expect("the sandbox answers");
        assert!(count > 0, "the sandbox closed the connection");
    }
}

async fn measure(address: SocketAddr, operation: Operation, kind: &str) {
    let name = operation.name;
    let (request, next) = (Arc::new(operation.request), Arc::new(AtomicUsize::new(0)));
    let (begin, processor) = (Instant::now(), processor_time());
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (request, next) = (Arc::clone(&request), Arc::clone(&next));
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await.expect("the sandbox listens");
                while begin.elapsed() < SPAN {
                    let request = request(next.fetch_add(1, Ordering::Relaxed));
                    stream.write_all(&request).await.expect("the sandbox reads");
                    answer(&mut stream).await;
                }
            })
        })
        .collect();
    for client in clients {
        client.await.expect("no client panics");
    }
    let elapsed = begin.elapsed().as_secs_f64();
    let requests = u32::try_from(next.load(Ordering::Relaxed)).map_or(f64::MAX, f64::from);
    let micros = (processor_time() - processor) * 1e6 / requests;
    println!("{:44} {:>12.0} {micros:>16.0}", format!("{name}{kind}"), requests / elapsed);
}

/// Seconds that this process has spent computing, where the system tells it.
fn processor_time() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks =
        after_name.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}
