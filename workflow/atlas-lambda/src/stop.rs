//! A flag that is raised once: something stops.

use tokio::sync::watch;

/// Waits until the flag is raised, or nobody is left who could raise it.
pub(crate) async fn raised(flag: &mut watch::Receiver<bool>) {
    let _raised_or_gone = flag.wait_for(|is_raised| *is_raised).await;
}
