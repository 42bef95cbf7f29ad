//! The protocol: commands as JSON over HTTP, and what can go wrong with one.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

/// Longer than anything that a browser is asked for may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// Why the browser did not do what it was told.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// The driver could not be started.
    #[error("cannot start `{program}`: {source}")]
    Start {
        /// The driver's program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// The driver ended without saying where it listens.
    #[error("the driver did not say where it listens")]
    NoPort,
    /// The driver did not answer.
    #[error("the driver did not answer: {0}")]
    Unreachable(#[from] reqwest::Error),
    /// The browser refused.
    #[error("`{command}`: {error}: {message}")]
    Refused {
        /// What was asked for.
        command: String,
        /// The protocol's name of the error.
        error: String,
        /// The browser's words.
        message: String,
    },
    /// What was waited for did not come to be.
    #[error("waited in vain: {what}; the page says: {page}")]
    InVain {
        /// What was waited for.
        what: String,
        /// The beginning of the page's text.
        page: String,
    },
    /// An answer was not of the expected shape.
    #[error("`{command}` was answered with {answer}")]
    Unexpected {
        /// What was asked for.
        command: String,
        /// What came.
        answer: Value,
    },
}

/// Where a driver listens.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    client: reqwest::Client,
    base: String,
}

impl Wire {
    pub(crate) fn new(port: u16) -> Result<Self, BrowserError> {
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        Ok(Self { client, base: format!("http://127.0.0.1:{port}") })
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Value, BrowserError> {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Result<Value, BrowserError> {
        self.send(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<Value, BrowserError> {
        self.send(Method::DELETE, path, None).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, BrowserError> {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let succeeded = response.status().is_success();
        let mut answer: Value = response.json().await?;
        let value = answer.get_mut("value").map(Value::take).unwrap_or_default();
        if succeeded {
            return Ok(value);
        }
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        Err(BrowserError::Refused {
            command: path.rsplit('/').next().unwrap_or_default().to_owned(),
            error: text("error"),
            message: text("message").lines().next().unwrap_or_default().to_owned(),
        })
    }
}

/// An empty body, which commands without one still want.
pub(crate) fn nothing() -> Value {
    json!({})
}
