//! Many calls, some of them at the same time, in the order of what they were about.

use std::future::Future;

use tokio::task::JoinSet;

/// AWS lets an account list and read so often that more would only be throttled.
const AT_ONCE: usize = 8;

/// What comes of `call` for each item; `tell` hears of each that is done.
pub(crate) async fn side_by_side<T, R, F>(
    items: impl IntoIterator<Item = T>,
    call: impl Fn(T) -> F,
    mut tell: impl FnMut(),
) -> Vec<R>
where
    R: Send + 'static,
    F: Future<Output = R> + Send + 'static,
{
    let mut waiting = items.into_iter().enumerate();
    let mut calls = JoinSet::new();
    let mut done = Vec::new();
    loop {
        while calls.len() < AT_ONCE
            && let Some((index, item)) = waiting.next()
        {
            let call = call(item);
            calls.spawn(async move { (index, call.await) });
        }
        let Some(ended) = calls.join_next().await else { break };
        done.push(ended.expect("calls are neither aborted nor do they panic"));
        tell();
    }
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}
