//! A history of 25,000 events and a list of many executions: however long they are, the page holds a few
//! dozen rows. How long it took is printed, and nothing is asserted of it: machines differ.

use atlas_local::Setup;
use std::time::Instant;

use atlas_core::Payload;
use atlas_engine::{StartRequest, Time};
use console::Key;
use serde_json::{Value, json};

use crate::{
    machines::{over_items, quick},
    site::{Site, of_execution, play},
};

/// Four events each, and a few around them.
const ITEMS: usize = 6_240;
const EXECUTIONS: usize = 100_000;
/// What fits on the screen, and what is kept ready above and below.
const MOST_ROWS: u64 = 80;

/// Notes the tasks of the page that were long from its beginning.
const OBSERVE: &str = "window.tasks = []; \
    new PerformanceObserver(list => tasks.push(...list.getEntries().map(one => one.duration))) \
    .observe({ type: 'longtask', buffered: true })";

/// Says when the first row was there, how long the longest task took, and how many rows there are.
async fn measured(site: &Site, what: &str, fragment: &str, row: &str) {
    site.open(fragment).await.unwrap();
    site.browser.run(OBSERVE, json!([])).await.unwrap();
    site.browser.find(row, "").await.unwrap();
    let script = "const tell = arguments[arguments.length - 1]; \
        requestAnimationFrame(() => setTimeout(() => tell([ \
            Math.round(performance.now()), \
            Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0), \
            Math.round(Math.max(0, ...tasks))])))";
    let times = site.browser.run_until_told(script, json!([])).await.unwrap();
    println!(
        "{what}: rows after {} ms at most, first paint {} ms, longest task {} ms",
        times[0], times[1], times[2]
    );
    let rows = site.count(".list-sizer .list-row").await.unwrap();
    assert!((1..=MOST_ROWS).contains(&rows), "{what}: {rows} rows");
}

/// Goes to the end, as somebody would who looks for the last of it.
async fn to_the_end(site: &Site, what: &str, is_there: &str, values: Value) {
    let began = Instant::now();
    site.browser.press("j").await.unwrap();
    site.browser
        .wait("return document.activeElement.closest('.list-row')", json!([]))
        .await
        .unwrap();
    site.browser.key(Key::End).await.unwrap();
    site.browser.wait(is_there, values).await.unwrap();
    let longest =
        site.browser.run("return Math.round(Math.max(0, ...tasks))", json!([])).await.unwrap();
    println!(
        "{what}: at its end after {} ms, longest task {longest} ms",
        began.elapsed().as_millis()
    );
    let rows = site.count(".list-sizer .list-row").await.unwrap();
    assert!((1..=MOST_ROWS).contains(&rows), "{what}: {rows} rows");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_of_25_000_events_is_a_few_dozen_rows() {
    play("long-history", Setup::default(), async |site| {
        let machine = site.make("Items", over_items()).await;
        let items: Vec<usize> = (0..ITEMS).collect();
        let execution = site.start(&machine, "long", json!({ "items": items })).await;
        // Until it has ended.
        site.open(&of_execution(&execution, "")).await?;
        site.browser.find(".page-head .status", "Succeeded").await?;
        measured(site, "25,000 events", &of_execution(&execution, "&tab=events"), ".events .list-sizer .plain").await;
        to_the_end(
            site,
            "25,000 events",
            "return [...document.querySelectorAll('.events .plain')].some(one => one.innerText === 'ExecutionSucceeded')",
            json!([]),
        ).await;
        measured(site, "6,241 states", &of_execution(&execution, "&tab=states"), ".states .list-sizer a").await;
        measured(site, "the timeline of 6,241 states", &of_execution(&execution, "&tab=timeline"), ".timeline .list-sizer a").await;
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_100_000_executions_is_a_few_dozen_rows() {
    play("long-list", Setup::default(), async |site| {
        let machine = site.make("Quick", quick()).await;
        let engine = site.deployment.engine();
        let began = Instant::now();
        for number in 0..EXECUTIONS {
            engine.start(StartRequest {
                state_machine: machine.clone(),
                name: Some(format!("one-{number:06}")),
                input: Payload::parse("{}").unwrap(),
                case: None,
                time: Time::Real,
            })?;
        }
        println!("{EXECUTIONS} executions started in {} ms", began.elapsed().as_millis());
        measured(site, "100,000 executions", "#/executions", ".executions .list-sizer a").await;
        site.says(".chip:has([data-status=SUCCEEDED]) .chip-count", "100,000").await?;
        to_the_end(
            site,
            "the first 200 of 100,000",
            "return [...document.querySelectorAll('.executions a')].some(one => one.innerText === a0)",
            json!([format!("one-{:06}", EXECUTIONS - 200)]),
        ).await;
        Ok(())
    })
    .await;
}
