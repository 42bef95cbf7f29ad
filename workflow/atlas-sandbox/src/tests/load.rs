//! Many at once, and what a client sees when its peer dies.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::Instant,
};

use super::*;
use crate::Latency;

/// A request to ring, on a connection of its own.
async fn dialing(client: &Client, token: &str) -> TcpStream {
    let request = client.dial_request("+14155550123", token).build().unwrap();
    let body = request.body().unwrap().as_bytes().unwrap();
    let signature = request.headers()["authorization"].to_str().unwrap();
    let head = format!(
        "PUT /contact/outbound-voice HTTP/1.1\r\nhost: localhost\r\nauthorization: {signature}\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = connect_to(client).await;
    stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
    stream
}

async fn connect_to(client: &Client) -> TcpStream {
    let address = client.sandbox.base_url().trim_start_matches("http://");
    TcpStream::connect(address).await.unwrap()
}

#[tokio::test]
async fn a_reset_after_the_work_is_a_tcp_reset_without_a_byte_of_an_answer() {
    let client = Client::start(faults(&["connect:reset-after:1"])).await;
    let mut stream = dialing(&client, "t").await;
    let mut read = Vec::new();
    let error = stream.read_to_end(&mut read).await.unwrap_err();
    assert_eq!((error.kind(), read.len()), (std::io::ErrorKind::ConnectionReset, 0));
    assert_eq!(client.sandbox.counters()["ringsByToken"]["t"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_hang_after_the_work_says_nothing_and_is_counted_at_once() {
    let client = Client::start(faults(&["connect:hang-after:1"])).await;
    let mut stream = dialing(&client, "t").await;
    let mut byte = [0];
    let read = tokio::time::timeout(Duration::from_secs(60), stream.read(&mut byte)).await;
    assert!(read.is_err(), "nothing comes");
    let counters = client.sandbox.counters();
    assert_eq!(counters["ringsByToken"]["t"], 1);
    let calls = &counters["calls"]["connect"]["StartOutboundVoiceContact"];
    assert_eq!(calls["answers"], json!({ "hang": 1 }));
}

#[tokio::test(start_paused = true)]
async fn what_hangs_and_what_idles_keeps_nobody_waiting() {
    let client = Client::start(faults(&["connect:hang:1"])).await;
    let mut held = Vec::new();
    for n in 0..500 {
        held.push(dialing(&client, &n.to_string()).await);
        held.push(connect_to(&client).await);
    }
    let started = Instant::now();
    let body = json!({ "SecretId": "atlas/salesforce" });
    let (status, _) = client.call(Service::SecretsManager, "DescribeSecret", body).await;
    assert_eq!(status, 200);
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn delays_pass_beside_each_other() {
    let client = Client::start(Options { latency: Latency::seed(), ..Options::default() }).await;
    let started = Instant::now();
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let body = json!({ "SecretId": "atlas/salesforce" });
            let request = client.signed(Service::SecretsManager, Method::POST, "/");
            let request = request.header("x-amz-target", "secretsmanager.DescribeSecret");
            tokio::spawn(read(request.json(&body)))
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().0, 200);
    }
    let took = started.elapsed().as_millis();
    assert!((300..600).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn without_latency_nobody_waits_for_the_next_tick_of_the_timer() {
    let client = Client::start(Options::default()).await;
    // In the midst of a tick.
    tokio::time::advance(Duration::from_micros(500)).await;
    let body = json!({ "SecretId": "atlas/salesforce" });
    assert_eq!(client.call(Service::SecretsManager, "DescribeSecret", body).await.0, 200);
    let counters = client.sandbox.counters();
    let call = &counters["calls"]["secretsmanager"]["DescribeSecret"];
    assert_eq!(call["milliseconds"]["longest"], 0.0, "{call}");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let client = Client::start(Options::default()).await;
    let mut stream = connect_to(&client).await;
    let head = "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 16777217\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut read = [0; 12];
    stream.read_exact(&mut read).await.unwrap();
    assert_eq!(&read, b"HTTP/1.1 413");
}

#[tokio::test]
async fn it_testifies_by_number_by_lead_by_queue_and_by_item() {
    let key = json!([{ "AttributeName": "pk", "KeyType": "HASH" }]);
    let table = json!({
        "TableName": "Calls", "KeySchema": key, "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
    });
    let client = Client::start(Options { tables: vec![table], ..Options::default() }).await;
    let get = |path: &str| read(client.request(Method::GET, &format!("/_atlas/{path}")));
    for token in ["a", "a", "b"] {
        client.dial("+14155550190", token).await;
    }
    let rings = get("rings").await.1;
    let tokens: Vec<_> = rings["numbers"]["+14155550190"]
        .as_array()
        .unwrap()
        .iter()
        .map(|ring| ring["clientToken"].as_str().unwrap())
        .collect();
    assert_eq!((tokens, &rings["tokensThatRangTwice"]), (vec!["a", "b"], &json!([])));

    assert_eq!(client.events(4).await.len(), 4);
    let queue = &get("counters").await.1["queues"]["contact-events"];
    assert_eq!(
        (&queue["sent"], &queue["received"], &queue["inFlight"]),
        (&json!(4), &json!(4), &json!(4))
    );

    for n in 0..3 {
        let item = json!({ "TableName": "Calls", "Item": { "pk": { "S": n.to_string() } } });
        client.call(Service::DynamoDb, "PutItem", item).await;
    }
    assert_eq!(get("items/Calls").await.1.as_array().unwrap().len(), 3);
    assert_eq!(get("items/None").await.0, 404);
}
