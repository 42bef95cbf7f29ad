//! An external call, by what it asks for: the same in every run, whatever ids a run gives.

use std::fmt;

use axum::http::{Method, Uri};
use serde_json::Value;

/// What a handler asks of a service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    /// The words of the request that do not change.
    words: String,
    /// The how-manieth of these words, from 1.
    pub(crate) number: usize,
}

impl Call {
    /// The how-manieth call of these words.
    pub(crate) fn new(words: &str, number: usize) -> Self {
        Self { words: words.to_owned(), number }
    }

    /// Whether its service is afterwards as it was before.
    pub(crate) fn only_reads(&self) -> bool {
        let reads = ["GET ", "Get", "Query", "ReceiveMessage", "POST /model", "POST /services"];
        reads.iter().any(|read| self.words.starts_with(read))
    }

    /// Whether it asks for the same as another.
    pub(crate) fn is_again(&self, other: &Self) -> bool {
        self.words == other.words
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.words, self.number)
    }
}

/// The words of a request; none where it is a knock that only makes a connection.
pub(crate) fn words(
    method: &Method,
    uri: &Uri,
    target: Option<&str>,
    body: &[u8],
) -> Option<String> {
    let Some(target) = target else {
        let is_knock = method == Method::GET && uri.path() == "/";
        let path: Vec<&str> = uri.path().split('/').map(plain).collect();
        return (!is_knock).then(|| format!("{method} {}", path.join("/")));
    };
    let (_, operation) = target.split_once('.')?;
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let mut words = vec![operation.to_owned()];
    for field in ["IndexName", "UpdateExpression", "ConditionExpression"] {
        words.extend(body[field].as_str().map(str::to_owned));
    }
    let record = [&body["Key"], &body["Item"]].into_iter().find(|record| record.is_object());
    for attribute in ["interactionKey", "record", "key"] {
        let value = record.and_then(|record| record[attribute]["S"].as_str());
        words.extend(value.map(|value| plain(value.split('#').next().unwrap_or(value)).to_owned()));
    }
    Some(words.join(" "))
}

/// A part of a path or a key, unless it is an id.
fn plain(part: &str) -> &str {
    let is_id = part.len() >= 12 && part.bytes().any(|byte| byte.is_ascii_digit());
    if is_id { "*" } else { part }
}
