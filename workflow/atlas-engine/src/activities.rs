//! Activities: tasks that wait until a worker asks for one.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use atlas_core::{Fact, Payload, TaskId, TaskRequest, TaskToken};
use tokio::sync::Notify;

use crate::{
    cell::Cell,
    engine::{Engine, Inner},
    error::EngineError,
    names::check_name,
};

/// How long a worker waits for a task, as on AWS.
const POLL: Duration = Duration::from_secs(60);

/// The activities and their tasks that no worker has taken.
#[derive(Debug, Default)]
pub(crate) struct Activities {
    waiting: Mutex<HashMap<Arc<str>, VecDeque<Scheduled>>>,
    scheduled: Notify,
}

#[derive(Debug)]
struct Scheduled {
    cell: Weak<Cell>,
    task: TaskId,
    input: Payload,
    token: TaskToken,
}

/// A task for a worker.
#[derive(Debug, Clone)]
pub struct ActivityTask {
    /// What ends it.
    pub token: TaskToken,
    /// Its input.
    pub input: Payload,
}

impl Engine {
    /// Adds an activity, which may exist already, and answers with its ARN.
    pub fn create_activity(&self, name: &str) -> Result<Arc<str>, EngineError> {
        check_name(name)?;
        let arn: Arc<str> = self.inner.place.activity_arn(name).into();
        self.inner.activities.waiting().entry(Arc::clone(&arn)).or_default();
        Ok(arn)
    }

    /// Waits for a task of an activity, a minute at most.
    pub async fn get_activity_task(
        &self,
        activity_arn: &str,
        worker_name: Option<String>,
    ) -> Result<Option<ActivityTask>, EngineError> {
        let deadline = tokio::time::Instant::now() + POLL;
        loop {
            // Before the look, so that nothing is missed between the two.
            let scheduled = self.inner.activities.scheduled.notified();
            tokio::pin!(scheduled);
            scheduled.as_mut().enable();
            while let Some(next) = self.inner.activities.take(activity_arn)? {
                let Scheduled { cell, task, input, token } = next;
                let Some(cell) = cell.upgrade() else { continue };
                let fact = Fact::ActivityStarted { task, worker_name: worker_name.clone() };
                // A task that was given up meanwhile is not handed out.
                if self.inner.tell(&cell, fact).is_ok() {
                    return Ok(Some(ActivityTask { token, input }));
                }
            }
            if tokio::time::timeout_at(deadline, scheduled).await.is_err() {
                return Ok(None);
            }
        }
    }
}

impl Inner {
    /// Offers a task to the workers of its activity, unless one has taken it already.
    pub(crate) fn expect_worker(
        &self,
        arn: &str,
        cell: &Arc<Cell>,
        request: &TaskRequest,
        is_taken: bool,
    ) {
        let Some(token) = &request.token else { return };
        self.tokens.insert(token.clone(), cell, request.task);
        if is_taken {
            return;
        }
        let scheduled = Scheduled {
            cell: Arc::downgrade(cell),
            task: request.task,
            input: request.parameters.clone(),
            token: token.clone(),
        };
        self.activities.waiting().entry(arn.into()).or_default().push_back(scheduled);
        self.activities.scheduled.notify_waiters();
    }
}

impl Activities {
    fn waiting(&self) -> MutexGuard<'_, HashMap<Arc<str>, VecDeque<Scheduled>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, arn: &str) -> Result<Option<Scheduled>, EngineError> {
        match self.waiting().get_mut(arn) {
            Some(tasks) => Ok(tasks.pop_front()),
            None => Err(EngineError::ActivityDoesNotExist(arn.to_owned())),
        }
    }
}
