//! A function in this process, held to its timeout, its answer's size, and to not taking us along
//! when it panics.

use std::{sync::Arc, time::Duration};

use tokio::{task::JoinSet, time};

use crate::{
    function::{Function, Invocation},
    function_error::{FunctionError, MOST_ANSWER_BYTES},
    functions::Outcome,
};

pub(crate) async fn run(
    function: Arc<dyn Function>,
    timeout: Duration,
    invocation: Invocation,
) -> Outcome {
    let request_id = invocation.request_id.clone();
    // A set, for a task in it ends when the set is dropped.
    let mut task = JoinSet::new();
    task.spawn(async move { function.invoke(invocation).await });
    let Ok(joined) = time::timeout(timeout, task.join_next()).await else {
        return Err(FunctionError::timed_out(&request_id, timeout));
    };
    match joined.expect("the set holds the task that was just put into it") {
        Ok(Ok(body)) if body.is_longer_than(MOST_ANSWER_BYTES) => Err(FunctionError::too_large()),
        Ok(outcome) => outcome,
        Err(ended) => Err(match ended.try_into_panic() {
            Ok(panic) => FunctionError::panicked(&*panic),
            // The runtime that it ran on shuts down.
            Err(_) => FunctionError::exited(&request_id, Some("signal: killed")),
        }),
    }
}
