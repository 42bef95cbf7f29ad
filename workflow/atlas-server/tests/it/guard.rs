//! Who gets in, over real connections: by the name of the host, the page that asks, and the token; for the
//! API of AWS and for the console's, with and without the `sync-` that SDKs put before the host.

use std::net::SocketAddr;

use atlas_server::{App, AppOptions, Guard, Token, router, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const TOKEN: &str = "a-token-of-the-test";
const LIST: &str = "POST / HTTP/1.1\r\ncontent-type: application/x-amz-json-1.0\r\n\
     x-amz-target: AWSStepFunctions.ListActivities\r\n";
const SIGN_IN: &str = "POST /console/api/session HTTP/1.1\r\ncontent-type: application/json\r\n";

async fn served(guard: Guard) -> SocketAddr {
    let listener = TcpListener::bind("0.0.0.0:0").await.expect("there are free ports");
    let port = listener.local_addr().expect("it is bound").port();
    tokio::spawn(serve(listener, router(App::new(AppOptions::default()), guard)));
    ([127, 0, 0, 1], port).into()
}

fn with_token() -> Guard {
    Guard::of_loopback().with_token(&Token::new(TOKEN).expect("it is long enough"))
}

/// The whole answer to a request of these lines.
async fn answer(address: SocketAddr, head: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("somebody listens");
    let length = body.len();
    let request =
        format!("{head}{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the server answers");
    assert!(!answer.contains(TOKEN), "{answer}");
    answer
}

/// With each way to name the host, and of the two APIs.
async fn check(guard: Guard, host: &str, more: &str, status: [u16; 2]) {
    let address = served(guard).await;
    for host in [host.to_owned(), format!("sync-{host}")] {
        let more = more.replace("HOST", &host);
        let headers = format!("host: {host}\r\n{more}");
        let console = "POST /console/api/nothing HTTP/1.1\r\ncontent-type: application/json\r\n";
        for (head, expected) in [(LIST, status[0]), (console, status[1])] {
            let answer = answer(address, head, &headers, "{}").await;
            let line = answer.lines().next().unwrap_or_default();
            assert!(line.contains(&format!(" {expected} ")), "{head}{headers}: {answer}");
        }
    }
}

#[tokio::test]
async fn without_the_token_nobody_gets_in() {
    check(with_token(), "localhost", "", [403, 401]).await;
    check(with_token(), "localhost", "x-amz-security-token: wrong\r\n", [403, 401]).await;
    check(with_token(), "127.0.0.1:1", "authorization: Bearer wrong\r\n", [403, 401]).await;
}

#[tokio::test]
async fn with_the_token_everybody_gets_in() {
    for shown in ["x-amz-security-token: ", "authorization: Bearer "] {
        check(with_token(), "localhost", &format!("{shown}{TOKEN}\r\n"), [200, 404]).await;
    }
}

#[tokio::test]
async fn who_asks_for_another_host_is_refused_with_or_without_a_token() {
    let token = format!("x-amz-security-token: {TOKEN}\r\n");
    check(Guard::of_loopback(), "rebound.example.com", "", [403, 403]).await;
    check(with_token(), "rebound.example.com:8083", &token, [403, 403]).await;
    let allowed = with_token().with_hosts(["atlas.example.com".parse().unwrap()]);
    check(allowed, "atlas.example.com", &token, [200, 404]).await;
}

#[tokio::test]
async fn a_page_of_another_server_is_refused_with_or_without_a_token() {
    let token = format!("x-amz-security-token: {TOKEN}\r\n");
    for origin in ["http://example.com", "http://localhost:3000", "null"] {
        let origin = format!("origin: {origin}\r\n");
        check(Guard::of_loopback(), "localhost:8083", &origin, [403, 403]).await;
        check(with_token(), "localhost:8083", &format!("{origin}{token}"), [403, 403]).await;
    }
    check(Guard::of_loopback(), "localhost:8083", "origin: http://HOST\r\n", [200, 404]).await;
}

#[tokio::test]
async fn a_token_is_traded_for_a_session_that_scripts_cannot_read() {
    let address = served(with_token()).await;
    let host = "host: localhost\r\norigin: http://localhost\r\n";
    let wrong = answer(address, SIGN_IN, host, r#"{"token": "another-token-of-it"}"#).await;
    assert!(wrong.contains(" 401 ") && !wrong.contains("set-cookie"), "{wrong}");
    let right = answer(address, SIGN_IN, host, &format!("{{\"token\": \"{TOKEN}\"}}")).await;
    let cookie = right.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    assert!(cookie.contains("; Path=/; HttpOnly; SameSite=Strict; Max-Age="), "{cookie}");
    let cookie = format!("cookie: {}\r\n", cookie.split(';').next().unwrap());
    let listed = answer(address, LIST, &format!("{host}{cookie}"), "{}").await;
    assert!(listed.contains(" 200 "), "{listed}");
    // No browser leaves the page out.
    let unsaid = answer(address, LIST, &format!("host: localhost\r\n{cookie}"), "{}").await;
    assert!(unsaid.contains(" 403 "), "{unsaid}");
    let sign_out = SIGN_IN.replacen("POST", "DELETE", 1);
    let closed = answer(address, &sign_out, &format!("{host}{cookie}"), "").await;
    assert!(closed.contains("Max-Age=0"), "{closed}");
    let replayed = answer(address, LIST, &format!("{host}{cookie}"), "{}").await;
    assert!(replayed.contains(" 403 "), "{replayed}");
}

#[tokio::test]
async fn the_page_is_there_before_anybody_has_signed_in_and_loads_nothing_from_elsewhere() {
    let address = served(with_token()).await;
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\n");
    let host = "host: localhost\r\n";
    let page = answer(address, &get("/console/"), host, "").await;
    assert!(page.contains(" 200 ") && page.contains("text/html"), "{page}");
    for header in [
        "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src \
         'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "cross-origin-opener-policy: same-origin",
        "cross-origin-resource-policy: same-origin",
    ] {
        assert!(page.contains(header), "{header}: {page}");
    }
    for (path, status) in [
        ("/", " 303 "),
        ("/console", " 303 "),
        ("/console/assets/nothing.js", " 404 "),
        ("/console/assets/../../Cargo.toml", " 404 "),
        ("/console/assets/..%2f..%2fCargo.toml", " 404 "),
        ("/console/assets/%2e%2e/Cargo.toml", " 404 "),
        ("/console/nothing", " 404 "),
        ("/console/api/counts", " 401 "),
        ("/console/api", " 401 "),
    ] {
        let answer = answer(address, &get(path), host, "").await;
        assert!(answer.lines().next().unwrap().contains(status), "{path}: {answer}");
        assert!(answer.contains("cache-control: no-store"), "{path}: {answer}");
    }
}
