//! Every handler, every call, both sides.

use std::sync::Arc;

use handlers::functions::Handler;
use tokio::{sync::Semaphore, task::JoinSet};

use super::{
    proxy::{KillPoint, Side},
    scene::{Play, Scene},
};
use crate::lead::STEPS;

/// Scenes at once in each test.
const AT_ONCE: usize = 3;
/// A sweep is waited for.
const SWEEPS_AT_ONCE: usize = 12;

async fn check(scene: Scene, at_least: usize) {
    let mut calls = scene.play(None).await;
    // What is asked again at once in the same words is one call: a sweep that found nothing.
    calls.dedup_by(|next, call| next.is_again(call));
    assert!(calls.len() >= at_least, "{calls:?}");
    let is_swept = scene.victim == Handler::CallSweeper;
    let at_once = if is_swept { SWEEPS_AT_ONCE } else { AT_ONCE };
    let permits = Arc::new(Semaphore::new(at_once));
    let mut playing = JoinSet::new();
    for call in calls {
        for side in [Side::Before, Side::After] {
            let point = KillPoint { call: call.clone(), side };
            let permits = Arc::clone(&permits);
            playing.spawn(async move {
                let _permit = permits.acquire_owned().await.unwrap();
                scene.play(Some(point)).await
            });
        }
    }
    playing.join_all().await;
}

fn lead(victim: Handler) -> Scene {
    Scene { victim, others: STEPS, faults: &[], play: Play::Lead }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_creates_leads_can_be_killed_at_every_call() {
    check(lead(Handler::CreateLead), 4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_writes_scenarios_can_be_killed_at_every_call() {
    check(lead(Handler::GenerateDynamicScenario), 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_places_calls_can_be_killed_at_every_call() {
    check(lead(Handler::InvokeOutboundCall), 7).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_contact_events_can_be_killed_at_every_call() {
    check(lead(Handler::CallEnded), 5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reports_outcomes_can_be_killed_at_every_call() {
    check(lead(Handler::UpdateLead), 4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sweeps_can_be_killed_at_every_call() {
    let sweeping = Scene {
        others: &[
            Handler::CreateLead,
            Handler::GenerateDynamicScenario,
            Handler::InvokeOutboundCall,
            Handler::UpdateLead,
        ],
        faults: &["contact-events:never:1"],
        ..lead(Handler::CallSweeper)
    };
    check(sweeping, 7).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_answers_the_bot_can_be_killed_at_every_call() {
    check(Scene { play: Play::Bot, ..lead(Handler::LexFulfillment) }, 4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_writes_the_next_answer_can_be_killed_at_every_call() {
    let writing = Scene { others: &[], play: Play::Writing, ..lead(Handler::ResponseWriter) };
    check(writing, 3).await;
}
