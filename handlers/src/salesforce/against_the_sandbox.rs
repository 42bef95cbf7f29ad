//! `CreateLead` with its own clients against the sandbox, whose counters are asked over HTTP: what
//! sessions, logins and secrets cost, however many handlers share them.

use std::sync::Arc;

use atlas_sandbox::{Options, Sandbox};
use definitions::{contract::CreateLeadInput, resources::CALLS};
use jiff::SignedDuration;
use serde_json::Value;
use tokio::task::JoinSet;

use super::{SalesforceClient, Settings, Timeouts};
use crate::{
    against_peers::{client_config, create_table},
    create_lead,
    records::{DynamoLeads, Table},
    secrets::{CachedSecret, SecretsManager},
    testing::{SetClock, create_lead_input, phone_hash_key},
};

/// An org where a session lasts as long as an assertion may be dated ahead of the sandbox's clock.
const SESSION: SignedDuration = SignedDuration::from_secs(100);

struct World {
    sandbox: Sandbox,
    clock: Arc<SetClock>,
    deps: create_lead::Deps,
}

async fn world() -> World {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let config = client_config(sandbox.base_url()).await;
    let dynamodb = aws_sdk_dynamodb::Client::new(&config);
    create_table(&dynamodb, &CALLS, CALLS.name).send().await.unwrap();
    let clock = Arc::<SetClock>::default();
    let client = aws_sdk_secretsmanager::Client::new(&config);
    let source = Arc::new(SecretsManager::new(client, "atlas/salesforce"));
    let secret = CachedSecret::new(source, clock.clone(), SignedDuration::from_hours(24));
    let patient = std::time::Duration::from_secs(60);
    let settings = Settings {
        login_url: Some(sandbox.base_url().parse().unwrap()),
        session_lifetime: SESSION,
        timeouts: Timeouts {
            connect: patient,
            read: patient,
            request: patient,
            operation: patient,
        },
        ..Settings::default()
    };
    let salesforce = SalesforceClient::new(secret, clock.clone(), settings);
    let calls = Table::new(dynamodb, CALLS.name, clock.clone(), SignedDuration::from_hours(24));
    let deps = create_lead::Deps {
        salesforce: Arc::new(salesforce),
        leads: Arc::new(DynamoLeads::new(calls)),
        phones: phone_hash_key(),
        clock: clock.clone(),
    };
    World { sandbox, clock, deps }
}

/// What was counted since the sandbox began.
#[derive(Debug, PartialEq, Eq)]
struct Counted {
    logins: u64,
    secret_reads: u64,
    upserts: u64,
    leads: usize,
}

impl World {
    async fn create_leads(&self, count: usize) {
        let mut handlers = JoinSet::new();
        for number in 0..count {
            let deps = self.deps.clone();
            let interaction_key = format!("k-{number}").parse().unwrap();
            let input = CreateLeadInput { interaction_key, ..create_lead_input() };
            handlers.spawn(async move { create_lead::run(input, &deps).await.map(drop) });
        }
        for result in handlers.join_all().await {
            result.unwrap();
        }
    }

    async fn counted(&self) -> Counted {
        let url = format!("{}/_atlas/counters", self.sandbox.base_url());
        let counters: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        let sum = |tally: &str| {
            counters[tally].as_object().unwrap().values().filter_map(Value::as_u64).sum()
        };
        Counted {
            logins: sum("logins"),
            secret_reads: sum("secretReads"),
            upserts: counters["calls"]["salesforce"]["upsertLead"]["count"].as_u64().unwrap_or(0),
            leads: counters["leads"].as_object().unwrap().len(),
        }
    }
}

#[tokio::test]
async fn two_hundred_handlers_on_an_expired_token_cause_one_login() {
    let world = world().await;
    world.create_leads(200).await;
    let expected = Counted { logins: 1, secret_reads: 1, upserts: 200, leads: 200 };
    assert_eq!(world.counted().await, expected);
    world.clock.advance(SESSION);
    world.create_leads(200).await;
    let expected = Counted { logins: 2, secret_reads: 1, upserts: 400, leads: 200 };
    assert_eq!(world.counted().await, expected);
}

#[tokio::test]
async fn a_rotated_key_costs_one_fresh_reading_of_the_secret() {
    let world = world().await;
    world.create_leads(1).await;
    world.sandbox.rotate_key();
    world.clock.advance(SESSION);
    world.create_leads(200).await;
    let expected = Counted { logins: 2, secret_reads: 2, upserts: 201, leads: 200 };
    assert_eq!(world.counted().await, expected);
}

#[tokio::test]
async fn a_revoked_session_costs_one_retry() {
    let world = world().await;
    world.create_leads(1).await;
    world.sandbox.revoke_sessions();
    world.create_leads(1).await;
    let expected = Counted { logins: 2, secret_reads: 1, upserts: 3, leads: 1 };
    assert_eq!(world.counted().await, expected);
    // However many meet it: one login, and no request is sent more than twice.
    world.sandbox.revoke_sessions();
    world.create_leads(200).await;
    let counted = world.counted().await;
    assert_eq!((counted.logins, counted.leads), (3, 200));
    assert!((204..=403).contains(&counted.upserts), "{counted:?}");
}
