//! Executions are found by what one knows of them, and the URL keeps what was asked for.

use atlas_local::Setup;
use serde_json::json;

use crate::{
    machines::{failing, quick},
    site::{of_execution, play},
};

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_is_found_by_a_filter_that_the_url_keeps_and_is_opened() {
    play("finding", Setup::default(), async |site| {
        let quick = site.make("Quick", quick()).await;
        let failing = site.make("Failing", failing("Stock.Empty", "no more of it")).await;
        for number in 0..3 {
            site.start(&quick, &format!("greeting-{number}"), json!({})).await;
        }
        let failed = site.start(&failing, "order-7", json!({ "item": 7 })).await;

        site.open("#/executions").await?;
        site.browser.find(".list-sizer a", "greeting-2").await?;
        site.says(".chip:has([data-status=SUCCEEDED]) .chip-count", "3").await?;
        site.says(".chip:has([data-status=FAILED]) .chip-count", "1").await?;

        site.browser.click(".chip", "Failed").await?;
        let only = "const rows = document.querySelectorAll('.list-sizer a'); \
                    return rows.length === 1 && rows[0].innerText === a0";
        site.browser.wait(only, json!(["order-7"])).await?;
        assert!(site.browser.address().await?.ends_with("#/executions?status=FAILED"));

        // Whoever is given the URL sees the same.
        let address = site.browser.address().await?;
        site.browser.go("about:blank").await?;
        site.browser.go(&address).await?;
        site.browser.wait(only, json!(["order-7"])).await?;
        site.browser.find(".chip[aria-pressed=true]", "Failed").await?;

        site.browser.click(".button", "Clear").await?;
        site.browser.write("#filter-name", "greeting-1").await?;
        site.browser.wait(only, json!(["greeting-1"])).await?;
        site.browser.wait("return location.hash.includes('name=greeting-1')", json!([])).await?;
        site.browser.choose("#filter-machine", "Failing").await?;
        site.browser.find(".empty", "No execution is like this").await?;

        site.open("#/executions").await?;
        site.browser.click(".list-sizer a", "order-7").await?;
        site.says("h1", "order-7").await?;
        assert!(site.browser.address().await?.ends_with(&of_execution(&failed, "")));
        site.says(".failure", "Stock.Empty").await?;
        site.says(".failure", "no more of it").await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_names_no_page_is_not_found() {
    play("no-such-page", Setup::default(), async |site| {
        for page in ["%", "constructor", "__proto__", "%E0%A4%A"] {
            site.open(&format!("#/{page}")).await?;
            site.says("h1", "Not found").await?;
            site.says(".notice", &format!("There is no page `{page}`.")).await?;
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_ask_for_no_more_than_is_answered() {
    play("asked", Setup::default(), async |site| {
        let quick = site.make("Quick", quick()).await;
        site.start(&quick, "one", json!({})).await;
        let shown = "return document.querySelector('.report h1, .report h2') != null && \
                     document.querySelector('#profile-last').value === a0";
        for (last, expected) in [("20", "20"), ("50", "50"), ("200", "200"), ("1000", "200")] {
            site.open(&format!("#/profile?machine={quick}&last={last}")).await?;
            site.browser.wait(shown, json!([expected])).await?;
            assert_eq!(site.count(".report .notice").await?, 0);
        }
        assert_eq!(site.count("#profile-last option").await?, 3);
        site.open("#/stuck").await?;
        let asked = "return performance.getEntriesByType('resource')\
                     .some(one => one.name.includes('/stuck?') && one.name.includes('limit=50'))";
        site.browser.wait(asked, json!([])).await?;
        // A name turns no direction of writing but its own.
        site.open("#/executions").await?;
        let apart = "const found = document.querySelector('.list-sizer a'); \
                     return found != null && getComputedStyle(found).unicodeBidi === 'isolate'";
        site.browser.wait(apart, json!([])).await?;
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_shows_what_begins_and_counts_it_without_being_loaded_again() {
    play("live-list", Setup::default(), async |site| {
        let quick = site.make("Quick", quick()).await;
        site.open("#/executions").await?;
        site.browser.find(".empty", "Nothing has been started yet").await?;
        site.browser.run("window.isStillThisPage = true", json!([])).await?;
        site.start(&quick, "first", json!({})).await;
        site.browser.find(".list-sizer a", "first").await?;
        site.start(&quick, "second", json!({})).await;
        site.browser.find(".list-sizer a", "second").await?;
        site.says(".chip:has([data-status=SUCCEEDED]) .chip-count", "2").await?;
        assert_eq!(site.browser.run("return window.isStillThisPage", json!([])).await?, true);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_number_finds_its_lead_and_never_enters_the_url() {
    play("by-phone", Setup::default(), async |site| {
        let machine = crate::machines::arn("AtlasEngineWorkflow");
        let lead = crate::machines::lead("findme0001");
        site.start(&machine, "by-phone", lead).await;
        site.open("#/executions").await?;
        site.browser.find(".list-sizer a", "by-phone").await?;
        site.browser.write("#filter-key", "+1 415 555 0199").await?;
        site.browser.find(".empty", "No execution is like this").await?;
        site.browser.write("#filter-key", "+14155550123").await?;
        site.browser.find(".list-sizer a", "by-phone").await?;
        let address = site.browser.address().await?;
        assert!(!address.contains("415"), "{address}");
        site.browser.write("#filter-key", "findme0001").await?;
        site.browser.find(".list-sizer a", "call-findme0001").await?;
        site.browser.wait("return location.hash.includes('key=findme0001')", json!([])).await?;
        Ok(())
    })
    .await;
}
