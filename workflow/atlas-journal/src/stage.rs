//! How an execution stands, and what is remembered while it rests, as JSON.

use std::sync::Arc;

use atlas_core::{TaskId, Timestamp};
use atlas_engine::{
    Form, Watcher,
    archive::{Rest, Stage, Status},
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeptStage {
    status: String,
    started_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    redrives: Vec<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redrive_token: Option<Box<str>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeptWatcher {
    execution_arn: Arc<str>,
    task: u32,
    is_text: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeptOffer {
    activity_arn: Arc<str>,
    task: u32,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeptWaiters {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    watchers: Vec<KeptWatcher>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    offers: Vec<KeptOffer>,
}

/// Why what is kept of an execution makes no sense.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StageError {
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("no execution has the status `{0}`")]
    Status(String),
}

pub(crate) fn write(stage: &Stage) -> String {
    let Stage { status, started_at, ended_at, redrives, redrive_token } = stage;
    let kept = KeptStage {
        status: status.as_str().to_owned(),
        started_at: started_at.as_millis(),
        ended_at: ended_at.map(Timestamp::as_millis),
        redrives: redrives.iter().map(|at| at.as_millis()).collect(),
        redrive_token: redrive_token.clone(),
    };
    serde_json::to_string(&kept).expect("what is kept has text keys only")
}

pub(crate) fn read(text: &str) -> Result<Stage, StageError> {
    let KeptStage { status, started_at, ended_at, redrives, redrive_token } =
        serde_json::from_str(text)?;
    Ok(Stage {
        status: Status::of_str(&status).ok_or(StageError::Status(status))?,
        started_at: Timestamp::from_millis(started_at),
        ended_at: ended_at.map(Timestamp::from_millis),
        redrives: redrives.into_iter().map(Timestamp::from_millis).collect(),
        redrive_token,
    })
}

/// Who waits for an execution, and what of it waits for workers: nothing, most of the time.
pub(crate) fn write_waiters(rest: &Rest) -> String {
    let Rest { watchers, offers, .. } = rest;
    if watchers.is_empty() && offers.is_empty() {
        return String::new();
    }
    let watchers = watchers.iter().map(|watcher| KeptWatcher {
        execution_arn: Arc::clone(&watcher.execution_arn),
        task: watcher.task.0,
        is_text: watcher.form == Form::Text,
    });
    let offers = offers.iter().map(|(activity_arn, task)| KeptOffer {
        activity_arn: Arc::clone(activity_arn),
        task: task.0,
    });
    let kept = KeptWaiters { watchers: watchers.collect(), offers: offers.collect() };
    serde_json::to_string(&kept).expect("what is kept has text keys only")
}

pub(crate) fn read_rest(until: Option<i64>, waiters: &str) -> Result<Rest, StageError> {
    let until = until.map(Timestamp::from_millis);
    if waiters.is_empty() {
        return Ok(Rest { until, ..Rest::default() });
    }
    let KeptWaiters { watchers, offers } = serde_json::from_str(waiters)?;
    let watchers = watchers.into_iter().map(|kept| Watcher {
        execution_arn: kept.execution_arn,
        task: TaskId(kept.task),
        form: if kept.is_text { Form::Text } else { Form::Json },
    });
    let offers = offers.into_iter().map(|kept| (kept.activity_arn, TaskId(kept.task)));
    Ok(Rest { until, watchers: watchers.collect(), offers: offers.collect() })
}
