//! What an execution holds was written by strangers. On no page does it become more than text.

use atlas_local::Setup;
use serde_json::{Value, json};

use crate::site::{Site, of_execution, play};

/// Would set a flag, each in another place where a page can be careless.
const HOSTILE: [&str; 5] = [
    "<img src=x onerror=\"window.hacked=1\">",
    "<script>window.hacked=1</script>",
    "\"><svg onload=window.hacked=1>",
    "javascript:window.hacked=1",
    "</title></style><iframe srcdoc=\"<script>parent.hacked=1</script>\">",
];

fn machine() -> Value {
    let state = HOSTILE[0];
    json!({ "Comment": HOSTILE[4], "StartAt": state, "States": {
        state: { "Type": "Pass", "Comment": HOSTILE[1], "Parameters": { "kept.$": "$", HOSTILE[2]: HOSTILE[3] }, "Next": HOSTILE[1] },
        HOSTILE[1]: { "Type": "Fail", "Error": HOSTILE[2], "Cause": HOSTILE.join("\n") },
    } })
}

async fn is_harmless(site: &Site) {
    let script = "return [Boolean(window.hacked), document.querySelectorAll('main :is(img, iframe, script)').length, \
                  [...document.querySelectorAll('a')].filter(one => !one.href.startsWith(location.origin)).length]";
    let found = site.browser.run(script, json!([])).await.unwrap();
    assert_eq!(found, json!([false, 0, 0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_payloads_and_errors_stay_text() {
    play("hostile", Setup::default(), async |site| {
        let machine = site.make("Hostile", machine()).await;
        let input = json!({ "lead": HOSTILE, HOSTILE[1]: HOSTILE[0] });
        // A name that AWS refuses is refused here too; this one it takes.
        let execution = site.start(&machine, "javascript-window.hacked=1", input).await;
        site.open("#/executions").await?;
        site.browser.find(".list-sizer a", "javascript-window").await?;
        is_harmless(site).await;
        for tab in ["", "timeline", "states", "events", "data", "definition"] {
            site.open(&of_execution(&execution, &format!("&tab={tab}"))).await?;
            site.says(".failure", "window.hacked=1").await?;
            site.says(".tab-panel", "hacked").await?;
            is_harmless(site).await;
        }
        site.open(&of_execution(&execution, "&visit=2")).await?;
        site.says(".state-panel", "onerror").await?;
        is_harmless(site).await;
        site.picture("state").await?;
        for page in ["overview", "machines", "start", "stuck", "profile"] {
            site.open(&format!("#/{page}?machine={machine}&from={execution}")).await?;
            site.browser.find("h1", "").await?;
            is_harmless(site).await;
        }
        for fragment in [
            "#/<img src=x onerror=window.hacked=1>",
            "#/execution?arn=<script>window.hacked=1</script>",
        ] {
            site.open(fragment).await?;
            site.browser.find(".notice", "").await?;
            is_harmless(site).await;
        }
        Ok(())
    })
    .await;
}
