//! A server with a token shows nothing until it is given.

use atlas_local::Setup;
use atlas_server::Token;
use serde_json::json;

use crate::site::play;

const TOKEN: &str = "a-token-that-is-long-enough-to-be-one";

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_asked_for_and_remembered_where_scripts_cannot_read_it() {
    let setup = Setup { token: Some(Token::new(TOKEN).unwrap()), ..Setup::default() };
    play("signing-in", setup, async |site| {
        site.open("#/machines").await?;
        site.browser.write("#token", "not-this-one").await?;
        site.browser.click("button", "Sign in").await?;
        site.browser.find(".notice", "This is not the token").await?;
        site.picture("refused").await?;
        site.browser.write("#token", TOKEN).await?;
        site.browser.click("button", "Sign in").await?;
        // And then one is where one wanted to be.
        site.browser.find("table a", "AtlasEngineWorkflow").await?;
        site.says(".live", "Live").await?;
        let kept = "return document.cookie + JSON.stringify(localStorage) + location.href";
        let kept = site.browser.run(kept, json!([])).await?;
        assert!(!kept.to_string().contains(TOKEN));
        site.open("#/executions").await?;
        site.browser.find(".empty", "Nothing has been started yet").await?;
        Ok(())
    })
    .await;
}
