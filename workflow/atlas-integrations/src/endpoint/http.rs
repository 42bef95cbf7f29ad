//! `http:invoke`: an HTTP Task, which calls an HTTPS API with what an EventBridge connection knows of it.
//!
//! What is on loopback is called without TLS too, where its URL says `http`.

use atlas_asl::endpoint_task::is_loopback;
use atlas_core::{Failure, Payload};
use atlas_engine::runner::{HttpExchange, HttpMessage};
use hyper::Uri;

use super::{
    answer::{media_type, result, status_text},
    connection,
    request::{Added, Composed, compose},
};
use crate::{
    failure::reason,
    services::Call,
    transport::{Answer, Request},
};

/// Calls the API; a status beyond the two hundreds is the task's error.
pub(crate) async fn invoke(cx: &Call<'_>) -> Result<Payload, Failure> {
    let added = connection::resolve(cx).await?;
    let region = &cx.identity.region;
    let composed = compose(cx.parameters(), &added, region)?;
    let url = open_url(&composed.url).ok_or_else(|| {
        let why = "whose URL, or what its connection adds to it, cannot be sent";
        cx.runtime(why.to_owned())
    })?;
    let headers = composed.headers.iter().map(|(name, value)| (name.clone().into(), value.clone()));
    let request = Request {
        method: composed.method.clone(),
        headers: headers.collect(),
        body: composed.body.clone().unwrap_or_default().into_bytes(),
        url: url.clone(),
    };
    let answer = cx.exchange(request).await;
    if let Some(watched) = cx.watched {
        let without = compose(cx.parameters(), &Added::default(), region)?;
        let method = composed.method.to_string();
        let answer = answer.as_ref().ok().map(|answer| {
            (answer.status, status_text(answer.status), answered(answer, &composed.url))
        });
        let exchange =
            HttpExchange { method, sent: sent(composed), without_secrets: sent(without), answer };
        // A task is performed once.
        watched.set(exchange).ok();
    }
    let authority = url.authority().map_or("", |authority| authority.as_str());
    let answer = answer.map_err(|why| failed("States.Http.Socket", reason(why, authority)))?;
    if !answer.is_success() {
        let error = format!("States.Http.StatusCode.{}", answer.status);
        // Recorded (2026-09): the status's name, which 418 has not.
        let name = Some(status_text(answer.status)).filter(|name| !name.is_empty());
        return Err(Failure { error: Some(error), cause: name.map(str::to_owned) });
    }
    let media_type = media_type(&answer);
    let is_binary = media_type == "application/octet-stream"
        || ["image/", "video/", "audio/"].iter().any(|kind| media_type.starts_with(kind));
    if is_binary && !answer.body.is_empty() {
        let cause = format!(
            "Unsupported response content-type '{media_type}'. Please see documentation for list of \
             unsupported content-types."
        );
        return Err(failed("States.Runtime", cause));
    }
    let Ok(body) = std::str::from_utf8(&answer.body) else {
        let cause = "The response body cannot be read as a string.";
        return Err(failed("States.Runtime", cause.to_owned()));
    };
    Ok(Payload::from(result(&answer, body)))
}

/// A URL that may be called: HTTPS, or this machine.
pub(super) fn open_url(text: &str) -> Option<Uri> {
    let url: Uri = text.parse().ok()?;
    match (url.scheme_str()?, url.host()?) {
        ("https", _) => Some(url),
        ("http", host) if is_loopback(host) => Some(url),
        _ => None,
    }
}

fn sent(composed: Composed) -> HttpMessage {
    let Composed { method: _, url, headers, body } = composed;
    HttpMessage { url, headers, body }
}

fn answered(answer: &Answer, url: &str) -> HttpMessage {
    let headers = answer.headers.iter();
    let text =
        |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    HttpMessage {
        url: url.to_owned(),
        headers: headers.map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: Some(String::from_utf8_lossy(&answer.body).into_owned()),
    }
}

fn failed(error: &str, cause: String) -> Failure {
    Failure { error: Some(error.to_owned()), cause: Some(cause) }
}
