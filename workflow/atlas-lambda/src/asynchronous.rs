//! Events: nobody waits, so Lambda tries again itself.
//!
//! Twice where the function fails, a minute and then two minutes later; with growing delays for up
//! to six hours where it is throttled (Lambda Developer Guide, "How Lambda handles errors and retries
//! with asynchronous invocation"). Events that wait are in memory and end with us.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, time};

use crate::{
    function::Invocation,
    function_error::FunctionError,
    functions::{Known, LATEST},
    invoke::InvokeError,
    stop,
};

/// The delays after the first and the second failure.
const RETRY_DELAYS: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(120)];

/// The first delay of a throttled event, and the longest.
const THROTTLE_DELAYS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));

/// How long a throttled event is kept.
const OLDEST: Duration = Duration::from_secs(6 * 60 * 60);

/// Why an event was dropped.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EventDropped {
    /// The function failed each time.
    #[error(transparent)]
    Function(#[from] FunctionError),
    /// Lambda refused it.
    #[error(transparent)]
    Refused(#[from] InvokeError),
}

/// Sees an event through. An attempt that runs is not given up.
pub(crate) async fn deliver(
    known: Arc<Known>,
    closing: watch::Sender<bool>,
    invocation: Invocation,
    mut give_up: watch::Receiver<bool>,
) -> Result<(), EventDropped> {
    let accepted = time::Instant::now();
    let mut retries = RETRY_DELAYS.into_iter();
    let (mut throttle_delay, longest) = THROTTLE_DELAYS;
    loop {
        let (dropped, delay) = match known.invoke(&closing, invocation.clone(), LATEST).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => (error.into(), retries.next()),
            Err(InvokeError::Throttled) if accepted.elapsed() < OLDEST => {
                let delay = throttle_delay;
                throttle_delay = longest.min(throttle_delay * 2);
                (InvokeError::Throttled.into(), Some(delay))
            }
            Err(error) => (error.into(), None),
        };
        let Some(delay) = delay else { return Err(dropped) };
        tokio::select! {
            biased;
            () = stop::raised(&mut give_up) => return Err(dropped),
            () = time::sleep(delay) => {}
        }
    }
}
