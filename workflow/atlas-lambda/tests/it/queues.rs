//! Queues as event sources, on the paused clock.

use std::{
    collections::VecDeque,
    future,
    sync::{Arc, Mutex},
    time::Duration,
};

use atlas_engine::Place;
use atlas_lambda::{
    FunctionError, FunctionSettings, Functions, Invocation, MappingEvent, Message, Queue,
    QueueError, RunningSource, SqsMapping,
};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

use super::host::{in_process, invoke};

/// A queue that gives one prepared batch per call and writes down what is done to it.
struct Prepared {
    batches: Mutex<VecDeque<Result<Vec<Message>, QueueError>>>,
    done: mpsc::UnboundedSender<String>,
}

#[async_trait::async_trait]
impl Queue for Prepared {
    async fn receive(&self, most: usize, _: Duration) -> Result<Vec<Message>, QueueError> {
        assert_eq!(most, 10);
        let next = self.batches.lock().unwrap().pop_front();
        match next {
            Some(batch) => batch,
            None => future::pending().await,
        }
    }

    async fn delete(&self, receipt_handles: &[String]) -> Result<(), QueueError> {
        self.done.send(format!("delete {}", receipt_handles.join(" "))).unwrap();
        Ok(())
    }

    async fn change_visibility(
        &self,
        receipt_handles: &[String],
        timeout: Duration,
    ) -> Result<(), QueueError> {
        let handles = receipt_handles.join(" ");
        self.done.send(format!("show {handles} after {timeout:?}")).unwrap();
        Ok(())
    }
}

fn batch(ids: &[&str]) -> Result<Vec<Message>, QueueError> {
    let message = |id: &&str| Message {
        message_id: (*id).to_owned(),
        receipt_handle: format!("r{id}"),
        body: format!("body of {id}"),
        ..Message::default()
    };
    Ok(ids.iter().map(message).collect())
}

type Done = mpsc::UnboundedReceiver<String>;

/// Starts a mapping over a queue that has these batches. What happens is told in order.
fn start(
    functions: &Arc<Functions>,
    batches: impl IntoIterator<Item = Result<Vec<Message>, QueueError>>,
    change: impl FnOnce(&mut SqsMapping),
) -> (RunningSource, Done) {
    let (tell, done) = mpsc::unbounded_channel();
    let batches = Mutex::new(batches.into_iter().collect());
    let queue = Arc::new(Prepared { batches, done: tell.clone() });
    let place = Place::default();
    let mut mapping = SqsMapping::new("F".parse().unwrap(), place, "arn:aws:sqs:::q");
    mapping.observer = Arc::new(move |event| {
        let told = match event {
            MappingEvent::BatchEnded { done, failed, error } => {
                let error = error.map(|error| format!(": {error}")).unwrap_or_default();
                format!("{done} done, {failed} failed{error}")
            }
            other => format!("{other:?}"),
        };
        let _gone = tell.send(told);
    });
    change(&mut mapping);
    (mapping.start(Arc::clone(functions), queue).unwrap(), done)
}

async fn check(answer: Result<Value, FunctionError>, reports: bool, expected: &[&str]) {
    let functions = in_process(FunctionSettings::default(), move |_: Invocation| {
        future::ready(answer.clone().map(Into::into))
    });
    let (running, mut done) = start(&functions, [batch(&["a", "b", "c"])], |mapping| {
        mapping.reports_item_failures = reports;
    });
    for expected in expected {
        assert_eq!(done.recv().await.as_deref(), Some(*expected));
    }
    running.stop().await;
    assert_eq!(done.recv().await, None);
}

#[tokio::test(start_paused = true)]
async fn only_what_succeeded_is_deleted() {
    let one_failed = json!({"batchItemFailures": [{"itemIdentifier": "b"}]});
    check(Ok(Value::Null), false, &["delete ra rb rc", "3 done, 0 failed"]).await;
    check(Ok(one_failed.clone()), true, &["delete ra rc", "2 done, 1 failed"]).await;
    // Nobody asked the function for failures.
    check(Ok(one_failed), false, &["delete ra rb rc", "3 done, 0 failed"]).await;
    check(Ok(json!("?")), true, &["0 done, 3 failed"]).await;
    let failed = "0 done, 3 failed: the function failed with `Store.Unavailable`";
    let error = FunctionError::new("Store.Unavailable", "no");
    check(Err(error), true, &[failed]).await;
}

#[tokio::test(start_paused = true)]
async fn a_function_is_given_the_records_of_a_batch() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let functions = in_process(FunctionSettings::default(), move |invocation: Invocation| {
        tell.send(invocation.payload.value().clone()).unwrap();
        future::ready(Ok(Value::Null.into()))
    });
    let (running, _done) = start(&functions, [batch(&["a"])], |_| {});
    let record = json!({
        "messageId": "a",
        "receiptHandle": "ra",
        "body": "body of a",
        "attributes": {},
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:::q",
        "awsRegion": "us-east-1",
    });
    assert_eq!(told.recv().await, Some(json!({"Records": [record]})));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_does_not_answer_is_asked_again() {
    let functions = in_process(FunctionSettings::default(), |_: Invocation| {
        future::ready(Ok(Value::Null.into()))
    });
    let failed = || Err(QueueError("no connection".to_owned()));
    let (running, mut done) = start(&functions, [failed(), failed(), batch(&["a"])], |_| {});
    for expected in ["ReceiveFailed", "ReceiveFailed", "delete ra"] {
        assert!(done.recv().await.unwrap().starts_with(expected));
    }
    running.stop().await;
}

/// A function that says when it is invoked, and answers when it may.
fn gated(settings: FunctionSettings) -> (Arc<Functions>, mpsc::UnboundedReceiver<()>, Arc<Notify>) {
    let (tell, told) = mpsc::unbounded_channel();
    let gate = Arc::new(Notify::new());
    let functions = in_process(settings, {
        let gate = Arc::clone(&gate);
        move |_: Invocation| {
            tell.send(()).unwrap();
            let gate = Arc::clone(&gate);
            async move {
                gate.notified().await;
                Ok(Value::Null.into())
            }
        }
    });
    (functions, told, gate)
}

fn patient() -> FunctionSettings {
    FunctionSettings { timeout: Duration::from_secs(900), ..FunctionSettings::default() }
}

#[tokio::test(start_paused = true)]
async fn no_more_batches_are_worked_on_at_once_than_may() {
    let (functions, mut invoked, gate) = gated(patient());
    let batches = ["a", "b", "c"].map(|id| batch(&[id]));
    let (running, mut done) = start(&functions, batches, |mapping| mapping.maximum_concurrency = 2);
    invoked.recv().await.unwrap();
    invoked.recv().await.unwrap();
    let third = tokio::time::timeout(Duration::from_secs(60), invoked.recv()).await;
    assert!(third.is_err(), "the third batch waits for a place");
    gate.notify_one();
    assert!(done.recv().await.unwrap().starts_with("delete"));
    invoked.recv().await.unwrap();
    gate.notify_waiters();
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_batch_in_flight_is_finished_before_a_source_stops() {
    let (functions, mut invoked, gate) = gated(patient());
    let (running, mut done) = start(&functions, [batch(&["a"])], |_| {});
    invoked.recv().await.unwrap();
    let stopping = tokio::spawn(running.stop());
    tokio::task::yield_now().await;
    assert!(!stopping.is_finished());
    gate.notify_one();
    stopping.await.unwrap();
    assert_eq!(done.recv().await.as_deref(), Some("delete ra"));
}

#[tokio::test(start_paused = true)]
async fn a_throttled_batch_is_tried_again_and_given_back_at_the_end() {
    let settings = || FunctionSettings { reserved_concurrency: Some(1), ..patient() };
    // A place becomes free while the messages are ours.
    let (functions, mut invoked, gate) = gated(settings());
    let other = tokio::spawn({
        let functions = Arc::clone(&functions);
        async move { invoke(&functions, json!({})).await }
    });
    invoked.recv().await.unwrap();
    let (running, mut done) = start(&functions, [batch(&["a"])], |_| {});
    gate.notify_one();
    assert!(other.await.unwrap().is_ok());
    invoked.recv().await.unwrap();
    gate.notify_one();
    assert_eq!(done.recv().await.as_deref(), Some("delete ra"));
    running.stop().await;

    // No place becomes free; the source is stopped, or the messages' time is over.
    for is_stopped in [true, false] {
        let (functions, mut invoked, _gate) = gated(settings());
        let other = Arc::clone(&functions);
        let other = tokio::spawn(async move { invoke(&other, json!({})).await });
        invoked.recv().await.unwrap();
        let (running, mut done) = start(&functions, [batch(&["a"])], |_| {});
        if is_stopped {
            tokio::task::yield_now().await;
            let stop = tokio::spawn(running.stop());
            assert_eq!(done.recv().await.as_deref(), Some("show ra after 0ns"));
            stop.await.unwrap();
        } else {
            assert_eq!(done.recv().await.as_deref(), Some("show ra after 0ns"));
            running.stop().await;
        }
        assert_eq!(done.recv().await.as_deref(), Some("0 done, 1 failed: Rate Exceeded."));
        other.abort();
    }
}

#[test]
fn a_mapping_that_cannot_be_is_refused() {
    let functions = Arc::new(Functions::new());
    let (tell, _) = mpsc::unbounded_channel();
    let queue = Arc::new(Prepared { batches: Mutex::default(), done: tell });
    let mapping = SqsMapping::new("F".parse().unwrap(), Place::default(), "q");
    for (batch_size, maximum_concurrency, wait) in
        [(0, 5, 20), (11, 5, 20), (10, 0, 20), (10, 5, 21)]
    {
        let wait = Duration::from_secs(wait);
        let mapping = SqsMapping { batch_size, maximum_concurrency, wait, ..mapping.clone() };
        assert!(mapping.start(Arc::clone(&functions), Arc::<Prepared>::clone(&queue)).is_err());
    }
}
