//! An execution is started from a form that was made of the lead's schema.

use atlas_local::Setup;
use serde_json::json;

use crate::site::play;

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_is_started_from_the_form_and_started_again_with_the_same_input() {
    play("started", Setup::default(), async |site| {
        site.open("#/start").await?;
        site.browser.choose("#machine", "AtlasEngineWorkflow").await?;
        site.browser.find("legend", "Lead").await?;
        site.browser.write("[data-pointer='/lead/phone']", "no number").await?;
        site.browser.click("button", "Start it").await?;
        let is_refused = "return document.querySelector(a0).matches(':invalid')";
        site.browser.wait(is_refused, json!(["[data-pointer='/lead/phone']"])).await?;
        site.browser.write("[data-pointer='/lead/phone']", "+14155550123").await?;
        site.browser.write("[data-pointer='/lead/firstName']", "Grace").await?;
        site.browser.write("[data-pointer='/interactionKey']", "fromtheform").await?;
        site.browser.write("#name", "from-the-form").await?;
        site.picture("form").await?;
        site.browser.click("button", "Start it").await?;
        site.says("h1", "from-the-form").await?;
        site.browser.find(".page-head .status", "Succeeded").await?;
        site.browser.click("[role=tab]", "Data").await?;
        site.says(".two-columns", "Grace").await?;

        site.browser.click("a", "Start again").await?;
        site.browser
            .wait(
                "return document.querySelector(a0)?.value === 'Grace'",
                json!(["[data-pointer='/lead/firstName']"]),
            )
            .await?;
        site.browser.click("label", "As JSON").await?;
        site.browser
            .wait("return document.querySelector('#input')?.value.includes('Grace')", json!([]))
            .await?;
        site.browser.write("#input", "{\"n\": ").await?;
        site.browser.click("button", "Start it").await?;
        site.browser
            .wait("return document.querySelector('#input').matches(':invalid')", json!([]))
            .await?;
        Ok(())
    })
    .await;
}
