//! The endpoint as a hostile world sees it, over raw connections.

use std::{fmt::Write as _, net::SocketAddr};

use atlas_server::AppOptions;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::client::served;

const TYPE: &str = "content-type: application/x-amz-json-1.0\r\n";
const LIST: &str = "x-amz-target: AWSStepFunctions.ListActivities\r\n";

fn request(method: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} / HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\nconnection: close\r\n\
         {headers}\r\n{body}"
    )
}

/// Sends bytes, and reads what comes until the server closes the connection.
async fn exchange(address: SocketAddr, bytes: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("somebody listens");
    // The server may have answered and closed before it has read everything.
    let _cut_short = stream.write_all(bytes.as_bytes()).await;
    let mut answer = Vec::new();
    let _reset = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn check(requests: Vec<(&str, String, &str, &str)>) {
    let address = served(AppOptions::default()).await;
    for (about, request, status, body) in requests {
        let answer = exchange(address, &request).await;
        let is_as_expected = answer.lines().next().unwrap_or_default().contains(status);
        assert!(is_as_expected && answer.contains(body), "{about}: {answer}");
    }
}

#[tokio::test]
async fn what_is_not_the_protocol_is_answered_as_aws_does() {
    let cbor = "content-type: application/cbor\r\nsmithy-protocol: rpc-v2-cbor\r\n";
    let query = "content-type: application/x-www-form-urlencoded\r\n";
    let none = "<UnknownOperationException/>";
    let unknown = "UnknownOperationException";
    let with = |more: &str| format!("{TYPE}{LIST}{more}");
    check(vec![
        ("CBOR", request("POST", cbor, "\u{1}"), " 404 ", none),
        ("query", request("POST", query, "Action=ListActivities"), " 404 ", none),
        ("nothing", request("POST", "", ""), " 404 ", none),
        ("GET", request("GET", &with(""), ""), " 303 ", "location: /console/"),
        ("PUT", request("PUT", &with(""), "{}"), " 404 ", none),
        (
            "preflight",
            request("OPTIONS", &with("origin: http://a.b\r\n"), ""),
            " 403 ",
            "AccessDenied",
        ),
        ("no target", request("POST", TYPE, "{}"), " 400 ", unknown),
        (
            "empty target",
            request("POST", &format!("{TYPE}x-amz-target:\r\n"), "{}"),
            " 400 ",
            unknown,
        ),
        ("a page", request("POST", &with("origin: http://a.b\r\n"), "{}"), " 403 ", "AccessDenied"),
        (
            "own page",
            request("POST", &with("origin: http://localhost\r\n"), "{}"),
            " 200 ",
            "activities",
        ),
        // Whoever is not signed is account 000000000000 in us-east-1.
        ("no signature", request("POST", &with(""), "{}"), " 200 ", "activities"),
        (
            "signed oddly",
            request("POST", &with("authorization: ,=/\r\n"), "{}"),
            " 200 ",
            "activities",
        ),
        (
            "sync host",
            request("POST", &with("host: sync-localhost\r\n"), "{}").replacen(
                "host: localhost\r\n",
                "",
                1,
            ),
            " 200 ",
            "activities",
        ),
        (
            "HTTP/1.0",
            request("POST", &with(""), "{}").replacen("HTTP/1.1", "HTTP/1.0", 1),
            " 200 ",
            "activities",
        ),
        (
            "HTTP/1.0 alone",
            format!("POST / HTTP/1.0\r\n{TYPE}{LIST}content-length: 2\r\n\r\n{{}}"),
            " 403 ",
            "AccessDenied",
        ),
        ("no HTTP", "\u{16}\u{3}\u{1}hello\r\n\r\n".to_owned(), " 400 ", ""),
    ])
    .await;
}

#[tokio::test]
async fn what_is_too_much_is_refused() {
    let (list, serialization) = (format!("{TYPE}{LIST}"), "SerializationException");
    let mut headers = String::new();
    for number in 0..200 {
        let _ = write!(headers, "x-{number}: 1\r\n");
    }
    let wide = format!("{{\"a\": [{}0]}}", "0,".repeat(20_000));
    let text = format!("{{\"a\": \"{}\"}}", ",".repeat(20_000));
    let large = "RequestEntityTooLarge";
    let chunk = format!("{:x}\r\n{}\r\n", 65_536, " ".repeat(65_536));
    let chunked =
        "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ntransfer-encoding: chunked\r\n";
    check(vec![
        ("many headers", request("POST", &format!("{list}{headers}"), "{}"), " 431 ", ""),
        (
            "a huge header",
            request("POST", &format!("{list}x: {}\r\n", "x".repeat(1_000_000)), "{}"),
            " 431 ",
            "",
        ),
        (
            "a huge path",
            request("POST", &list, "{}").replacen("/ ", &format!("/{} ", "x".repeat(1_000_000)), 1),
            " 4",
            "",
        ),
        ("many values", request("POST", &list, &wide), " 400 ", serialization),
        ("a long text", request("POST", &list, &text), " 200 ", "activities"),
        ("deep", request("POST", &list, &"{\"a\":".repeat(5_000)), " 400 ", serialization),
        (
            "a body that is sent before anything is read",
            request("POST", &list, &" ".repeat(3 << 20)),
            " 413 ",
            large,
        ),
        ("chunks", format!("{chunked}{list}\r\n{}0\r\n\r\n", chunk.repeat(20)), " 413 ", large),
        ("bad chunks", format!("{chunked}{list}\r\nzz\r\n"), " 400 ", ""),
        (
            "a negative length",
            request("POST", &list, "").replace("length: 0", "length: -1"),
            " 400 ",
            "",
        ),
        (
            "two lengths",
            request("POST", &format!("{list}content-length: 7\r\n"), "{}"),
            " 400 ",
            "",
        ),
    ])
    .await;
}

#[tokio::test]
async fn requests_in_one_piece_are_answered_in_order() {
    let address = served(AppOptions::default()).await;
    let keep = |body: &str| {
        let target = "x-amz-target: AWSStepFunctions.CreateActivity\r\n";
        request("POST", &format!("{TYPE}{target}"), body).replacen("connection: close\r\n", "", 1)
    };
    let mut all = String::new();
    for number in 0..50 {
        all.push_str(&keep(&format!("{{\"name\": \"a{number}\"}}")));
    }
    all.push_str(&request("POST", &format!("{TYPE}{LIST}"), "{}"));
    let answers = exchange(address, &all).await;
    let created: Vec<&str> = answers.match_indices("activityArn").map(|(_, found)| found).collect();
    // Each was created, then all of them are listed.
    assert_eq!(created.len(), 100, "{answers}");
    let places: Vec<_> = (0..50).map(|number| answers.find(&format!(":a{number}\""))).collect();
    assert!(places.is_sorted() && places[0].is_some());
}

#[tokio::test]
async fn a_body_that_never_comes_is_given_up() {
    let address = served(AppOptions::default()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = request("POST", &format!("{TYPE}{LIST}"), "").replace("length: 0", "length: 9");
    stream.write_all(head.as_bytes()).await.unwrap();
    tokio::time::pause();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains(" 408 ") && answer.contains("RequestTimeoutException"), "{answer}");
}
