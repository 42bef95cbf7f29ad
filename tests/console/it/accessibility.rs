//! Every page in both themes is held to axe-core (WCAG 2.2 AA and its best practices), and fits a narrow screen.

use atlas_local::Setup;
use std::fs;

use serde_json::json;

use crate::{
    machines::{arn, call, failing, lead},
    site::{Site, of_execution, play, without_callbacks},
};

/// The pages by name, the fragment of each, and what is there once it is drawn.
fn pages(failed: &str) -> Vec<(String, String, &'static str)> {
    let mut pages = vec![
        ("overview".into(), "#/overview".into(), ".slowest a"),
        ("executions".into(), "#/executions".into(), ".list-sizer a"),
        ("nothing".into(), "#/executions?name=none".into(), ".empty a"),
        ("waiting".into(), "#/stuck".into(), ".list-sizer a"),
        ("start".into(), "#/start".into(), ".schema-form"),
        ("machines".into(), "#/machines".into(), "tbody a"),
        (
            "machine".into(),
            format!("#/machines?machine={}", arn("AtlasEngineCallWorkflow")),
            "[data-state]",
        ),
        ("profile".into(), "#/profile".into(), ".report :is(h2, .notice)"),
        ("unknown".into(), "#/nowhere".into(), ".notice"),
    ];
    for (tab, there) in [
        ("graph", "[data-state][data-status=RUNNING]"),
        ("timeline", ".bar"),
        ("states", ".list-sizer a"),
        ("events", ".list-sizer .plain"),
        ("data", ".json"),
        ("definition", ".json"),
    ] {
        let fragment = of_execution(&call("visible1"), &format!("&tab={tab}"));
        pages.push((format!("execution-{tab}"), fragment, there));
    }
    pages.push(("state".into(), of_execution(failed, "&visit=2"), ".state-panel h2"));
    pages
}

/// The page as it is in either theme.
async fn violations(site: &Site, axe: &str) -> Vec<String> {
    site.browser.run(axe, json!([])).await.unwrap();
    let script = "const [theme, tell] = arguments; \
        document.documentElement.dataset.theme = theme; \
        axe.run(document, { \
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], \
            resultTypes: ['violations'], preload: false, \
        }).then(found => tell(found.violations.map(one => [one.id, one.help, one.nodes.slice(0, 3) \
            .map(node => [node.html.slice(0, 200), node.failureSummary])])), error => tell([String(error)]))";
    let mut found = Vec::new();
    for theme in ["light", "dark"] {
        let breaches = site.browser.run_until_told(script, json!([theme])).await.unwrap();
        if breaches != json!([]) {
            found.push(format!("{theme}: {breaches:#}"));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_any_page_in_either_theme() {
    let Some(axe) = beside::peer("ATLAS_AXE") else { return };
    let axe = fs::read_to_string(axe).unwrap();
    let setup = without_callbacks();
    play("accessible", setup, async |site| {
        let machine = site.make("Failing", failing("Stock.Empty", "no more of it")).await;
        let failed = site.start(&machine, "order-7", json!({ "item": 7 })).await;
        site.start(&arn("AtlasEngineWorkflow"), "visible", lead("visible1")).await;
        site.open("#/stuck").await?;
        site.browser.find(".stuck .list-sizer a", "call-visible1").await?;
        let mut found = Vec::new();
        for (page, fragment, there) in pages(&failed) {
            site.open(&fragment).await?;
            site.browser.find(there, "").await?;
            site.picture(&format!("{page}-light")).await?;
            found.extend(violations(site, &axe).await.iter().map(|it| format!("{page}, {it}")));
            site.picture(&format!("{page}-dark")).await?;
            // A phone, or a window of 1280 pixels at 400 %.
            site.browser.resize(320, 800).await?;
            let too_wide = "return document.documentElement.scrollWidth - innerWidth";
            if site.browser.run(too_wide, json!([])).await?.as_i64() > Some(0) {
                found.push(format!("{page}: wider than a screen of 320 pixels"));
            }
            site.picture(&format!("{page}-narrow")).await?;
            site.browser.resize(1280, 900).await?;
        }
        site.open(&of_execution(&failed, "")).await?;
        site.browser.click("button", "Redrive").await?;
        site.browser.find("dialog", "Redrive").await?;
        found.extend(violations(site, &axe).await.iter().map(|it| format!("dialog, {it}")));
        assert!(found.is_empty(), "{}", found.join("\n"));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_theme_that_was_chosen_stays() {
    play("theme", Setup::default(), async |site| {
        let theme = "return document.documentElement.dataset.theme === a0";
        site.open("#/machines").await?;
        for chosen in ["light", "dark"] {
            site.browser.click("button", "Theme").await?;
            site.browser.wait(theme, json!([chosen])).await?;
        }
        site.open("#/executions").await?;
        site.browser.wait(theme, json!(["dark"])).await?;
        Ok(())
    })
    .await;
}
