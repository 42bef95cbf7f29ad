//! Who watches is told what has changed, each thing once, and that all may have where it reads too late.

use std::sync::Arc;

use serde_json::json;

use super::{create, only, options, request};
use crate::{Changed, Engine, StartRequest, Time};

fn engine() -> Engine {
    let engine = Engine::new(options());
    create(&engine, "M", &only(json!({"Type": "Wait", "Seconds": 3600, "End": true})));
    engine
}

fn start(engine: &Engine, name: &str) -> Arc<str> {
    let name = Some(name.to_owned());
    engine.start(StartRequest { name, time: Time::Real, ..request("M") }).unwrap().execution_arn
}

fn these<'a>(arns: impl IntoIterator<Item = &'a Arc<str>>) -> Option<Changed> {
    Some(Changed::These(arns.into_iter().cloned().collect()))
}

#[tokio::test(start_paused = true)]
async fn who_watches_is_told_what_changed_since_the_last_time() {
    let engine = engine();
    start(&engine, "before");
    let mut first = engine.changes();
    let mut second = engine.changes();
    let a = start(&engine, "a");
    let b = start(&engine, "b");
    assert_eq!(first.next().await, these([&a, &b]));
    engine.stop(&a, None, None).unwrap();
    assert_eq!(first.next().await, these([&a]));
    assert_eq!(second.next().await, these([&a, &b]), "each has its own place");
    let waiting = tokio::spawn(async move { first.next().await });
    tokio::task::yield_now().await;
    engine.stop(&b, None, None).unwrap();
    assert_eq!(waiting.await.unwrap(), these([&b]));
}

#[tokio::test(start_paused = true)]
async fn who_reads_too_slowly_is_told_that_all_may_have_changed_and_then_goes_on() {
    let engine = engine();
    let mut slow = engine.changes();
    let arns: Vec<_> = (0..5_000).map(|number| start(&engine, &format!("e{number}"))).collect();
    assert_eq!(slow.next().await, Some(Changed::All));
    engine.stop(&arns[0], None, None).unwrap();
    assert_eq!(slow.next().await, these([&arns[0]]));
}

#[tokio::test(start_paused = true)]
async fn one_execution_that_changes_often_is_one_piece_of_news() {
    let engine = engine();
    let heartbeat = only(json!({"Type": "Task", "End": true,
        "Resource": "arn:aws:states:us-east-1:000000000000:activity:a", "HeartbeatSeconds": 60}));
    engine.create_activity("a").unwrap();
    create(&engine, "Works", &heartbeat);
    let name = Some("w".to_owned());
    let started = StartRequest { name, time: Time::Real, ..request("Works") };
    let arn = engine.start(started).unwrap().execution_arn;
    let task = engine.get_activity_task("arn:aws:states:us-east-1:000000000000:activity:a", None);
    let token = task.await.unwrap().unwrap().token;
    let mut watching = engine.changes();
    for _ in 0..10_000 {
        engine.send_task_heartbeat(token.expose()).unwrap();
    }
    assert_eq!(watching.next().await, these([&arn]));
}

#[tokio::test(start_paused = true)]
async fn a_watch_ends_with_the_engine() {
    let engine = engine();
    let mut watching = engine.changes();
    let arn = start(&engine, "e");
    drop(engine);
    assert_eq!(watching.next().await, these([&arn]));
    assert_eq!(watching.next().await, None);
}
