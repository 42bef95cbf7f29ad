//! A journey without a mouse: from the list to a failed execution, its state, and back.

use atlas_local::Setup;
use console::Key;
use serde_json::json;

use crate::{
    machines::{failing, quick},
    site::play,
};

#[tokio::test(flavor = "multi_thread")]
async fn everything_on_the_way_to_a_cause_is_reached_by_keys() {
    play("keyboard", Setup::default(), async |site| {
        let quick = site.make("Quick", quick()).await;
        let failing = site.make("Failing", failing("Stock.Empty", "no more of it")).await;
        site.start(&failing, "the-one", json!({})).await;
        site.start(&quick, "another", json!({})).await;
        let browser = &site.browser;
        // The whole page has the focus where nothing in it does, and says all that is in it.
        let focused = "const focused = document.activeElement; return focused !== document.body && (focused.innerText.includes(a0) || focused.id === a0)";

        site.open("#/overview").await?;
        browser.find(".tile", "Running").await?;
        browser.key(Key::Tab).await?;
        browser.wait(focused, json!(["Skip to content"])).await?;
        browser.key(Key::Enter).await?;
        browser.wait(focused, json!(["main"])).await?;
        browser.press("?").await?;
        browser.find("dialog dt", "g").await?;
        site.picture("shortcuts").await?;
        browser.key(Key::Escape).await?;
        browser.wait("return !document.querySelector('dialog')", json!([])).await?;
        browser.press("ge").await?;
        browser.find(".list-sizer a", "the-one").await?;
        browser.wait(focused, json!(["Executions"])).await?;
        browser.press("/").await?;
        browser.wait(focused, json!(["filter-key"])).await?;
        browser.key(Key::Escape).await?;
        browser.press("j").await?;
        browser.wait(focused, json!(["another"])).await?;
        browser.press("j").await?;
        browser.wait(focused, json!(["the-one"])).await?;
        browser.press("k").await?;
        browser.wait(focused, json!(["another"])).await?;
        browser.press("j").await?;
        browser.wait(focused, json!(["the-one"])).await?;
        let outline = "const style = getComputedStyle(document.activeElement); return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2";
        browser.wait(outline, json!([])).await?;
        site.picture("list").await?;
        browser.key(Key::Enter).await?;
        site.says("h1", "the-one").await?;
        site.says(".failure", "no more of it").await?;

        browser.press("3").await?;
        browser.find(".states .list-sizer a", "Give up").await?;
        browser.press("j").await?;
        browser.wait(focused, json!(["Give up"])).await?;
        browser.key(Key::Enter).await?;
        site.says(".state-panel h2", "Give up").await?;
        browser.press("x").await?;
        browser.wait("return document.querySelector('.state-panel').hidden", json!([])).await?;

        // Tabs are one stop, and arrows move among them.
        browser.run("document.querySelector('[role=tab][tabindex=\"0\"]').focus()", json!([])).await?;
        browser.key(Key::ArrowRight).await?;
        browser.find("[role=tab][aria-selected=true]", "Events").await?;
        browser.key(Key::Home).await?;
        browser.find("[role=tab][aria-selected=true]", "Graph").await?;
        browser.find("[data-state]", "Give up").await?;
        browser.run("document.querySelector('[data-state][tabindex=\"0\"]').focus()", json!([])).await?;
        browser.press("++").await?;
        browser.wait("return Number(document.querySelector('.graph').dataset.zoom) > 1.5", json!([])).await?;
        browser.press("0").await?;
        browser.wait("return Number(document.querySelector('.graph').dataset.zoom) === 1", json!([])).await?;
        browser.key(Key::Enter).await?;
        site.says(".state-panel h2", "Give up").await
    })
    .await;
}
