//! Writes the chat's answer for the next turn: once per key, however many ask, in however many
//! processes. A message that fails comes again; the others are done.

use std::{collections::HashMap, sync::Arc};

use serde_json::Value;
use tokio::task::JoinSet;

use crate::{
    bedrock::{InvalidReply, LanguageModel, ModelError, Reply, Topic, response_question},
    cache::{Cache, CacheKey, CacheUnavailable, ResponseKey},
    lex::TALK_INTENTS,
    observe::{inherit, warn},
    queue::{BatchAnswer, SqsBatch, SqsMessage, WriteResponse},
};

/// What it works with.
#[derive(Clone)]
pub struct Deps {
    /// The model, behind its breaker.
    pub model: Arc<dyn LanguageModel>,
    /// The cache of answers.
    pub cache: Arc<Cache>,
}

/// Why an answer was not written.
#[derive(Debug, thiserror::Error)]
enum NotWritten {
    #[error("the message is not one of ours")]
    Message,
    #[error(transparent)]
    Cache(#[from] CacheUnavailable),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error("the model's answer is not taken: {0}")]
    Reply(#[from] InvalidReply),
}

/// Writes the answers that a batch asks for. Messages with one key are one piece of work.
pub async fn run(event: Value, deps: &Deps) -> BatchAnswer {
    let mut answer = BatchAnswer::default();
    let mut asked: HashMap<String, (WriteResponse, Vec<String>)> = HashMap::new();
    for SqsMessage { id, body } in SqsBatch::of(&event).messages() {
        match parse(body) {
            Ok(message) => {
                let work = asked.entry(key(&message).partition());
                work.or_insert_with(|| (message, Vec::new())).1.push(id.to_owned());
            }
            Err(error) => {
                warn("a message fails", error);
                answer.fail(id);
            }
        }
    }
    let mut works = JoinSet::new();
    for (message, ids) in asked.into_values() {
        let deps = deps.clone();
        works.spawn(inherit(async move { (write(&message, &deps).await, ids) }));
    }
    // A work that panics is missing here: its error is the batch's, and Lambda sends all again.
    for (result, ids) in works.join_all().await {
        if let Err(error) = result {
            warn("an answer is not written", error);
            ids.into_iter().for_each(|id| answer.fail(id));
        }
    }
    answer
}

async fn write(message: &WriteResponse, deps: &Deps) -> Result<(), NotWritten> {
    let key = key(message);
    if deps.cache.get(&key).await?.is_some() {
        return Ok(());
    }
    if !deps.cache.claim(&key).await? {
        // Whoever has the claim writes it, or their message comes again.
        return Ok(());
    }
    let written = compose(message, &key, deps).await;
    // After a success the claim runs out by itself: it stops those who looked before the entry stood.
    // After a failure the next try must not wait for that.
    if written.is_err()
        && let Err(error) = deps.cache.release(&key).await
    {
        warn("a claim is not given back", error);
    }
    written
}

async fn compose(
    message: &WriteResponse,
    key: &ResponseKey,
    deps: &Deps,
) -> Result<(), NotWritten> {
    let question = response_question(&message.intent, &topic(message), &message.locale);
    let reply = Reply::parse(&deps.model.ask(&question).await?)?;
    Ok(deps.cache.put(key, reply.text).await?)
}

fn parse(body: Option<&str>) -> Result<WriteResponse, NotWritten> {
    let body = body.ok_or(NotWritten::Message)?;
    // What serde would say can repeat what stands there.
    let message: WriteResponse = serde_json::from_str(body).map_err(|_| NotWritten::Message)?;
    let locale = &definitions::contract::patterns::LOCALE;
    if TALK_INTENTS.contains(&message.intent.as_str()) && locale.matches(&message.locale) {
        Ok(message)
    } else {
        Err(NotWritten::Message)
    }
}

fn topic(message: &WriteResponse) -> Topic {
    Topic::of(&message.topic, &[])
}

fn key(message: &WriteResponse) -> ResponseKey {
    ResponseKey::new(&message.intent, &topic(message), &message.locale)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        cache::CacheSettings,
        test_doubles::{FakeModel, FakeStore, ManualClock},
    };

    fn deps(model: &Arc<FakeModel>, store: &Arc<FakeStore>) -> Deps {
        let clock = Arc::new(ManualClock::default());
        let cache = Cache::new(store.clone(), clock, CacheSettings::RESPONSES);
        Deps { model: model.clone(), cache: Arc::new(cache) }
    }

    fn message(id: &str, intent: &str, topic: &str) -> Value {
        let body = json!({"intent": intent, "topic": topic, "locale": "en-US"});
        json!({"messageId": id, "receiptHandle": "r", "body": body.to_string(),
            "attributes": {"ApproximateReceiveCount": "1"}, "eventSource": "aws:sqs"})
    }

    async fn check(messages: Vec<Value>, deps: &Deps, failed: &[&str]) {
        let event = json!({ "Records": messages });
        let answer = serde_json::to_value(run(event, deps).await).unwrap();
        let failures: Vec<_> = failed.iter().map(|id| json!({"itemIdentifier": id})).collect();
        assert_eq!(answer, json!({ "batchItemFailures": failures }));
    }

    fn hello() -> Result<Value, ModelError> {
        Ok(json!({"text": "Hello.", "done": false}))
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_written_once_per_key() {
        let model = Arc::new(FakeModel::new(vec![hello()]));
        let store = Arc::new(FakeStore::default());
        let batch =
            || (0..10).map(|n| message(&n.to_string(), "GreetingIntent", "pricing")).collect();
        let (one, other) = (deps(&model, &store), deps(&model, &store));
        tokio::join!(check(batch(), &one, &[]), check(batch(), &other, &[]));
        check(batch(), &deps(&model, &store), &[]).await;
        assert_eq!((model.asked(), store.writes()), (1, 1));
        check(vec![message("a", "GreetingIntent", "security")], &one, &[]).await;
        assert_eq!(model.asked(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_failed_comes_again_and_then_works() {
        let nonsense = Ok(json!({"text": "<speak>"}));
        let model = Arc::new(FakeModel::new(vec![nonsense, hello()]));
        let store = Arc::new(FakeStore::default());
        let deps = deps(&model, &store);
        check(vec![message("a", "GreetingIntent", "")], &deps, &["a"]).await;
        check(vec![message("a", "GreetingIntent", "")], &deps, &[]).await;
        check(vec![message("a", "GreetingIntent", "")], &deps, &[]).await;
        assert_eq!(model.asked(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_no_message_of_ours_fails_alone() {
        let model = Arc::new(FakeModel::new(vec![hello()]));
        let store = Arc::new(FakeStore::default());
        let deps = deps(&model, &store);
        let broken = json!({"messageId": "b", "body": "{"});
        let messages =
            vec![broken, message("c", "DropTables", ""), message("d", "FallbackIntent", "")];
        check(messages, &deps, &["b", "c"]).await;
        let without_a_text = json!({"messageId": "e", "body": 7});
        check(vec![without_a_text, message("d", "FallbackIntent", "")], &deps, &["e"]).await;
        // Nothing to name them by: Lambda brings the whole batch again.
        check(vec![json!(null), message("d", "FallbackIntent", "")], &deps, &[""]).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_table_that_is_down_asks_no_model() {
        let model = Arc::new(FakeModel::new(vec![hello()]));
        let store = Arc::new(FakeStore::down());
        check(vec![message("a", "GreetingIntent", "")], &deps(&model, &store), &["a"]).await;
        assert_eq!(model.asked(), 0);
    }
}
