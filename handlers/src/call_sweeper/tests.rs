//! What the sweeper does with each state that an attempt may be left in.

use serde_json::json;

use std::sync::Mutex;

use super::*;
use crate::{
    call_doubles::World,
    connect::TelephonyError,
    invoke_outbound_call,
    observe::{Line, scoped},
};

async fn placed(world: &std::sync::Arc<World>, fails: Option<TelephonyError>) {
    world.inside().start_fails = fails.into_iter().collect();
    world.inside().waits = ["T".to_owned()].into();
    let event = serde_json::from_value(json!({
        "interactionKey": "3f0c", "leadId": "00Q1",
        "scenario": {"opening": "Hello", "objective": "a demo", "talkingPoints": [],
            "tone": "friendly", "language": "en-US"},
        "lead": {"phone": "+14155550123"},
        "call": {"locale": "en-US", "timeZone": "America/Los_Angeles", "maxAttempts": 1},
        "consent": {"mayCall": true, "capturedAt": "2026-11-20T17:04:05Z"},
        "callerId": null, "attempt": 1, "taskToken": "T",
    }));
    let _ = invoke_outbound_call::run(event.unwrap(), &world.invoke_deps()).await;
    world.pass(SignedDuration::from_mins(20));
}

#[tokio::test]
async fn a_lost_event_is_made_up_for() {
    let world = World::new();
    placed(&world, None).await;
    let open = run(&world.sweeper_deps()).await.unwrap();
    assert_eq!(open, Sweep { open: 1, ..Sweep::default() });
    assert_eq!(run(&world.sweeper_deps()).await.unwrap(), Sweep::default());

    world.hang_up();
    world.pass(LOOK_AGAIN_AFTER);
    let settled = run(&world.sweeper_deps()).await.unwrap();
    assert_eq!(settled, Sweep { settled: 1, ..Sweep::default() });
    assert_eq!(world.inside().results.len(), 1);
    assert_eq!(run(&world.sweeper_deps()).await.unwrap(), Sweep::default());
}

#[tokio::test]
async fn an_attempt_without_a_contact_is_held_and_never_rung() {
    let world = World::new();
    placed(&world, Some(TelephonyError::Unavailable("a timeout".to_owned()))).await;
    let held = run(&world.sweeper_deps()).await.unwrap();
    assert_eq!(held, Sweep { held: 1, ..Sweep::default() });
    assert_eq!(world.rung(), 0);
    assert_eq!(run(&world.sweeper_deps()).await.unwrap(), Sweep::default());
}

#[tokio::test]
async fn a_sweep_stops_where_connect_takes_no_more() {
    let world = World::new();
    placed(&world, None).await;
    world.inside().describe_fails = true;
    let failed = run(&world.sweeper_deps()).await.unwrap();
    assert_eq!(failed, Sweep { failed: 1, ..Sweep::default() });
}

/// What sweeps measured, by name.
async fn measured(world: &Arc<World>, name: &str) -> Vec<f64> {
    let lines: Arc<Mutex<Vec<Line>>> = Arc::default();
    let _ = scoped(lines.clone(), run(&world.sweeper_deps())).await;
    let lines = lines.lock().unwrap();
    let metrics = lines.iter().filter_map(|line| match line {
        Line::Metric(one) if one.name == name => Some(one.value),
        Line::Call(_) | Line::Metric(_) | Line::Warning(_) => None,
    });
    metrics.collect()
}

#[tokio::test]
async fn every_sweep_tells_how_old_the_oldest_open_callback_is() {
    let world = World::new();
    assert_eq!(measured(&world, "OldestOpenCallback").await, [0.0]);
    placed(&world, None).await;
    assert_eq!(measured(&world, "OldestOpenCallback").await, [20.0 * 60.0]);
    world.hang_up();
    world.pass(LOOK_AGAIN_AFTER);
    assert_eq!(measured(&world, "OldestOpenCallback").await, [0.0], "it has ended");
}

#[tokio::test]
async fn who_is_held_is_counted() {
    let world = World::new();
    placed(&world, Some(TelephonyError::Unavailable("a timeout".to_owned()))).await;
    assert_eq!(measured(&world, "Held").await, [1.0]);
    assert_eq!(measured(&world, "Held").await, [0.0; 0]);
}
