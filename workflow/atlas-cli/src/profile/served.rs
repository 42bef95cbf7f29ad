//! Executions that somebody serves: `atlas dev`, or AWS.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use super::Recorded;
use crate::{
    arguments::{
        Profile,
        operator::{Filter, Logs, Moments},
    },
    failure::{Failure, say},
    operator::{Clock, Progress, Reached, Subject, connect, list, say_missing, side_by_side},
};

/// Reads the last so many executions, and all that these started.
pub(crate) fn read(asked: &Profile, last: usize) -> Result<Recorded, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::ours(format_args!("cannot start a runtime: {error}")))?;
    runtime.block_on(read_all(asked, last))
}

async fn read_all(asked: &Profile, last: usize) -> Result<Recorded, Failure> {
    let reached = Arc::new(connect(&asked.reach).await?);
    let filter = Filter { machine: asked.machine.clone(), since: asked.since, ..Filter::default() };
    let clock = Clock::new(Moments::Utc);
    let listing = list(&reached, &filter, &asked.logs, Some(last), &clock).await?;
    for name in &listing.express {
        say(&format!(
            "executions of {name} are left out: AWS lists no EXPRESS execution; --log-group reads them from its logs"
        ));
    }
    let mut recorded = Recorded::default();
    let mut seen = HashSet::new();
    let mut wanted: VecDeque<String> =
        listing.executions.into_iter().map(|one| one.execution_arn).collect();
    seen.extend(wanted.iter().cloned());
    // What they started is read after them, and what that started after it.
    while !wanted.is_empty() {
        let subjects = subjects(&reached, std::mem::take(&mut wanted), &asked.logs).await;
        for subject in subjects {
            let subject = subject?;
            let view = subject.view();
            say_missing(&view);
            let children = view.children.iter().map(|child| child.execution_arn.clone());
            wanted.extend(children.filter(|child| seen.insert(child.clone())));
            recorded.executions.push((subject.told.execution_arn.clone(), subject.document()));
        }
    }
    if recorded.executions.is_empty() {
        return Err(Failure::theirs(
            "there is no execution to profile; expected some of --machine since --since, as `atlas \
             executions list` shows them",
        ));
    }
    Ok(recorded)
}

async fn subjects(
    reached: &Arc<Reached>,
    execution_arns: VecDeque<String>,
    logs: &Logs,
) -> Vec<Result<Subject, Failure>> {
    let progress = Progress::of(execution_arns.len(), "reading histories");
    let call = |execution_arn: String| {
        let (reached, logs) = (Arc::clone(reached), logs.clone());
        async move { Subject::of(&reached, &execution_arn, &logs).await }
    };
    side_by_side(execution_arns, call, || progress.step()).await
}
