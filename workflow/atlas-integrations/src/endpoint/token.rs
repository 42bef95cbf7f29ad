//! The access token of a connection that authorizes with client credentials (RFC 6749, section 4.4).
//!
//! It is asked for before each call and kept nowhere.

use serde_json::{Value, json};

use super::{
    form::{ArrayFormat, encoded},
    request::Added,
};
use crate::{services::Call, transport::Request};

/// Who asks, and where.
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) endpoint: String,
    pub(super) method: String,
    pub(super) parameters: Added,
}

/// Asks for a token. Recorded of EventBridge (2026-09): who asks stands in the form, behind what the
/// connection says of it.
pub(super) async fn ask(cx: &Call<'_>, client: &Client) -> Result<String, String> {
    let mut form = json!({ "grant_type": "client_credentials" });
    for (name, value) in &client.parameters.body {
        form[name] = value.as_str().into();
    }
    form["client_secret"] = client.secret.as_str().into();
    form["client_id"] = client.id.as_str().into();
    let form = encoded(form.as_object().into_iter().flatten(), ArrayFormat::Repeat);
    let query: Value = client.parameters.query.iter().cloned().collect();
    let mut query = encoded(query.as_object().into_iter().flatten(), ArrayFormat::Repeat);
    let mut body = Vec::new();
    if client.method == "GET" {
        query =
            [query, form].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
    } else {
        body = form.into_bytes();
    }
    let separator = if client.endpoint.contains('?') { '&' } else { '?' };
    let url = match query.as_str() {
        "" => client.endpoint.clone(),
        query => format!("{}{separator}{query}", client.endpoint),
    };
    let no_url = "its authorization endpoint is neither an HTTPS URL nor one of this machine";
    let mut headers = vec![("content-type".into(), "application/x-www-form-urlencoded".to_owned())];
    headers.extend(
        client.parameters.headers.iter().map(|(name, value)| (name.clone().into(), value.clone())),
    );
    let request = Request {
        method: client.method.parse().unwrap_or(hyper::Method::POST),
        url: super::http::open_url(&url).ok_or(no_url)?,
        headers,
        body,
    };
    let answer = cx.exchange(request).await;
    let answer = answer.map_err(|_| "its authorization endpoint does not answer".to_owned())?;
    if !answer.is_success() {
        return Err(format!("its authorization endpoint answered {}", answer.status));
    }
    let token: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let token = token["access_token"].as_str().map(str::to_owned);
    token.ok_or_else(|| "its authorization endpoint gave no `access_token`".to_owned())
}
