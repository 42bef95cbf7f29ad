//! An event source that runs, until it is stopped.

use std::future::Future;

use tokio::{sync::watch, task::JoinSet};

/// A running event source. Stop it to have everything that it took finished or given back; when it is
/// dropped instead, a queue gets its messages back once their visibility timeout is over.
#[derive(Debug)]
pub struct RunningSource {
    stop: watch::Sender<bool>,
    task: JoinSet<()>,
}

impl RunningSource {
    pub(super) fn start<Source>(source: impl FnOnce(watch::Receiver<bool>) -> Source) -> Self
    where
        Source: Future<Output = ()> + Send + 'static,
    {
        let (stop, stopped) = watch::channel(false);
        let mut task = JoinSet::new();
        task.spawn(source(stopped));
        Self { stop, task }
    }

    /// Takes nothing more, and waits until what it has is finished or given back.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.task.join_next().await.is_some() {}
    }
}
