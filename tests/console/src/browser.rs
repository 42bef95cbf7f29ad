//! A browser: goes to pages, finds what one sees there, clicks, writes, waits for what comes to be.
//!
//! Nothing here waits for a time: conditions are watched in the page, frame by frame, until they hold or
//! the deadline has passed.

use std::{fs, path::Path, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    BrowserError, Key,
    wire::{Wire, nothing},
};

/// How long something is waited for on a busy machine.
const DEADLINE: Duration = Duration::from_secs(45);
/// WebDriver's name of an element in JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Resolves with what `wanted` gives once it is neither false nor nothing; with null where the deadline passes.
const UNTIL: &str = r"
    const [source, deadline, values, resolve] = arguments;
    const wanted = new Function(...values.map((_, at) => `a${at}`), source);
    const end = performance.now() + deadline;
    const look = () => {
        let found = null;
        try { found = wanted(...values) } catch (error) { if (performance.now() > end) return resolve(null) }
        if (found) return resolve(found);
        if (performance.now() > end) return resolve(null);
        setTimeout(look, 15);
    };
    look();
";
/// Whether somebody could see an element.
const SEEN: &str = "const seen = one => one.checkVisibility({ visibilityProperty: true }) && \
     (one.getClientRects().length > 0); ";

/// A browser with one page.
#[derive(Debug, Clone)]
pub struct Browser {
    wire: Wire,
    session: String,
}

/// Something on the page.
#[derive(Debug, Clone)]
pub struct Element(String);

impl Browser {
    pub(crate) fn new(wire: Wire, session: String) -> Self {
        Self { wire, session }
    }

    pub(crate) async fn begin(&self) -> Result<(), BrowserError> {
        let deadline = DEADLINE.as_millis() * 2;
        self.post("timeouts", json!({ "script": deadline, "pageLoad": deadline })).await.map(drop)
    }

    /// Ends the browser.
    ///
    /// # Errors
    /// Where the driver is gone.
    pub async fn close(&self) -> Result<(), BrowserError> {
        self.wire.delete(&self.session).await.map(drop)
    }

    async fn post(&self, command: &str, body: Value) -> Result<Value, BrowserError> {
        self.wire.post(&format!("{}/{command}", self.session), body).await
    }

    /// Goes to an address, and is there when its page has loaded.
    ///
    /// # Errors
    /// Where the browser does not.
    pub async fn go(&self, url: &str) -> Result<(), BrowserError> {
        self.post("url", json!({ "url": url })).await.map(drop)
    }

    /// Where one is.
    ///
    /// # Errors
    /// Where the browser does not say.
    pub async fn address(&self) -> Result<String, BrowserError> {
        let url = self.wire.get(&format!("{}/url", self.session)).await?;
        Ok(url.as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script in the page: the body of a function, whose `return` is the answer.
    ///
    /// # Errors
    /// Where it throws.
    pub async fn run(&self, script: &str, arguments: Value) -> Result<Value, BrowserError> {
        self.post("execute/sync", json!({ "script": script, "args": arguments })).await
    }

    /// Runs a script whose last argument is a function that takes the answer.
    ///
    /// # Errors
    /// Where it throws, or does not answer in time.
    pub async fn run_until_told(
        &self,
        script: &str,
        arguments: Value,
    ) -> Result<Value, BrowserError> {
        self.post("execute/async", json!({ "script": script, "args": arguments })).await
    }

    /// Waits until a script, the body of a function of `a0`, `a1` and so on, gives something.
    ///
    /// # Errors
    /// Where it does not in time.
    pub async fn wait(&self, script: &str, values: Value) -> Result<Value, BrowserError> {
        let source = format!("{SEEN}{script}");
        let deadline = u64::try_from(DEADLINE.as_millis()).expect("a deadline is not that far");
        let found = self.run_until_told(UNTIL, json!([source, deadline, values])).await?;
        if !found.is_null() {
            return Ok(found);
        }
        let page = self.run("return document.body.innerText.slice(0, 1500)", json!([])).await?;
        let what = format!("{script} with {values}");
        Err(BrowserError::InVain { what, page: page.as_str().unwrap_or_default().to_owned() })
    }

    /// Waits until an element of this selector is seen whose text or label contains this.
    ///
    /// # Errors
    /// Where none is in time.
    pub async fn find(&self, selector: &str, text: &str) -> Result<Element, BrowserError> {
        let found = self
            .wait(
                "return [...document.querySelectorAll(a0)].find(one => seen(one) && \
                 `${one.innerText ?? one.textContent} ${one.getAttribute('aria-label') ?? ''}`.includes(a1))",
                json!([selector, text]),
            )
            .await?;
        match found[ELEMENT].as_str() {
            Some(id) => Ok(Element(id.to_owned())),
            None => Err(BrowserError::Unexpected { command: selector.to_owned(), answer: found }),
        }
    }

    /// Clicks what [`find`](Self::find) finds.
    ///
    /// # Errors
    /// Where it is not there, or covered.
    pub async fn click(&self, selector: &str, text: &str) -> Result<(), BrowserError> {
        let Element(id) = self.find(selector, text).await?;
        self.post(&format!("element/{id}/click"), nothing()).await.map(drop)
    }

    /// Writes into a field, in the place of what was there.
    ///
    /// # Errors
    /// Where there is no such field.
    pub async fn write(&self, selector: &str, text: &str) -> Result<(), BrowserError> {
        let Element(id) = self.find(selector, "").await?;
        self.post(&format!("element/{id}/clear"), nothing()).await?;
        self.post(&format!("element/{id}/value"), json!({ "text": text })).await.map(drop)
    }

    /// Chooses an option of a field by what it says.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn choose(&self, selector: &str, option: &str) -> Result<(), BrowserError> {
        self.find(selector, "").await?;
        self.wait(
            "const field = document.querySelector(a0); \
             const option = [...field.options].find(one => one.text.includes(a1)); \
             if (!option) return false; field.value = option.value; \
             field.dispatchEvent(new Event('change', { bubbles: true })); return true",
            json!([selector, option]),
        )
        .await
        .map(drop)
    }

    /// Presses keys, one after another, where the focus is.
    ///
    /// # Errors
    /// Where the browser does not take them.
    pub async fn press(&self, keys: &str) -> Result<(), BrowserError> {
        let strokes: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                [
                    json!({ "type": "keyDown", "value": key }),
                    json!({ "type": "keyUp", "value": key }),
                ]
            })
            .collect();
        let actions = json!([{ "type": "key", "id": "keyboard", "actions": strokes }]);
        self.post("actions", json!({ "actions": actions })).await.map(drop)
    }

    /// Presses a key.
    ///
    /// # Errors
    /// Where the browser does not take it.
    pub async fn key(&self, key: Key) -> Result<(), BrowserError> {
        self.press(&key.character().to_string()).await
    }

    /// Makes the page so many pixels wide and high, also narrower than a window can be.
    ///
    /// # Errors
    /// Where the browser does not.
    pub async fn resize(&self, width: u32, height: u32) -> Result<(), BrowserError> {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        let command = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": size });
        self.post("goog/cdp/execute", command).await.map(drop)
    }

    /// Writes what is seen into a PNG file.
    ///
    /// # Errors
    /// Where the browser does not, or the file cannot be written.
    pub async fn picture(&self, file: &Path) -> Result<(), BrowserError> {
        let answer = self.wire.get(&format!("{}/screenshot", self.session)).await?;
        let image = answer.as_str().and_then(|text| STANDARD.decode(text).ok());
        let unexpected = || BrowserError::Unexpected {
            command: "screenshot".to_owned(),
            answer: answer.clone(),
        };
        fs::write(file, image.ok_or_else(unexpected)?).map_err(|_| unexpected())
    }

    /// What the page said on its console since it was last asked: errors, breaches of its policy.
    ///
    /// # Errors
    /// Where the browser does not say.
    pub async fn said(&self) -> Result<Vec<String>, BrowserError> {
        let log = self.post("se/log", json!({ "type": "browser" })).await?;
        let lines = log.as_array().into_iter().flatten();
        Ok(lines.map(|line| format!("{}: {}", line["level"], line["message"])).collect())
    }
}
