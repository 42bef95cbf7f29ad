//! The driver: a process that starts browsers and speaks WebDriver for them.

use std::process::Stdio;

use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdout, Command},
};

use crate::{Browser, BrowserError, wire::Wire};

/// So often is it started before it is given up.
const TRIES: usize = 5;

/// A driver that ends with this value. A browser of it must be closed before.
pub struct Driver {
    wire: Wire,
    _output: BufReader<ChildStdout>,
    _process: Child,
}

impl Driver {
    /// Starts chromedriver on a free port.
    ///
    /// # Errors
    /// Where the program cannot be started, or says nothing of where it listens.
    pub async fn start(program: &str) -> Result<Self, BrowserError> {
        // It takes a free port for IPv4 and the same for IPv6, which another one may have taken meanwhile; then it ends.
        for _ in 1..TRIES {
            match Self::start_once(program).await {
                Err(BrowserError::NoPort) => {}
                started => return started,
            }
        }
        Self::start_once(program).await
    }

    async fn start_once(program: &str) -> Result<Self, BrowserError> {
        let mut process = Command::new(program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| BrowserError::Start { program: program.to_owned(), source })?;
        let mut output =
            BufReader::new(process.stdout.take().expect("its output was asked to be piped"));
        let mut line = String::new();
        // `ChromeDriver was started successfully on port 46749.`
        let port = loop {
            line.clear();
            if output.read_line(&mut line).await.unwrap_or(0) == 0 {
                return Err(BrowserError::NoPort);
            }
            let said = line.trim_end().strip_suffix('.').and_then(|line| line.rsplit_once("port "));
            if let Some(port) = said.and_then(|(_, port)| port.parse().ok()) {
                break port;
            }
        };
        Ok(Self { wire: Wire::new(port)?, _output: output, _process: process })
    }

    /// Opens a browser that knows nothing of others.
    ///
    /// # Errors
    /// Where it does not start.
    pub async fn open(&self) -> Result<Browser, BrowserError> {
        let arguments = [
            "--headless=new",
            // Chromium's own sandbox wants more than a container gives; the pages are ours.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--disable-extensions",
            "--no-first-run",
            "--hide-scrollbars",
        ];
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let session = self.wire.post("/session", wanted).await?;
        let Some(id) = session["sessionId"].as_str() else {
            return Err(BrowserError::Unexpected {
                command: "session".to_owned(),
                answer: session,
            });
        };
        let browser = Browser::new(self.wire.clone(), format!("/session/{id}"));
        browser.begin().await?;
        Ok(browser)
    }
}
