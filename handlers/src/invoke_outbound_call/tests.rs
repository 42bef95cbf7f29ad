//! Each way an attempt can be cut short, taken up again, refused or held: it rings once at most, and
//! the step that waits has its result.

use definitions::contract::Outcome;
use serde_json::json;

use super::*;
use crate::{
    call_doubles::{Kill, World},
    call_ended, call_sweeper,
};

fn event(token: &str) -> InvokeOutboundCallInput {
    serde_json::from_value(json!({
        "interactionKey": "3f0c", "leadId": "00Q1",
        "scenario": {"opening": "Hello <b>Ada</b>", "objective": "a demo", "talkingPoints": [],
            "tone": "friendly", "language": "en-US"},
        "lead": {"phone": "+14155550123"},
        "call": {"locale": "en-US", "timeZone": "America/Los_Angeles", "maxAttempts": 1},
        "consent": {"mayCall": true, "capturedAt": "2026-11-20T17:04:05Z"},
        "callerId": null, "attempt": 1, "taskToken": token,
    }))
    .unwrap()
}

/// Step Functions starts the step anew: only the new token counts.
async fn step(
    world: &Arc<World>,
    token: &str,
    kill: Option<Kill>,
) -> Option<Result<(), Raised<Error>>> {
    world.inside().waits = [token.to_owned()].into();
    let deps = world.invoke_deps();
    world.live(kill, run(event(token), &deps)).await
}

/// The event of the call's end, `times` times; gives how many messages are to come again.
async fn tell_end(world: &Arc<World>, times: usize, kill: Option<Kill>) -> Option<usize> {
    let contact = world.hang_up()?;
    let body = json!({"source": "aws.connect", "detail": {"eventType": "DISCONNECTED",
        "contactId": contact, "initiationMethod": "API"}});
    let message = json!({"messageId": "m", "body": body.to_string()});
    let batch = json!({"Records": vec![message; times]});
    let deps = world.ended_deps();
    let answer = world.live(kill, call_ended::run(batch, &deps)).await?;
    Some(answer.batch_item_failures.len())
}

async fn sweep(world: &Arc<World>) -> call_sweeper::Sweep {
    world.pass(SignedDuration::from_mins(30));
    let deps = world.sweeper_deps();
    world.live(None, call_sweeper::run(&deps)).await.unwrap().unwrap()
}

/// Every place where the run of a step can be killed.
async fn kill_points() -> Vec<Kill> {
    let world = World::new();
    step(&world, "T", None).await.unwrap().unwrap();
    let calls = world.inside().calls.len();
    // A second run makes other calls: a few more points than the first has.
    let points = (0..calls + 4).map(|call| [false, true].map(|done| Kill { call, done }));
    points.flatten().collect()
}

fn results(world: &World) -> Vec<(String, Outcome)> {
    world.inside().results.clone()
}

fn answered(token: &str) -> Vec<(String, Outcome)> {
    vec![(token.to_owned(), Outcome::Answered)]
}

#[tokio::test]
async fn a_call_rings_once_and_its_end_is_the_result() {
    let world = World::new();
    step(&world, "T1", None).await.unwrap().unwrap();
    assert_eq!(
        world.inside().calls,
        ["reserve", "suppressed", "pace", "dialing", "start", "dialed", "tie_contact"]
    );
    assert_eq!(tell_end(&world, 3, None).await, Some(0));
    assert_eq!((world.rung(), results(&world)), (1, answered("T1")));
    assert!(world.inside().places.is_empty());
}

#[tokio::test]
async fn killed_at_any_two_points_and_tried_again_it_rings_once() {
    let points = kill_points().await;
    for late in [false, true] {
        for first in &points {
            for second in &points {
                let world = World::new();
                world.inside().mark_is_late = late;
                step(&world, "T1", Some(*first)).await;
                step(&world, "T2", Some(*second)).await;
                step(&world, "T3", None).await.unwrap().unwrap();
                tell_end(&world, 2, None).await;
                let seen = (world.rung(), results(&world));
                assert_eq!(seen, (1, answered("T3")), "{late} {first:?} {second:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_redrive_after_the_end_answers_its_own_token() {
    for late in [false, true] {
        for kill in kill_points().await {
            let world = World::new();
            world.inside().mark_is_late = late;
            step(&world, "T1", Some(kill)).await;
            let before = tell_end(&world, 1, None).await.is_some();
            world.inside().results.clear();
            step(&world, "T2", None).await.unwrap().unwrap();
            if !before {
                tell_end(&world, 1, None).await;
            }
            assert_eq!((world.rung(), results(&world)), (1, answered("T2")), "{late} {kill:?}");
            assert!(world.inside().places.is_empty(), "{late} {kill:?}");
        }
    }
}

#[tokio::test]
async fn without_a_second_run_the_event_or_the_sweeper_ends_the_step() {
    for late in [false, true] {
        for event in [false, true] {
            for kill in kill_points().await {
                let world = World::new();
                world.inside().mark_is_late = late;
                step(&world, "T1", Some(kill)).await;
                if event {
                    tell_end(&world, 1, None).await;
                } else {
                    world.hang_up();
                }
                sweep(&world).await;
                assert!(world.rung() <= 1);
                let reserved = !world.inside().attempts.is_empty();
                assert_eq!(results(&world).len(), usize::from(reserved), "{late} {event} {kill:?}");
                let swept = sweep(&world).await;
                assert_eq!(swept, call_sweeper::Sweep::default(), "nothing is left over");
            }
        }
    }
}

#[tokio::test]
async fn the_event_handler_killed_anywhere_gives_one_result_when_it_runs_again() {
    for call in 0..8 {
        for done in [false, true] {
            let world = World::new();
            step(&world, "T1", None).await.unwrap().unwrap();
            tell_end(&world, 1, Some(Kill { call, done })).await;
            tell_end(&world, 1, None).await;
            assert_eq!((world.rung(), results(&world)), (1, answered("T1")), "{call} {done}");
            assert_eq!(sweep(&world).await, call_sweeper::Sweep::default());
        }
    }
}

#[tokio::test]
async fn a_reset_after_connect_has_rung_does_not_ring_again() {
    let world = World::new();
    world.inside().rings_anyway = true;
    world.inside().start_fails = vec![TelephonyError::Unavailable("a timeout".to_owned())];
    let error = step(&world, "T1", None).await.unwrap().unwrap_err();
    assert_eq!(error.error, Error::Unavailable);
    // The person hangs up before the next run: the event finds no attempt.
    tell_end(&world, 1, None).await;
    assert!(results(&world).is_empty());
    step(&world, "T2", None).await.unwrap().unwrap();
    assert_eq!((world.rung(), results(&world)), (1, answered("T2")));
}

#[tokio::test]
async fn an_attempt_of_unknown_fate_is_held_once_connect_has_forgotten_its_token() {
    let world = World::new();
    world.inside().rings_anyway = true;
    world.inside().start_fails = vec![TelephonyError::Unavailable("a timeout".to_owned())];
    step(&world, "T1", None).await.unwrap().unwrap_err();
    world.pass(CLIENT_TOKEN_KNOWN_FOR);
    step(&world, "T2", None).await.unwrap().unwrap();
    assert_eq!((world.rung(), results(&world)), (1, vec![("T2".to_owned(), Outcome::Unknown)]));
    assert!(world.inside().held.contains("3f0c#1"));
}

#[tokio::test]
async fn a_gate_that_closes_over_an_unknown_fate_does_not_call_it_unplaced() {
    let world = World::new();
    world.inside().start_fails = vec![TelephonyError::Unavailable("a timeout".to_owned())];
    step(&world, "T1", None).await.unwrap().unwrap_err();
    world.pass(SignedDuration::from_hours(12));
    step(&world, "T2", None).await.unwrap().unwrap();
    assert_eq!((world.rung(), results(&world)), (0, vec![("T2".to_owned(), Outcome::Unknown)]));
}

#[tokio::test]
async fn a_call_that_only_waited_for_room_is_unplaced_when_the_gate_closes() {
    for full in [Slot::TooFast, Slot::TooMany] {
        let world = World::new();
        world.inside().slot = Some(full);
        let error = step(&world, "T1", None).await.unwrap().unwrap_err();
        assert_eq!(error.error, Error::Throttled);
        world.pass(SignedDuration::from_hours(12));
        let error = step(&world, "T2", None).await.unwrap().unwrap_err();
        assert_eq!(error.error, Error::CallNotAllowed);
        assert_eq!(error.cause, "it is 22:00 in America/Los_Angeles");
        assert_eq!((world.rung(), results(&world)), (0, vec![]));
    }
}

#[tokio::test]
async fn a_call_that_waited_for_room_rings_once_whenever_it_is_killed() {
    for call in 0..9 {
        for done in [false, true] {
            let world = World::new();
            world.inside().slot = Some(Slot::TooFast);
            step(&world, "T1", None).await.unwrap().unwrap_err();
            world.inside().slot = None;
            step(&world, "T2", Some(Kill { call, done })).await;
            let rung = world.rung();
            world.pass(SignedDuration::from_hours(12));
            let third = step(&world, "T3", None).await.unwrap();
            // Where it rang, nobody may say that it was not placed.
            assert!(rung == 0 || third.is_ok(), "{call} {done}");
            assert_eq!(world.rung(), rung);
        }
    }
}

#[tokio::test]
async fn a_refusal_has_its_name_stays_and_gives_its_place_back() {
    let check = |fails: TelephonyError, expected| async move {
        let world = World::new();
        world.inside().start_fails = vec![fails];
        let first = step(&world, "T1", None).await.unwrap().unwrap_err();
        assert_eq!(first.error, expected);
        let again = step(&world, "T2", None).await.unwrap().unwrap_err();
        assert_eq!(again, first);
        assert_eq!(world.rung(), 0);
        assert!(world.inside().places.is_empty());
    };
    let permitted = TelephonyError::NotPermitted("no".to_owned());
    let invalid = TelephonyError::InvalidRequest("InvalidRequestException".to_owned());
    check(TelephonyError::DestinationNotAllowed, Error::DestinationNotAllowed).await;
    check(permitted, Error::NotPermitted).await;
    check(invalid, Error::InputInvalid).await;
}

#[tokio::test]
async fn a_suppressed_number_is_not_called() {
    let world = World::new();
    let deps = world.invoke_deps();
    let phone = "+14155550123".parse().unwrap();
    let suppression = crate::suppression::Deps {
        clock: world.clone(),
        list: world.clone(),
        phone_hash_key: deps.phone_hash_key.clone(),
    };
    assert!(crate::suppression::add(&phone, "asked us to", &suppression).await.unwrap());
    assert_eq!(crate::suppression::list(&suppression).await.unwrap().len(), 1);
    let error = step(&world, "T1", None).await.unwrap().unwrap_err();
    assert_eq!(error.error, Error::CallNotAllowed);
    assert_eq!(error.cause, "the number is on the suppression list");
    assert_eq!(world.rung(), 0);
    assert!(crate::suppression::remove(&phone, &suppression).await.unwrap());
    assert!(!crate::suppression::remove(&phone, &suppression).await.unwrap());
}

#[tokio::test]
async fn a_redrive_while_the_call_goes_on_waits_for_its_end() {
    for describe_fails in [false, true] {
        let world = World::new();
        step(&world, "T1", None).await.unwrap().unwrap();
        world.inside().describe_fails = describe_fails;
        step(&world, "T2", None).await.unwrap().unwrap();
        assert!(results(&world).is_empty());
        world.inside().describe_fails = false;
        tell_end(&world, 1, None).await;
        assert_eq!((world.rung(), results(&world)), (1, answered("T2")));
    }
}

#[test]
fn nothing_that_is_spoken_is_markup() {
    assert_eq!(attributes(&event("T"))["opening"], "Hello bAda/b");
}
