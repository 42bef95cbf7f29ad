//! An SQS queue as a function's event source: batches are taken from it as long as it runs.

use std::{fmt, sync::Arc, time::Duration};

use atlas_engine::Place;
use tokio::{
    sync::{Semaphore, watch},
    task::JoinSet,
    time,
};

use super::{
    batch,
    queue::{Queue, QueueError},
    running::RunningSource,
};
use crate::{asynchronous::EventDropped, functions::Functions, name::FunctionName, stop};

/// What one call of `ReceiveMessage` can give.
const MOST_MESSAGES: usize = 10;

/// The delays after calls that failed: the first, and the longest.
const RECEIVE_DELAYS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// A mapping of a queue to a function.
///
/// A batch that fails is left alone: its messages come again when the queue's visibility timeout is
/// over, as on Lambda.
#[derive(Clone)]
pub struct SqsMapping {
    /// The function.
    pub function: FunctionName,
    /// The region and account of both.
    pub place: Place,
    /// The queue's ARN, which each record names.
    pub queue_arn: String,
    /// How many messages a batch has at most: 1 to 10. (More needs a batching window on Lambda, which
    /// there is none of here.)
    pub batch_size: usize,
    /// How many batches are worked on at once: 1 to 1,000. Lambda begins with five.
    pub maximum_concurrency: usize,
    /// The function says which messages of a batch failed.
    pub reports_item_failures: bool,
    /// How long a call waits for a message: 20 seconds at most.
    pub wait: Duration,
    /// The queue's visibility timeout. For so long a batch that is throttled is tried again.
    pub visibility_timeout: Duration,
    /// Is told what happens.
    pub observer: Arc<dyn Fn(MappingEvent) + Send + Sync>,
}

/// What happens to a mapping.
#[derive(Debug)]
pub enum MappingEvent {
    /// A batch is over.
    BatchEnded {
        /// How many of its messages are done.
        done: usize,
        /// How many come again.
        failed: usize,
        /// Why all of them do.
        error: Option<EventDropped>,
    },
    /// The queue gave no messages. It is asked again.
    ReceiveFailed(QueueError),
    /// Messages that are done could not be deleted: they come again.
    DeleteFailed(QueueError),
    /// Messages could not be given back: they come again later.
    GiveBackFailed(QueueError),
}

/// A mapping that Lambda, or this one, does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` of the queue's mapping is {value}; expected {expected}")]
pub struct InvalidMapping {
    field: &'static str,
    value: u64,
    expected: &'static str,
}

impl SqsMapping {
    /// A mapping by Lambda's defaults, for a queue of SQS's.
    pub fn new(function: FunctionName, place: Place, queue_arn: impl Into<String>) -> Self {
        Self {
            function,
            place,
            queue_arn: queue_arn.into(),
            batch_size: 10,
            maximum_concurrency: 5,
            reports_item_failures: false,
            wait: Duration::from_secs(20),
            visibility_timeout: Duration::from_secs(30),
            observer: Arc::new(|_| {}),
        }
    }

    /// Starts to take messages.
    pub fn start(
        self,
        functions: Arc<Functions>,
        queue: Arc<dyn Queue>,
    ) -> Result<RunningSource, InvalidMapping> {
        self.check()?;
        let mapping = Arc::new(self);
        Ok(RunningSource::start(|stopped| poll(mapping, functions, queue, stopped)))
    }

    fn check(&self) -> Result<(), InvalidMapping> {
        let invalid = |field, value, expected| Err(InvalidMapping { field, value, expected });
        if !(1..=MOST_MESSAGES).contains(&self.batch_size) {
            return invalid("batch_size", self.batch_size as u64, "1 to 10");
        }
        if !(1..=1_000).contains(&self.maximum_concurrency) {
            return invalid("maximum_concurrency", self.maximum_concurrency as u64, "1 to 1,000");
        }
        if self.wait > Duration::from_secs(20) {
            return invalid("wait", self.wait.as_secs(), "0 to 20 seconds");
        }
        Ok(())
    }

    pub(super) fn tell(&self, event: MappingEvent) {
        (self.observer)(event);
    }
}

impl fmt::Debug for SqsMapping {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SqsMapping")
            .field("function", &self.function)
            .field("queue_arn", &self.queue_arn)
            .finish_non_exhaustive()
    }
}

/// Takes batches until it is stopped, then waits for those that are under way.
///
/// A call that waits for messages is given up when it is stopped; what it might just have taken comes
/// again after the visibility timeout.
async fn poll(
    mapping: Arc<SqsMapping>,
    functions: Arc<Functions>,
    queue: Arc<dyn Queue>,
    stopped: watch::Receiver<bool>,
) {
    let free = Arc::new(Semaphore::new(mapping.maximum_concurrency));
    let mut batches = JoinSet::new();
    let (mut delay, longest) = RECEIVE_DELAYS;
    let mut stopping = stopped.clone();
    let take = async {
        loop {
            let Ok(permit) = Arc::clone(&free).acquire_owned().await else { return };
            match queue.receive(mapping.batch_size, mapping.wait).await {
                Ok(messages) => {
                    delay = RECEIVE_DELAYS.0;
                    if messages.is_empty() {
                        continue;
                    }
                    let (mapping, functions) = (Arc::clone(&mapping), Arc::clone(&functions));
                    let (queue, stopped) = (Arc::clone(&queue), stopped.clone());
                    batches.spawn(async move {
                        batch::work(&mapping, &functions, &*queue, messages, stopped).await;
                        drop(permit);
                    });
                    while batches.try_join_next().is_some() {}
                }
                Err(error) => {
                    mapping.tell(MappingEvent::ReceiveFailed(error));
                    time::sleep(delay).await;
                    delay = longest.min(delay * 2);
                }
            }
        }
    };
    tokio::select! {
        biased;
        () = stop::raised(&mut stopping) => {}
        () = take => {}
    }
    while batches.join_next().await.is_some() {}
}
