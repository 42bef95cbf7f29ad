//! Somebody asks to be erased: what the tables and the dead letters hold of them, and deleting it. What
//! `atlas erase` does where the handlers write.

use definitions::contract::{EmailAddress, InteractionKey, PhoneNumber};

use crate::{
    cache::{CacheSearch, CacheUnavailable, FoundEntry},
    clients::{self, Aws, Patience},
    clock::{Clock, SystemClock},
    environment::{Environment, InvalidVariable, variables},
    queue::{DeadLetterSearch, Fate, FoundMessages, QueueUnavailable},
    records::{
        DynamoErasure, DynamoSuppression, KeptInteraction, PhoneHashKey, StoreUnavailable,
        SuppressedNumber, SuppressionList, Wanted,
    },
};

/// What is needed.
pub struct Deps {
    calls: DynamoErasure,
    suppression: DynamoSuppression,
    cache: CacheSearch,
    queues: aws_sdk_sqs::Client,
    hash_key: PhoneHashKey,
}

/// Somebody, as they ask.
pub struct Whom<'a> {
    /// Their numbers.
    pub phones: &'a [PhoneNumber],
    /// Their addresses.
    pub emails: &'a [EmailAddress],
    /// Keys of interactions of theirs that are known from elsewhere.
    pub keys: Vec<InteractionKey>,
    /// Whether a document is theirs.
    pub is_theirs: &'a (dyn Fn(&str) -> bool + Send + Sync),
}

/// Why it could not be looked or erased everywhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotErased {
    /// The table of leads and calls, or the suppression list.
    #[error(transparent)]
    Store(#[from] StoreUnavailable),
    /// The caches.
    #[error(transparent)]
    Cache(#[from] CacheUnavailable),
    /// The dead letters.
    #[error(transparent)]
    Queue(#[from] QueueUnavailable),
}

/// The dead letters of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetters {
    /// The queue's name or URL.
    pub queue: String,
    /// `None` where there is no such queue.
    pub found: Option<FoundMessages>,
}

impl Deps {
    /// What the handlers of this environment write to.
    pub async fn new(environment: &Environment) -> Result<Self, InvalidVariable> {
        let aws = Aws::new(environment).await?;
        let dynamodb = aws.dynamodb(Patience::STEP)?;
        let cache = variables::RESPONSE_CACHE_TABLE.text(environment)?;
        Ok(Self {
            calls: DynamoErasure::new(clients::calls(environment, dynamodb.clone())?),
            suppression: clients::suppression(environment, dynamodb.clone())?,
            cache: CacheSearch::new(dynamodb, cache),
            queues: aws.sqs_to_search()?,
            hash_key: clients::phone_hash_key(environment)?,
        })
    }

    /// How records know a number.
    pub fn phone_hash(&self, phone: &PhoneNumber) -> String {
        self.hash_key.hash(phone).as_str().to_owned()
    }

    /// The interactions of somebody in the table of leads and calls.
    pub async fn interactions(&self, whom: &Whom<'_>) -> Result<Vec<KeptInteraction>, NotErased> {
        let wanted = Wanted {
            phones: whom.phones.iter().map(|phone| self.hash_key.hash(phone)).collect(),
            emails: whom.emails.iter().map(|email| self.hash_key.hash_email(email)).collect(),
            keys: whom.keys.clone(),
            is_theirs: whom.is_theirs,
        };
        Ok(self.calls.find(&wanted).await?)
    }

    /// Deletes all that the table holds of an interaction.
    pub async fn erase_interaction(&self, kept: &KeptInteraction) -> Result<(), NotErased> {
        Ok(self.calls.erase(kept).await?)
    }

    /// Entries of the caches that are about somebody: none, unless something went wrong.
    pub async fn cached(
        &self,
        is_about: &(dyn Fn(&str) -> bool + Send + Sync),
    ) -> Result<Vec<FoundEntry>, NotErased> {
        Ok(self.cache.find(is_about).await?)
    }

    /// Deletes an entry of the caches.
    pub async fn erase_cached(&self, entry: &FoundEntry) -> Result<(), NotErased> {
        Ok(self.cache.erase(entry).await?)
    }

    /// Looks through the dead letters of queues, some by their names and some by their URLs.
    pub async fn dead_letters(
        &self,
        named: &[String],
        by_url: &[String],
        is_about: &(dyn Fn(&str) -> bool + Send + Sync),
        fate: Fate,
    ) -> Result<Vec<DeadLetters>, NotErased> {
        let mut all = Vec::new();
        for name in named {
            let found = match DeadLetterSearch::named(self.queues.clone(), name).await? {
                Some(letters) => Some(letters.look(is_about, fate).await?),
                None => None,
            };
            all.push(DeadLetters { queue: name.clone(), found });
        }
        for url in by_url {
            let letters = DeadLetterSearch::at(self.queues.clone(), url);
            let found = Some(letters.look(is_about, fate).await?);
            all.push(DeadLetters { queue: url.clone(), found });
        }
        Ok(all)
    }

    /// Whether a number must not be called.
    pub async fn is_suppressed(&self, phone: &PhoneNumber) -> Result<bool, NotErased> {
        Ok(self.suppression.holds(&self.hash_key.hash(phone)).await?)
    }

    /// Puts a number on the list of those that must not be called. `false` where it was on it.
    pub async fn suppress(&self, phone: &PhoneNumber, reason: &str) -> Result<bool, NotErased> {
        let number = SuppressedNumber {
            phone_hash: self.hash_key.hash(phone),
            reason: reason.to_owned(),
            since: SystemClock.now(),
        };
        Ok(self.suppression.add(&number).await?)
    }

    /// Takes a number off it. `false` where it was not on it.
    pub async fn forget_suppression(&self, phone: &PhoneNumber) -> Result<bool, NotErased> {
        Ok(self.suppression.remove(&self.hash_key.hash(phone)).await?)
    }
}
