//! What web pages from elsewhere try, and what everybody else still may.

use super::*;

#[tokio::test]
async fn a_page_from_elsewhere_neither_changes_nor_reads_anything_at_any_door() {
    let client = Client::start(Options::default()).await;
    let entrance = client.sandbox.entrance("first").unwrap();
    for base in [client.sandbox.base_url(), &entrance] {
        for (name, value, right) in [
            ("host", "evil.example", "expected localhost"),
            ("origin", "http://evil.example", "expected no `Origin`"),
            ("sec-fetch-site", "cross-site", "expected no `Sec-Fetch-Site`"),
        ] {
            for (method, path) in [
                (Method::POST, "/_atlas/faults"),
                (Method::OPTIONS, "/_atlas/faults"),
                (Method::GET, "/_atlas/counters"),
                (Method::GET, "/services/data/v66.0/limits"),
                (Method::POST, "/"),
            ] {
                let request = client.http.request(method, format!("{base}{path}"));
                let request = request.header(name, value).body(r#"["salesforce:503:1"]"#);
                let response = request.send().await.unwrap();
                assert_eq!(response.status(), 403, "{path} {name}");
                let told = response.text().await.unwrap();
                assert!(told.contains(right), "{told}");
            }
        }
    }
    let counters = client.sandbox.counters();
    assert_eq!((&counters["faults"], &counters["calls"]), (&json!([]), &json!({})));
}

#[tokio::test]
async fn whoever_asks_for_the_sandbox_is_served_at_every_door_and_address() {
    for listen in ["127.0.0.1:0", "127.0.0.2:0", "[::1]:0"] {
        let listen = listen.parse().unwrap();
        let client = Client::start(Options { listen, ..Options::default() }).await;
        let entrance = client.sandbox.entrance("first").unwrap();
        for base in [client.sandbox.base_url(), &entrance] {
            for headers in [
                &[][..],
                &[("host", "localhost:4600")],
                &[("origin", base), ("sec-fetch-site", "same-origin")],
            ] {
                let mut request = client.http.get(format!("{base}/_atlas/counters"));
                for (name, value) in headers {
                    request = request.header(*name, *value);
                }
                assert_eq!(request.send().await.unwrap().status(), 200, "{base} {headers:?}");
            }
        }
    }
}
