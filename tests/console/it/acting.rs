//! An operator acts: completes what waits, lets it try again, stops it.

use atlas_local::Setup;
use serde_json::json;

use crate::{
    machines::{arn, by_worker, call, lead},
    site::{of_execution, play, without_callbacks},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_that_never_comes_is_found_and_completed_by_hand() {
    let setup = without_callbacks();
    play("completed-by-hand", setup, async |site| {
        site.start(&arn("AtlasEngineWorkflow"), "silent", lead("silent01")).await;
        site.open("#/stuck").await?;
        site.browser.find(".stuck .c-kind", "Callback").await?;
        site.picture("waiting").await?;
        site.browser.click(".stuck .list-sizer a", "call-silent01").await?;
        site.browser.find(".page-head .status", "Running").await?;
        site.browser.click("button", "Complete callback").await?;
        site.browser.write("#callback-output", "this is no JSON").await?;
        site.browser.click("dialog button", "Complete it").await?;
        site.browser.find("dialog .notice", "The output is no JSON").await?;
        let outcome = json!({
            "contactId": "by-hand", "outcome": "ANSWERED", "disconnectReason": "CUSTOMER_DISCONNECT",
            "connectedAt": "2026-11-20T17:04:09Z", "endedAt": "2026-11-20T17:05:09Z", "talkSeconds": 60,
        });
        site.browser.write("#callback-output", &outcome.to_string()).await?;
        site.picture("dialog").await?;
        site.browser.click("dialog button", "Complete it").await?;
        site.browser.find(".page-head .status", "Succeeded").await?;
        let history = site
            .perform("GetExecutionHistory", json!({ "executionArn": call("silent01") }))
            .await;
        assert!(history.to_string().contains("by-hand"));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_tells_its_cause_and_a_redrive_goes_on_from_it() {
    play("redriven", Setup::default(), async |site| {
        let activity = site.perform("CreateActivity", json!({ "name": "desk" })).await;
        let activity = activity["activityArn"].as_str().unwrap();
        let machine = site.make("AskTheDesk", by_worker(activity)).await;
        let execution = site.start(&machine, "question", json!({ "n": 1 })).await;

        site.open(&of_execution(&execution, "")).await?;
        site.browser.click("button", "Complete callback").await?;
        site.browser.click("dialog label", "Failure").await?;
        site.browser.write("#callback-error", "Desk.Closed").await?;
        site.browser.write("#callback-cause", "nobody was there").await?;
        site.browser.click("dialog button", "Complete it").await?;
        site.browser.find(".page-head .status", "Failed").await?;
        site.says(".failure", "Desk.Closed").await?;
        site.says(".failure", "nobody was there").await?;
        site.says(".failure", "in Ask").await?;
        site.browser.find("[data-state][data-status=FAILED]", "Ask").await?;
        site.picture("failed").await?;

        site.browser.click("button", "Redrive").await?;
        assert!(!site.text("dialog").await?.contains("dial again"));
        site.browser.click("dialog button", "Redrive it").await?;
        site.browser.find(".page-head .status", "Running").await?;
        site.browser.click("button", "Complete callback").await?;
        site.browser.write("#callback-output", "{\"said\": \"yes\"}").await?;
        site.browser.click("dialog button", "Complete it").await?;
        site.browser.find(".page-head .status", "Succeeded").await?;
        site.browser.find(".facts", "Redrives").await?;
        site.browser.click("[role=tab]", "Data").await?;
        site.says(".two-columns", "\"yes\"").await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_was_stopped_is_not_redriven_without_a_warning() {
    let setup = without_callbacks();
    play("warned", setup, async |site| {
        site.start(&arn("AtlasEngineWorkflow"), "stopped", lead("stopped1")).await;
        site.open("#/stuck").await?;
        site.browser.click(".stuck .list-sizer a", "call-stopped1").await?;
        site.browser.click("button", "Stop").await?;
        site.browser.write("#stop-cause", "the line was wrong").await?;
        site.browser.click("dialog button", "Stop it").await?;
        site.browser.find(".page-head .status", "Aborted").await?;
        site.says(".failure", "the line was wrong").await?;
        site.browser.click("button", "Redrive").await?;
        site.browser.find("dialog .warning", "This may dial again").await?;
        site.browser.find("dialog .warning li", "InvokeOutboundCall").await?;
        site.picture("warning").await?;
        site.browser.click("dialog button", "Cancel").await?;
        site.browser.wait("return !document.querySelector('dialog')", json!([])).await?;
        site.browser.find(".page-head .status", "Aborted").await?;
        Ok(())
    })
    .await;
}
