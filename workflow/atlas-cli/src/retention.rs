//! `--retention`: what is kept is forgotten after a time, at the start and every hour.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use atlas_core::Timestamp;
use atlas_journal::{Store, remove_logs_before};
use tokio::task::spawn_blocking;

use crate::failure::say;

const EVERY: Duration = Duration::from_secs(60 * 60);

/// Forgets, again and again, what is older than this.
pub(crate) async fn keep_for(retention: Duration, store: Arc<Store>, folder: PathBuf) {
    loop {
        if let Some(then) = SystemTime::now().checked_sub(retention) {
            forget_before(then, &store, folder.clone()).await;
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// What cannot be forgotten now is in an hour.
async fn forget_before(then: SystemTime, store: &Store, folder: PathBuf) {
    // Before 1970 nothing has ended.
    let since = then.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let moment = Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
    match store.forget_ended_before(moment).await {
        Ok(0) => {}
        Ok(count) => say(&format!("forgot executions that ended before {moment}: {count}")),
        Err(error) => say(&format!("executions that are to be forgotten are kept: {error}")),
    }
    match spawn_blocking(move || remove_logs_before(&folder, then)).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => say(&format!("old logs of executions are kept: {error}")),
        // The process ends.
        Err(_) => {}
    }
}
