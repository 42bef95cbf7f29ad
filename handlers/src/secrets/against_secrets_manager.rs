//! The secret as it is read from Secrets Manager: of the sandbox, and of moto where it runs.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use async_trait::async_trait;
use atlas_sandbox::{Options, Sandbox};
use aws_sdk_secretsmanager::{Client, primitives::Blob};
use jiff::SignedDuration;
use serde_json::json;
use tokio::sync::Notify;

use super::{CachedSecret, SalesforceSecret, Secrets, SecretsManager, SecretsUnavailable};
use crate::{
    against_peers::{client_config, unique},
    testing::SetClock,
};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Secrets that cannot be used, and what is said of them.
const UNUSABLE: [(&str, &str); 4] = [
    (
        "hunter2",
        "the secret is not a JSON object; expected `consumerKey`, `username` and `privateKey`, and \
         perhaps `loginUrl` and `audience`",
    ),
    (r#"{"consumerKey": "hunter2"}"#, "the secret has no text `username`"),
    (
        r#"{"consumerKey": "hunter2", "username": "hunter2", "privateKey": ["hunter2"]}"#,
        "the secret has no text `privateKey`",
    ),
    (
        r#"{"loginUrl": "http://hunter2.example"}"#,
        "`loginUrl` of the secret is not an address to log in at; expected `https://` and a host",
    ),
];

/// Somebody who keeps secrets.
enum Keeper {
    Sandbox(Sandbox),
    Moto,
}

struct Vault {
    keeper: Keeper,
    client: Client,
    /// The name of the good secret.
    good: String,
    /// The names of [`UNUSABLE`], in order.
    unusable: Vec<String>,
}

async fn of_sandbox() -> Vault {
    let unusable: Vec<_> = (0..UNUSABLE.len()).map(|place| format!("unusable-{place}")).collect();
    let texts = UNUSABLE.map(|(text, _)| text.to_owned());
    let secrets = unusable.iter().cloned().zip(texts).collect();
    let sandbox = Sandbox::start(Options { secrets, ..Options::default() }).await.unwrap();
    let client = Client::new(&client_config(sandbox.base_url()).await);
    Vault {
        keeper: Keeper::Sandbox(sandbox),
        client,
        good: "atlas/salesforce".to_owned(),
        unusable,
    }
}

async fn of_moto(endpoint: &str) -> Vault {
    let client = Client::new(&client_config(endpoint).await);
    let create = async |name: &str, text: &str| {
        let name = unique(name);
        client.create_secret().name(&name).secret_string(text).send().await.unwrap();
        name
    };
    let good = create("salesforce", &text_with("first")).await;
    let mut unusable = Vec::new();
    for (text, _) in UNUSABLE {
        unusable.push(create("unusable", text).await);
    }
    Vault { keeper: Keeper::Moto, good, unusable, client }
}

/// Holds a claim to each.
async fn on_each(claim: impl AsyncFn(Vault)) {
    println!("against the sandbox");
    claim(of_sandbox().await).await;
    if let Some(endpoint) = beside::peer("ATLAS_MOTO_ENDPOINT") {
        println!("against moto");
        claim(of_moto(&endpoint).await).await;
    }
}

fn text_with(private_key: &str) -> String {
    json!({"consumerKey": "consumer", "username": "robot", "privateKey": private_key}).to_string()
}

impl Vault {
    fn secret(&self, name: &str) -> SecretsManager {
        SecretsManager::new(self.client.clone(), name)
    }

    /// Replaces the key in the good secret.
    async fn rotate(&self) {
        match &self.keeper {
            Keeper::Sandbox(sandbox) => sandbox.rotate_key(),
            Keeper::Moto => {
                let put = self.client.put_secret_value().secret_id(&self.good);
                put.secret_string(text_with("second")).send().await.unwrap();
            }
        }
    }

    /// The good secret behind a counter, and behind the cache.
    fn cached(&self, clock: &Arc<SetClock>) -> (Arc<Counted>, CachedSecret) {
        let counted = Arc::new(Counted {
            secrets: self.secret(&self.good),
            readings: AtomicU32::new(0),
            read: Notify::new(),
        });
        let cached = CachedSecret::new(counted.clone(), clock.clone(), HOUR);
        (counted, cached)
    }
}

/// Counts the readings, and tells when one is over.
struct Counted {
    secrets: SecretsManager,
    readings: AtomicU32,
    read: Notify,
}

#[async_trait]
impl Secrets for Counted {
    async fn read(&self) -> Result<SalesforceSecret, SecretsUnavailable> {
        self.readings.fetch_add(1, Ordering::SeqCst);
        let secret = self.secrets.read().await;
        self.read.notify_one();
        secret
    }
}

impl Counted {
    fn readings(&self) -> u32 {
        self.readings.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_secret_that_is_missing_or_none_says_so_and_repeats_nothing() {
    on_each(async |vault| {
        let none = vault.secret("atlas/none").read().await.unwrap_err();
        assert_eq!(
            none.cause,
            "Secrets Manager did not give the secret: ResourceNotFoundException; \
             there is no secret of this name"
        );
        for (name, (text, cause)) in vault.unusable.iter().zip(UNUSABLE) {
            let error = vault.secret(name).read().await.unwrap_err();
            assert_eq!(error.cause, cause, "{text}");
        }
        if matches!(vault.keeper, Keeper::Moto) {
            let name = unique("binary");
            let create = vault.client.create_secret().name(&name);
            create.secret_binary(Blob::new(*b"hunter2")).send().await.unwrap();
            let error = vault.secret(&name).read().await.unwrap_err();
            assert_eq!(error.cause, "the secret is binary; expected a JSON object as text");
            vault.client.delete_secret().secret_id(&name).send().await.unwrap();
            let error = vault.secret(&name).read().await.unwrap_err();
            assert_eq!(
                error.cause,
                "Secrets Manager did not give the secret: InvalidRequestException"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn many_first_callers_cause_one_reading() {
    on_each(async |vault| {
        let (counted, cached) = vault.cached(&Arc::default());
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let cached = cached.clone();
            callers.spawn(async move { cached.get().await.map(drop) });
        }
        assert!(callers.join_all().await.iter().all(Result::is_ok));
        assert_eq!(counted.readings(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_old_secret_is_given_out_while_the_rotated_one_is_read() {
    on_each(async |vault| {
        let clock = Arc::<SetClock>::default();
        let (counted, cached) = vault.cached(&clock);
        let first = cached.get().await.unwrap().secret;
        counted.read.notified().await;
        vault.rotate().await;
        assert_eq!(cached.get().await.unwrap().secret, first, "it is not old yet");
        clock.advance(HOUR);
        for _ in 0..3 {
            assert_eq!(cached.get().await.unwrap().secret, first);
        }
        counted.read.notified().await;
        // The reading is over; what it found is put where callers look, without another wait.
        let second = loop {
            let now = cached.get().await.unwrap().secret;
            if now != first {
                break now;
            }
            tokio::task::yield_now().await;
        };
        assert_ne!(second.private_key, first.private_key);
        assert_eq!(counted.readings(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_rotated_secret_is_read_afresh_once_however_many_were_refused() {
    on_each(async |vault| {
        let (counted, cached) = vault.cached(&Arc::default());
        let refused = cached.get().await.unwrap();
        vault.rotate().await;
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (cached, refused) = (cached.clone(), refused.clone());
            callers.spawn(async move { cached.refresh_now(&refused).await.unwrap().secret });
        }
        let fresh = callers.join_all().await;
        assert!(fresh.iter().all(|secret| secret.private_key != refused.secret.private_key));
        assert_eq!(counted.readings(), 2);
    })
    .await;
}
