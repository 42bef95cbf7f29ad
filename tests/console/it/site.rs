//! A deployment with the console, and a browser that is on it.

use std::{
    error::Error,
    fs,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::PathBuf,
    pin::pin,
    task::Poll,
};

use atlas_local::{Deployment, Setup, outside_services};
use atlas_sandbox::Options;
use console::{Browser, Driver};
use handlers::functions::Handler;
use serde_json::{Value, json};

pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// What a scene plays on.
pub(crate) struct Site {
    pub(crate) deployment: Deployment,
    pub(crate) browser: Browser,
    name: &'static str,
    client: reqwest::Client,
}

/// A deployment whose services behave so.
pub(crate) fn with_services(change: impl FnOnce(&mut Options)) -> Setup {
    let mut options = outside_services::options();
    change(&mut options);
    Setup { services: atlas_local::Services::InProcess(Box::new(options)), ..Setup::default() }
}

/// A deployment in which nobody hears that a call has ended, and nobody asks.
pub(crate) fn without_callbacks() -> Setup {
    let mut setup = with_services(|services| {
        services.faults = vec!["contact-events:never:1".parse().unwrap()];
    });
    setup.handlers.retain(|handler| *handler != Handler::CallSweeper);
    setup
}

/// Plays a scene, or skips it where there is no browser. Whatever becomes of it, the browser is closed, and
/// a picture tells where it ended. A page that complains, of an error or a breach of its policy, has failed.
pub(crate) async fn play(
    name: &'static str,
    setup: Setup,
    scene: impl AsyncFnOnce(&Site) -> Outcome,
) {
    let Some(driver) = beside::peer("ATLAS_CHROMEDRIVER") else { return };
    let driver = Driver::start(&driver).await.unwrap();
    let deployment = Deployment::start(setup).await.unwrap();
    let browser = driver.open().await.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let site = Site { deployment, browser, name, client };
    site.browser.resize(1280, 900).await.unwrap();

    let ended = {
        let mut scene = pin!(scene(&site));
        poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| scene.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(ended)) => Poll::Ready(Ok(ended)),
            Err(panic) => Poll::Ready(Err(panic)),
        })
        .await
    };
    let pictured = site.picture(if matches!(ended, Ok(Ok(()))) { "end" } else { "failed" }).await;
    let said = site.browser.said().await;
    site.browser.close().await.unwrap();
    site.deployment.stop().await;
    match ended {
        Ok(outcome) => outcome.unwrap(),
        Err(panic) => resume_unwind(panic),
    }
    pictured.unwrap();
    let complaints: Vec<String> =
        said.unwrap().into_iter().filter(|line| !is_of_an_answer(line)).collect();
    assert!(complaints.is_empty(), "the page complained: {complaints:#?}");
}

/// Browsers tell of every answer that is no success; what the page makes of it is the scene's to look at.
fn is_of_an_answer(line: &str) -> bool {
    line.contains("Failed to load resource:")
}

impl Site {
    /// Goes to a page of the console.
    pub(crate) async fn open(&self, fragment: &str) -> Outcome {
        let address = format!("{}/console/{fragment}", self.deployment.url());
        // Where only the fragment differs, a browser stays where it is.
        self.browser.go("about:blank").await?;
        Ok(self.browser.go(&address).await?)
    }

    /// Keeps what is seen.
    pub(crate) async fn picture(&self, what: &str) -> Outcome {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("console");
        fs::create_dir_all(&folder)?;
        Ok(self.browser.picture(&folder.join(format!("{}-{what}.png", self.name))).await?)
    }

    /// An action of Step Functions, as anybody else would ask for it.
    pub(crate) async fn perform(&self, action: &str, body: Value) -> Value {
        let response = self
            .client
            .post(self.deployment.url())
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("AWSStepFunctions.{action}"))
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        let succeeded = response.status().is_success();
        let answer: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert!(succeeded, "{action}: {answer}");
        answer
    }

    /// Makes a STANDARD machine, and tells its ARN.
    pub(crate) async fn make(&self, name: &str, definition: Value) -> String {
        let made = json!({
            "name": name, "definition": definition.to_string(),
            "roleArn": "arn:aws:iam::000000000000:role/console",
        });
        self.perform("CreateStateMachine", made).await["stateMachineArn"].as_str().unwrap().into()
    }

    /// Starts an execution, and tells its ARN.
    pub(crate) async fn start(&self, machine: &str, name: &str, input: Value) -> String {
        let start = json!({ "stateMachineArn": machine, "name": name, "input": input.to_string() });
        self.perform("StartExecution", start).await["executionArn"].as_str().unwrap().into()
    }

    /// The text of what a selector finds first.
    pub(crate) async fn text(&self, selector: &str) -> Result<String, Box<dyn Error>> {
        let script = "return document.querySelector(a0)?.innerText";
        let text = self.browser.wait(script, json!([selector])).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until what a selector finds first says this.
    pub(crate) async fn says(&self, selector: &str, text: &str) -> Outcome {
        let script = "return document.querySelector(a0)?.innerText.includes(a1)";
        Ok(self.browser.wait(script, json!([selector, text])).await.map(drop)?)
    }

    /// How many elements a selector finds.
    pub(crate) async fn count(&self, selector: &str) -> Result<u64, Box<dyn Error>> {
        let script = "return document.querySelectorAll(arguments[0]).length";
        Ok(self.browser.run(script, json!([selector])).await?.as_u64().unwrap())
    }
}

/// The link to an execution, as a URL writes its ARN.
pub(crate) fn of_execution(arn: &str, more: &str) -> String {
    format!("#/execution?arn={}{more}", arn.replace(':', "%3A").replace('/', "%2F"))
}
