//! The client against a peer on loopback that checks what it is sent.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Value, json};
use tokio::{sync::watch, time::Instant};

use super::{
    OutcomeReport, Salesforce, SalesforceClient, SalesforceError, SalesforceErrorKind as Kind,
    Settings, Timeouts, UpsertedLead,
};
use crate::{
    observe::{Line, scoped},
    secrets::{CachedSecret, Sensitive},
    testing::{HttpPeer, PUBLIC_KEY, Reply, Request, SetClock, StubSecrets, lead, outcome, secret},
};

const LEAD: &str = "00Q5e00000ADA01EXA";

/// An org: who may log in, and when, which sessions are good, and answers that come before its own.
struct Org {
    url: Mutex<String>,
    consumer_key: Mutex<String>,
    logins: AtomicU32,
    good_from: AtomicU32,
    login_gate: watch::Sender<bool>,
    login_answers: Mutex<VecDeque<Reply>>,
    answers: Mutex<VecDeque<Reply>>,
    /// Upserts answer 204 and nothing.
    terse: AtomicBool,
    seen: Mutex<Vec<String>>,
}

impl Default for Org {
    fn default() -> Self {
        Self {
            url: Mutex::default(),
            consumer_key: Mutex::default(),
            logins: AtomicU32::default(),
            good_from: AtomicU32::default(),
            login_gate: watch::Sender::new(true),
            login_answers: Mutex::default(),
            answers: Mutex::default(),
            terse: AtomicBool::default(),
            seen: Mutex::default(),
        }
    }
}

impl Org {
    fn answer(&self, request: &Request) -> Reply {
        self.seen.lock().unwrap().push(request.line.clone());
        if request.line == "POST /services/oauth2/token" {
            return self.login(request);
        }
        if let Some(reply) = self.answers.lock().unwrap().pop_front() {
            return reply;
        }
        let bearer = request.head.split_once("Bearer token-").unwrap().1;
        let token: u32 = bearer.lines().next().unwrap().parse().unwrap();
        if token < self.good_from.load(Ordering::SeqCst) {
            return refused(401, "INVALID_SESSION_ID");
        }
        let terse = self.terse.load(Ordering::SeqCst);
        match request.line.as_str() {
            "PATCH /services/data/v66.0/sobjects/Lead/Interaction_Key__c/k-1" if terse => {
                Reply::json(204, &Value::Null)
            }
            "PATCH /services/data/v66.0/sobjects/Lead/Interaction_Key__c/k-1" => {
                Reply::json(201, &json!({"id": LEAD, "success": true, "errors": []}))
            }
            "GET /services/data/v66.0/sobjects/Lead/Interaction_Key__c/k-1?fields=Id" => {
                Reply::json(200, &json!({"Id": LEAD}))
            }
            "PATCH /services/data/v66.0/sobjects/Lead/00Q5e00000ADA01EXA" => {
                Reply::json(204, &Value::Null)
            }
            "POST /services/data/v66.0/composite" => Reply::json(
                200,
                &json!({"compositeResponse": [
                    {"referenceId": "upsert", "httpStatusCode": 204, "body": null},
                    {"referenceId": "read", "httpStatusCode": 200, "body": {"Id": LEAD}},
                ]}),
            ),
            other => panic!("{other}"),
        }
    }

    fn login(&self, request: &Request) -> Reply {
        if let Some(reply) = self.login_answers.lock().unwrap().pop_front() {
            return reply;
        }
        let assertion = request.body.split_once("&assertion=").unwrap().1;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&["https://login.salesforce.com"]);
        validation.set_issuer(&[self.consumer_key.lock().unwrap().as_str()]);
        let key = DecodingKey::from_rsa_pem(PUBLIC_KEY.as_bytes()).unwrap();
        if decode::<Value>(assertion, &key, &validation).is_err() {
            let error = json!({"error": "invalid_grant", "error_description": "invalid assertion"});
            return Reply::json(400, &error);
        }
        let login = self.logins.fetch_add(1, Ordering::SeqCst) + 1;
        let url = self.url.lock().unwrap().clone();
        Reply::json(200, &json!({"access_token": format!("token-{login}"), "instance_url": url}))
            .when(&self.login_gate)
    }

    fn times(&self, line: &str) -> usize {
        self.seen.lock().unwrap().iter().filter(|seen| seen.starts_with(line)).count()
    }
}

fn refused(status: u16, code: &str) -> Reply {
    let message = "ada@example.com +14155550123 is wrong";
    Reply::json(status, &json!([{"message": message, "errorCode": code}]))
}

struct World {
    org: Arc<Org>,
    _peer: HttpPeer,
    secrets: Arc<StubSecrets>,
    clock: Arc<SetClock>,
    client: Arc<SalesforceClient>,
}

async fn world() -> World {
    let org = Arc::<Org>::default();
    let answering = org.clone();
    let peer = HttpPeer::start(move |request| answering.answer(&request)).await;
    *org.url.lock().unwrap() = peer.url();
    *org.consumer_key.lock().unwrap() = "consumer".to_owned();
    let secrets = StubSecrets::holding(secret(&peer.url()));
    let clock = Arc::<SetClock>::default();
    let cached = CachedSecret::new(secrets.clone(), clock.clone(), SignedDuration::from_hours(24));
    let timeouts = Timeouts {
        connect: Duration::from_secs(5),
        read: Duration::from_secs(5),
        request: Duration::from_secs(10),
        operation: Duration::from_secs(20),
    };
    let settings = Settings { timeouts, ..Settings::default() };
    let client = Arc::new(SalesforceClient::new(cached, clock.clone(), settings));
    World { org, _peer: peer, secrets, clock, client }
}

impl World {
    async fn upsert(&self) -> Result<UpsertedLead, SalesforceError> {
        self.client.upsert_lead(&"k-1".parse().unwrap(), &lead(), "lex").await
    }

    /// No login is answered before all have asked.
    async fn upsert_two_hundred_at_once(&self) {
        self.org.login_gate.send_replace(false);
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..200 {
            let client = self.client.clone();
            callers.spawn(async move {
                client.upsert_lead(&"k-1".parse().unwrap(), &lead(), "lex").await
            });
        }
        // The runtime has one thread: when it is our turn again each of them has had its own.
        tokio::task::yield_now().await;
        self.org.login_gate.send_replace(true);
        for result in callers.join_all().await {
            assert_eq!(result.unwrap().lead_id, LEAD);
        }
    }

    fn logins(&self) -> u32 {
        self.org.logins.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn two_hundred_callers_on_an_expired_session_cause_one_login() {
    let world = world().await;
    world.upsert_two_hundred_at_once().await;
    assert_eq!(world.logins(), 1);
    world.clock.advance(SignedDuration::from_mins(60));
    world.upsert_two_hundred_at_once().await;
    assert_eq!((world.logins(), world.secrets.readings()), (2, 1));
}

#[tokio::test]
async fn a_session_that_grows_old_is_renewed_beside_the_traffic() {
    let world = world().await;
    world.upsert().await.unwrap();
    world.clock.advance(SignedDuration::from_mins(55));
    let never = watch::Sender::new(false);
    let held = Reply::json(503, &Value::Null).when(&never);
    world.org.login_answers.lock().unwrap().push_back(held);
    world.upsert().await.unwrap();
    world.upsert().await.unwrap();
    assert_eq!((world.logins(), world.org.times("POST")), (1, 2));
}

#[tokio::test]
async fn a_revoked_session_costs_one_retry_and_one_login_however_many_meet_it() {
    for status in [401, 403] {
        let world = world().await;
        world.upsert().await.unwrap();
        world.org.answers.lock().unwrap().push_back(refused(status, "INVALID_SESSION_ID"));
        world.upsert().await.unwrap();
        assert_eq!((world.logins(), world.org.times("PATCH")), (2, 3));
    }
    let world = world().await;
    world.upsert().await.unwrap();
    world.org.good_from.store(2, Ordering::SeqCst);
    world.upsert_two_hundred_at_once().await;
    assert_eq!(world.logins(), 2);
}

#[tokio::test]
async fn a_session_that_ends_twice_is_not_tried_a_third_time() {
    let world = world().await;
    world.org.good_from.store(9, Ordering::SeqCst);
    let error = world.upsert().await.unwrap_err();
    assert_eq!((error.kind, world.logins()), (Kind::Unavailable, 2));
}

#[tokio::test]
async fn a_rotated_key_costs_one_fresh_reading_of_the_secret() {
    let world = world().await;
    world.upsert().await.unwrap();
    let mut rotated = secret(&world.org.url.lock().unwrap());
    rotated.consumer_key = Sensitive::new("rotated");
    world.secrets.rotate(rotated);
    *world.org.consumer_key.lock().unwrap() = "rotated".to_owned();
    world.clock.advance(SignedDuration::from_mins(60));
    world.upsert_two_hundred_at_once().await;
    assert_eq!((world.logins(), world.secrets.readings()), (2, 2));
}

#[tokio::test]
async fn an_assertion_that_stays_refused_is_auth_failed_after_one_fresh_reading() {
    let world = world().await;
    *world.org.consumer_key.lock().unwrap() = "another".to_owned();
    let error = world.upsert().await.unwrap_err();
    assert_eq!((error.kind, world.secrets.readings()), (Kind::AuthFailed, 2));
}

#[tokio::test]
async fn a_private_key_that_is_none_is_auth_failed() {
    let world = world().await;
    let mut unusable = secret(&world.org.url.lock().unwrap());
    unusable.private_key = Sensitive::new("hunter2");
    world.secrets.rotate(unusable);
    let error = world.upsert().await.unwrap_err();
    assert_eq!(error.kind, Kind::AuthFailed);
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}

#[tokio::test]
async fn an_org_that_answers_without_an_id_is_asked_for_it_and_then_in_one_round_trip() {
    let world = world().await;
    world.org.terse.store(true, Ordering::SeqCst);
    let first = world.upsert().await.unwrap();
    assert_eq!((first.lead_id.as_str(), first.created), (LEAD, false));
    assert_eq!((world.org.times("GET"), world.org.times("POST /services/data")), (1, 0));
    world.upsert().await.unwrap();
    assert_eq!((world.org.times("GET"), world.org.times("POST /services/data")), (1, 1));
    // Where the session has ended the POST is not sent again.
    world.org.good_from.store(2, Ordering::SeqCst);
    world.upsert().await.unwrap();
    assert_eq!((world.org.times("GET"), world.org.times("POST /services/data")), (2, 2));
}

#[tokio::test]
async fn an_outcome_is_patched() {
    let world = world().await;
    let call = outcome();
    let report = OutcomeReport { call: &call, status: "Working - Contacted" };
    world.client.report_outcome(report).await.unwrap();
    assert_eq!(world.org.times("PATCH /services/data/v66.0/sobjects/Lead/00Q"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_answer_is_unavailable_in_time() {
    let (soon, late) = (Duration::from_secs(1), Duration::from_secs(50));
    let check = async |timeouts: Timeouts| {
        let mut world = world().await;
        let cached = CachedSecret::new(
            world.secrets.clone(),
            world.clock.clone(),
            SignedDuration::from_hours(24),
        );
        let settings = Settings { timeouts, ..Settings::default() };
        let client = SalesforceClient::new(cached, world.clock.clone(), settings);
        world.client = Arc::new(client);
        let never = watch::Sender::new(false);
        let hangs = Reply::json(200, &Value::Null).when(&never);
        world.org.answers.lock().unwrap().push_back(hangs);
        let began = Instant::now();
        let error = world.upsert().await.unwrap_err();
        assert_eq!((error.kind, error.code.as_str()), (Kind::Unavailable, "Timeout"));
        assert!(began.elapsed() < late, "{:?}", began.elapsed());
    };
    let patient = Timeouts { connect: late, read: late, request: late, operation: late };
    check(Timeouts { read: soon, ..patient }).await;
    check(Timeouts { request: soon, ..patient }).await;
    check(Timeouts { operation: soon, ..patient }).await;
}

#[tokio::test]
async fn no_peer_at_all_is_unavailable() {
    let world = world().await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    world.secrets.rotate(secret(&format!("http://{nobody}")));
    let error = world.upsert().await.unwrap_err();
    assert_eq!((error.kind, error.code.as_str()), (Kind::Unavailable, "ConnectionFailed"));
}

#[tokio::test]
async fn each_answer_has_its_kind_and_nothing_of_it_is_repeated() {
    let world = world().await;
    let check = async |reply: Reply, kind: Kind| {
        let lines = Arc::new(Mutex::new(Vec::<Line>::new()));
        world.org.answers.lock().unwrap().push_back(reply.clone());
        let error = scoped(lines.clone(), world.upsert()).await.unwrap_err();
        assert_eq!(error.kind, kind, "{reply:?}");
        let lines = lines.lock().unwrap();
        let lines = lines.iter().map(|line| line.to_json(Timestamp::UNIX_EPOCH).to_string());
        let lines: String = lines.collect();
        assert!(lines.contains(r#""ApiUsage":25.0"#), "{lines}");
        let told = format!("{error} {error:?} {lines}");
        for hidden in ["ada@", "4155550123", "token-", "Lovelace", "eyJ", "robot@", "PRIVATE"] {
            assert!(!told.contains(hidden), "{hidden}: {told}");
        }
    };
    check(refused(400, "REQUIRED_FIELD_MISSING"), Kind::Rejected).await;
    check(refused(400, "DUPLICATES_DETECTED"), Kind::Rejected).await;
    check(refused(400, "ada@example.com"), Kind::Rejected).await;
    check(refused(403, "REQUEST_LIMIT_EXCEEDED"), Kind::Throttled).await;
    check(refused(400, "UNABLE_TO_LOCK_ROW"), Kind::Unavailable).await;
    check(refused(503, "SERVER_UNAVAILABLE"), Kind::Unavailable).await;
    check(Reply::json(500, &json!("ada@example.com")), Kind::Unavailable).await;
    check(Reply::json(300, &json!(["/a", "/b"])), Kind::Rejected).await;
    check(Reply::json(302, &Value::Null), Kind::Unavailable).await;
}

#[tokio::test]
async fn a_login_that_fails_has_its_kind_too() {
    let check = async |reply: Reply, kind: Kind| {
        let world = world().await;
        world.org.login_answers.lock().unwrap().push_back(reply.clone());
        assert_eq!(world.upsert().await.unwrap_err().kind, kind, "{reply:?}");
    };
    let rate = json!({"error": "invalid_grant", "error_description": "login rate exceeded"});
    check(Reply::json(400, &rate), Kind::Throttled).await;
    check(Reply::json(503, &Value::Null), Kind::Unavailable).await;
    check(Reply::json(200, &json!({"access_token": "t"})), Kind::Unavailable).await;

    let world = world().await;
    world.secrets.fail(true);
    assert_eq!(world.upsert().await.unwrap_err().kind, Kind::SecretsUnavailable);
}
