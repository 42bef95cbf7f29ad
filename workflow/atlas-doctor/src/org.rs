//! The Salesforce org: a login, and what it says of itself.

use std::{fmt, sync::Arc};

use handlers::{clock::Clock, observe::Code, secrets::Sensitive};
use reqwest::{
    RequestBuilder, Url,
    header::{ACCEPT, CONTENT_TYPE},
};
use serde_json::Value;

use crate::{no_answer, notes::Notes, skew::Skew};

/// What is asked of Salesforce goes by here.
pub(crate) struct Salesforce {
    pub(crate) http: reqwest::Client,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) skew: Arc<Skew>,
}

/// An org that was logged in to.
pub(crate) struct Org {
    pub(crate) token: Sensitive,
    pub(crate) instance: Url,
    /// The version of the API that the handlers speak, as `v66.0`.
    pub(crate) version: String,
}

/// Why Salesforce does not say what was asked.
pub(crate) enum SalesforceFault {
    /// It refuses. Its description decides what is found, and is never repeated.
    Refused { code: Code, status: u16, description: String },
    /// Nobody answers, for this reason.
    NoAnswer(&'static str),
}

impl fmt::Display for SalesforceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { code, status, .. } => write!(f, "refused with {code} ({status})"),
            Self::NoAnswer(why) => f.write_str(why),
        }
    }
}

impl Salesforce {
    /// Asks for a session.
    pub(crate) async fn log_in(
        &self,
        login: &Url,
        form: &Sensitive,
    ) -> Result<Value, SalesforceFault> {
        let url = login.join("/services/oauth2/token");
        let url = url.map_err(|_| SalesforceFault::NoAnswer("its address is none"))?;
        let request = self
            .http
            .post(url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(form.reveal().to_owned());
        self.send(request).await
    }

    /// Reads something below `/services/data`.
    pub(crate) async fn get(&self, org: &Org, below: &str) -> Result<Value, SalesforceFault> {
        let url = org.instance.join(&format!("/services/data{below}"));
        let url = url.map_err(|_| SalesforceFault::NoAnswer("its address is none"))?;
        self.send(self.http.get(url).bearer_auth(org.token.reveal())).await
    }

    /// Reads what a check cannot do without. Where that cannot be, it is noted what could not be seen.
    pub(crate) async fn read(
        &self,
        notes: &mut Notes,
        org: &Org,
        below: &str,
        what: &str,
    ) -> Option<Value> {
        match self.get(org, below).await {
            Ok(told) => Some(told),
            Err(error) => {
                notes.unable(format!("{what}: Salesforce {error}"));
                None
            }
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Value, SalesforceFault> {
        let no_answer = |error: reqwest::Error| SalesforceFault::NoAnswer(no_answer::why(&error));
        let response = request.send().await.map_err(no_answer)?;
        self.skew.note(response.headers(), self.clock.now());
        let status = response.status();
        let body = response.bytes().await.map_err(no_answer)?;
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        if status.is_success() {
            return Ok(body);
        }
        // A login tells an object, the API a list of them.
        let error = body.get(0).unwrap_or(&body);
        let text = |names: [&str; 2]| names.iter().find_map(|name| error[*name].as_str());
        Err(SalesforceFault::Refused {
            code: Code::new(text(["error", "errorCode"]).unwrap_or_default()),
            status: status.as_u16(),
            description: text(["error_description", "message"]).unwrap_or_default().to_owned(),
        })
    }
}
