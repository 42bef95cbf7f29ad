//! Every moment at which something leaves the engine or is kept.

use std::sync::Arc;

use tokio::{sync::Semaphore, task::JoinSet};

use super::scene::{Death, Look, Scene};
use crate::{
    kill_points::proxy::{KillPoint, Side},
    lead::STEPS,
};

/// Scenes at once.
const AT_ONCE: usize = 6;

/// So many moments may not come again.
const MISSED: usize = 3;

/// Without the sweeper: it would hide that a callback was lost that had been acknowledged.
const LEAD: Scene = Scene { handlers: STEPS, faults: &[], look: Look::Describes };

async fn check(scene: Scene, deaths: Vec<Death>, at_least: usize) {
    assert!(deaths.len() >= at_least, "{deaths:?}");
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut playing = JoinSet::new();
    for death in &deaths {
        let (permits, death) = (Arc::clone(&permits), death.clone());
        playing.spawn(async move {
            let _permit = permits.acquire_owned().await.unwrap();
            scene.play(Some(death)).await.has_died
        });
    }
    let died = playing.join_all().await.into_iter().filter(|has_died| *has_died).count();
    // Some calls are not made where another answers first, as the scenario's cache and the model.
    assert!(died + MISSED >= deaths.len(), "{died} of {}", deaths.len());
}

/// Each call that leaves the engine, before it reaches its service, and after where it changes something.
async fn calls(scene: Scene) -> Vec<Death> {
    let mut points = Vec::new();
    for call in scene.play(None).await.calls {
        if !call.only_reads() {
            points.push(KillPoint { call: call.clone(), side: Side::After });
        }
        points.push(KillPoint { call, side: Side::Before });
    }
    points.into_iter().map(Death::At).collect()
}

/// Each fact, before it is committed and after, and each time that something waits to leave.
async fn moments(scene: Scene) -> Vec<Death> {
    scene.play(None).await.moments.into_iter().map(Death::Within).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_killed_at_any_call_rings_once() {
    check(LEAD, calls(LEAD).await, 35).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_dies_around_any_fact_rings_once() {
    // A look at what the engine knows would be one more moment.
    let lead = Scene { look: Look::Lists, ..LEAD };
    check(lead, moments(lead).await, 12).await;
}
