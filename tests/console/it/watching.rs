//! An execution is watched as it runs, and looked at from all sides.

use atlas_local::Setup;
use std::time::Duration;

use serde_json::json;

use crate::{
    interruption::Interruption,
    machines::{arn, call, lead, quick},
    site::{of_execution, play, with_services},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_runs_is_seen_to_finish_without_a_reload() {
    // They talk for as long as it takes to open the page.
    let setup = with_services(|services| services.connect.talk = Duration::from_secs(6));
    play("finishes-live", setup, async |site| {
        site.open("#/overview").await?;
        let lead_execution =
            site.start(&arn("AtlasEngineWorkflow"), "live", lead("live0001")).await;
        site.open(&of_execution(&lead_execution, "&tab=states")).await?;
        site.browser.click(".unfold", "").await?;
        site.browser.find(".states .list-sizer a", "InvokeOutboundCall").await?;
        site.picture("unfolded").await?;

        site.open(&of_execution(&call("live0001"), "")).await?;
        site.browser.run("window.isStillThisPage = true", json!([])).await?;
        site.browser.find(".page-head .status", "Running").await?;
        site.browser.find("[data-state][data-status=RUNNING]", "InvokeOutboundCall").await?;
        site.says(".live", "Live").await?;
        site.picture("running").await?;
        site.browser.find(".page-head .status", "Succeeded").await?;
        site.browser.find("[data-state][data-status=SUCCEEDED]", "UpdateLead").await?;
        site.browser.find("[data-state][data-status=SUCCEEDED]", "Done").await?;
        assert_eq!(site.browser.run("return window.isStillThisPage", json!([])).await?, true);

        // The choice of how to look at it is in the URL.
        site.browser.click("[role=tab]", "Timeline").await?;
        site.browser.find(".timeline .list-sizer a", "InvokeOutboundCall").await?;
        assert!(site.browser.address().await?.contains("tab=timeline"));
        site.picture("timeline").await?;
        site.browser.click(".timeline .list-sizer a", "UpdateLead").await?;
        site.says(".state-panel h2", "UpdateLead").await?;
        site.says(".state-panel .steps", "Input of the state").await?;
        site.picture("state").await?;
        site.browser.click("[role=tab]", "Data").await?;
        site.says(".two-columns", "live0001").await?;
        site.browser.click("[role=tab]", "Definition").await?;
        site.says(".tab-panel .json", "InvokeOutboundCall").await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_alone_are_shown_where_they_are_asked_for() {
    let setup = with_services(|services| {
        services.faults = vec!["bedrock:503:1".parse().unwrap()];
    });
    play("failed-events", setup, async |site| {
        let execution = site.start(&arn("AtlasEngineWorkflow"), "outage", lead("outage01")).await;
        site.open(&of_execution(&execution, "&tab=events")).await?;
        site.browser.find(".events .plain", "ExecutionStarted").await?;
        site.browser.click("label", "Failures only").await?;
        site.browser.wait(
            "const types = [...document.querySelectorAll('.events .list-sizer .plain')].map(one => one.innerText); \
             return types.length > 0 && types.every(type => /Failed|TimedOut|Aborted/.test(type))",
            json!([]),
        ).await?;
        assert!(site.browser.address().await?.contains("failed=1"));
        site.browser.click(".events .plain", "TaskFailed").await?;
        site.says(".event-detail", "Bedrock").await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_that_it_is_not_live_and_comes_back_by_itself() {
    play("not-live", Setup::default(), async |site| {
        let between = Interruption::before(site.deployment.url()).await;
        let machine = site.make("Quick", quick()).await;
        site.browser.go(&format!("{}/console/#/executions", between.url())).await?;
        site.browser.find(".live", "Live").await?;
        between.interrupt(true);
        site.browser.find(".live", "Not live").await?;
        site.picture("lost").await?;
        site.start(&machine, "meanwhile", json!({})).await;
        between.interrupt(false);
        site.browser
            .wait("return document.querySelector('.live').innerText.trim() === 'Live'", json!([]))
            .await?;
        // What was missed is there.
        site.browser.find(".list-sizer a", "meanwhile").await?;
        Ok(())
    })
    .await;
}
