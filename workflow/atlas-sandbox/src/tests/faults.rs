use std::time::Duration;

use tokio::time::Instant;

use super::*;
use crate::Latency;

fn secret(client: &Client) -> impl Future<Output = (StatusCode, Value)> + '_ {
    client.call(
        Service::SecretsManager,
        "DescribeSecret",
        json!({ "SecretId": "atlas/salesforce" }),
    )
}

#[tokio::test(start_paused = true)]
async fn a_new_connection_to_salesforce_takes_longer_than_a_reused_one() {
    let client = Client::start(Options { latency: Latency::seed(), ..Options::default() }).await;
    for milliseconds in [800, 200, 200] {
        let started = Instant::now();
        read(client.request(Method::GET, "/services/data/v66.0/sobjects/Lead/x")).await;
        let took = started.elapsed().as_millis();
        assert!((milliseconds..milliseconds + 20).contains(&took), "{took}");
    }
    let counters = client.sandbox.counters();
    assert_eq!(counters["calls"]["salesforce"]["getLead"]["newConnections"], 1);
}

#[tokio::test]
async fn a_status_and_a_throttle_are_told_as_the_service_tells_them() {
    for (fault, status, code) in [
        ("secretsmanager:500:1", 500, "InternalServiceError"),
        ("secretsmanager:throttle:1", 400, "ThrottlingException"),
    ] {
        let client = Client::start(faults(&[fault])).await;
        let (found, told) = secret(&client).await;
        assert_eq!((found.as_u16(), told["__type"].as_str()), (status, Some(code)));
        assert_eq!(
            client.sandbox.counters()["calls"]["secretsmanager"]["DescribeSecret"]["count"],
            1
        );
    }
}

#[tokio::test]
async fn a_reset_comes_before_the_work_or_after_it() {
    for (fault, rings) in [("connect:reset:1", json!(null)), ("connect:reset-after:1", json!(1))] {
        let client = Client::start(faults(&[fault])).await;
        let error = client.dial_request("+14155550123", "t").send().await.unwrap_err();
        assert!(error.is_request(), "{error:?}");
        assert_eq!(client.sandbox.counters()["ringsByToken"]["t"], rings, "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_work_goes_on_when_the_client_hangs_up() {
    let client = Client::start(Options { latency: Latency::seed(), ..Options::default() }).await;
    let dialed =
        client.dial_request("+14155550123", "t").timeout(Duration::from_millis(300)).send().await;
    assert!(dialed.unwrap_err().is_timeout());
    assert_eq!(client.sandbox.counters()["ringsByToken"], json!({}));
    client.dial("+14155550123", "u").await;
    assert_eq!(client.sandbox.counters()["ringsByToken"]["t"], 1);
}

#[tokio::test(start_paused = true)]
async fn what_hangs_lets_go_when_the_sandbox_stops() {
    let client = Client::start(faults(&["secretsmanager:hang:1"])).await;
    let waiting = client.signed(Service::SecretsManager, Method::POST, "/");
    let waiting = waiting.header("x-amz-target", "secretsmanager.DescribeSecret").body("{}");
    let early = waiting.try_clone().unwrap().timeout(Duration::from_secs(60)).send().await;
    assert!(early.unwrap_err().is_timeout());
    let waiting = tokio::spawn(waiting.send());
    tokio::time::sleep(Duration::from_secs(1)).await;
    client.sandbox.stop().await;
    assert!(waiting.await.unwrap().is_err());
}

#[tokio::test]
async fn contact_events_come_twice_out_of_order_or_never() {
    for (set, expected) in [
        (vec![], "INITIATED DISCONNECTED"),
        (vec!["contact-events:out-of-order:1"], "DISCONNECTED INITIATED"),
        (
            vec!["contact-events:twice:1", "contact-events:early:1"],
            "INITIATED DISCONNECTED INITIATED DISCONNECTED",
        ),
    ] {
        let client = Client::start(faults(&set)).await;
        client.dial("+14155550190", "t").await;
        let events = client.events(expected.split(' ').count()).await;
        let types: Vec<_> =
            events.iter().map(|event| event["detail"]["eventType"].as_str().unwrap()).collect();
        assert_eq!(types.join(" "), expected, "{set:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn contact_events_come_late_or_never() {
    for (fault, expected) in [("contact-events:late:1", 2), ("contact-events:never:1", 0)] {
        let client = Client::start(faults(&[fault])).await;
        let started = Instant::now();
        client.dial("+14155550190", "t").await;
        assert_eq!(client.events(expected).await.len(), expected);
        assert!(started.elapsed() >= Duration::from_secs(5));
    }
}

#[tokio::test]
async fn the_same_seed_meets_the_same_faults() {
    let mut runs = Vec::new();
    for seed in [1, 1, 2] {
        let client = Client::start(Options { seed, ..faults(&["connect:503:0.5"]) }).await;
        let mut statuses = Vec::new();
        for n in 0..32 {
            statuses.push(client.dial("+14155550190", &n.to_string()).await.0.as_u16());
        }
        runs.push(statuses);
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

#[tokio::test]
async fn the_administration_sets_faults_scripts_calls_and_forgets() {
    let client = Client::start(Options::default()).await;
    let post = |path: &str, body: Value| {
        read(client.request(Method::POST, &format!("/_atlas/{path}")).json(&body))
    };
    assert_eq!(post("calls", json!({ "+14155550123": ["BUSY"] })).await.0, 204);
    client.dial("+14155550123", "t").await;
    let (_, counters) = read(client.request(Method::GET, "/_atlas/counters")).await;
    assert_eq!(
        counters["contacts"].as_object().unwrap().values().next().unwrap()["outcome"],
        "BUSY"
    );
    assert_eq!(post("faults", json!(["secretsmanager:503:1"])).await.0, 204);
    assert_eq!(secret(&client).await.0, 503);
    assert_eq!(post("reset", json!({})).await.0, 204);
    assert_eq!(client.sandbox.counters()["contacts"], json!({}));
    let (status, told) = post("faults", json!(["sqs:expired:1"])).await;
    assert_eq!(status, 400);
    assert!(told["message"].as_str().unwrap().contains("no fault of sqs"));
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let options = Options { listen: ([0, 0, 0, 0], 0).into(), ..Options::default() };
    let error = Sandbox::start(options).await.unwrap_err().to_string();
    assert_eq!(error, "`0.0.0.0` is not on loopback; the sandbox listens on 127.0.0.1 or ::1 only");
}
