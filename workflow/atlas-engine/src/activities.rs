//! Activities: tasks that wait until a worker asks for one.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use atlas_core::{Fact, Payload, TaskId, TaskRequest, TaskToken, Timestamp};
use tokio::sync::Notify;

use crate::{
    accept::Refused,
    cell::{Body, Cell, Offer, OpenTask},
    engine::{Engine, Inner},
    error::EngineError,
    names::check_name,
    queue::Absent,
};

/// How long a worker waits for a task, as on AWS.
const POLL: Duration = Duration::from_secs(60);

/// The activities and their tasks that no worker has taken.
#[derive(Debug, Default)]
pub(crate) struct Activities {
    known: Mutex<BTreeMap<Arc<str>, Known>>,
    /// A task was scheduled, or an activity deleted.
    changed: Notify,
}

#[derive(Debug)]
struct Known {
    activity: Activity,
    waiting: VecDeque<Scheduled>,
}

/// An activity.
#[derive(Debug, Clone)]
pub struct Activity {
    /// Its ARN.
    pub arn: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// When it was created.
    pub created_at: Timestamp,
}

/// A task that no worker has taken.
#[derive(Debug)]
struct Scheduled {
    execution: Absent,
    task: TaskId,
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
    /// Adds an activity, or answers with the one that has the name already.
    pub fn create_activity(&self, name: &str) -> Result<Activity, EngineError> {
        check_name(name)?;
        let arn: Arc<str> = self.inner.place.activity_arn(name).into();
        let created_at = self.inner.real_time.clock.now();
        let mut known = self.inner.activities.known();
        let entry = known.entry(Arc::clone(&arn)).or_insert_with(|| Known {
            activity: Activity { arn, name: name.into(), created_at },
            waiting: VecDeque::new(),
        });
        self.inner.keep_activity(&entry.activity.arn, Some(&entry.activity))?;
        Ok(entry.activity.clone())
    }

    /// The activity of this ARN.
    pub fn activity(&self, arn: &str) -> Result<Activity, EngineError> {
        let known = self.inner.activities.known();
        let found = known.get(arn).ok_or_else(|| does_not_exist(arn))?;
        Ok(found.activity.clone())
    }

    /// All activities, by ARN.
    pub fn activities(&self) -> Vec<Activity> {
        self.inner.activities.known().values().map(|known| known.activity.clone()).collect()
    }

    /// Forgets an activity, if there is one. Tasks that nobody has taken wait for their timeout.
    pub fn delete_activity(&self, arn: &str) -> Result<(), EngineError> {
        if self.inner.activities.known().remove(arn).is_some() {
            self.inner.activities.changed.notify_waiters();
            self.inner.keep_activity(arn, None)?;
        }
        Ok(())
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
            let changed = self.inner.activities.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            while let Some(next) = self.inner.activities.take(activity_arn)? {
                match self.inner.hand_to_worker(&next, worker_name.clone()) {
                    Ok(Some(task)) => return Ok(Some(task)),
                    // One that was given up meanwhile is not handed out.
                    Ok(None) => {}
                    Err(error) => {
                        self.inner.activities.put_back(activity_arn, next);
                        return Err(error);
                    }
                }
            }
            if tokio::time::timeout_at(deadline, changed).await.is_err() {
                return Ok(None);
            }
        }
    }
}

impl Inner {
    /// Offers a task to the workers of its activity, unless one has taken it already. Says whether
    /// there is such an activity.
    pub(crate) fn expect_worker(
        &self,
        arn: &str,
        cell: &Arc<Cell>,
        body: &mut Body,
        request: &TaskRequest,
        is_taken: bool,
    ) -> Option<Fact> {
        let token = request.token.clone()?;
        self.hand_out(cell, body, request);
        let input = request.parameters.clone();
        let offer = Offer { activity_arn: arn.into(), task: ActivityTask { token, input } };
        let offer = (!is_taken).then(|| Box::new(offer));
        body.open(request.task, OpenTask::Activity(offer), &cell.run);
        // One that rested was scheduled before it did.
        if is_taken || body.rests {
            return None;
        }
        let mut known = self.activities.known();
        let Some(activity) = known.get_mut(arn) else {
            // Recorded (test_activity_task_on_deleted): the execution fails, whatever it catches.
            return Some(Fact::TaskFailed {
                task: request.task,
                error: Some("States.Runtime".to_owned()),
                cause: Some(format!("The activity {arn} does not exist.")),
            });
        };
        let execution = Absent::Arn(Arc::clone(&cell.identity.execution_arn));
        activity.waiting.push_back(Scheduled { execution, task: request.task });
        self.activities.changed.notify_waiters();
        Some(Fact::ActivityScheduled { task: request.task })
    }

    /// Gives a task to a worker, unless it was given up.
    fn hand_to_worker(
        self: &Arc<Self>,
        scheduled: &Scheduled,
        worker_name: Option<String>,
    ) -> Result<Option<ActivityTask>, EngineError> {
        let Scheduled { execution, task } = scheduled;
        let found = match execution {
            Absent::Arn(execution_arn) => self.look_for(execution_arn)?,
            Absent::Number(number) => self.cell_of_number(*number)?,
        };
        let Some(cell) = found else { return Ok(None) };
        let offered = match cell.lock().open_tasks.get(task) {
            Some(OpenTask::Activity(Some(offer))) => offer.task.clone(),
            _ => return Ok(None),
        };
        match self.tell(&cell, Fact::ActivityStarted { task: *task, worker_name }) {
            Ok(()) => Ok(Some(offered)),
            Err(Refused::NotAdmitted(_)) => Ok(None),
            Err(refused) => Err(refused.into_error()),
        }
    }
}

impl Activities {
    /// Puts an activity that was kept in its place.
    pub(crate) fn put(&self, activity: Activity) {
        let known = Known { activity, waiting: VecDeque::new() };
        self.known().insert(Arc::clone(&known.activity.arn), known);
    }

    /// Offers a task again that waited for a worker when the process ended.
    pub(crate) fn offer_again(&self, activity_arn: &str, number: u64, task: TaskId) {
        if let Some(known) = self.known().get_mut(activity_arn) {
            let execution = Absent::Number(number);
            known.waiting.push_back(Scheduled { execution, task });
        }
    }

    fn put_back(&self, activity_arn: &str, scheduled: Scheduled) {
        if let Some(known) = self.known().get_mut(activity_arn) {
            known.waiting.push_front(scheduled);
        }
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, arn: &str) -> Result<Option<Scheduled>, EngineError> {
        match self.known().get_mut(arn) {
            Some(known) => Ok(known.waiting.pop_front()),
            None => Err(does_not_exist(arn)),
        }
    }
}

fn does_not_exist(arn: &str) -> EngineError {
    EngineError::ActivityDoesNotExist(arn.to_owned())
}
