//! `SdkHttpMetadata` and `SdkResponseMetadata`: what Step Functions tells of the answer to an
//! optimised integration. Headers are spelled as AWS spells them, whoever answered.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::transport::Answer;

/// Headers whose spelling is no plain capitalisation, as recorded.
const SPELLINGS: &[&str] = &[
    "x-amzn-RequestId",
    "x-amzn-Remapped-Content-Length",
    "x-amz-crc32",
    "X-Amz-Executed-Version",
    "X-Amz-Log-Result",
    "X-Amzn-Trace-Id",
];

/// The request's id, as the service gave it, or a new one where it gave none.
pub(crate) fn request_id(answer: &Answer) -> String {
    let given = answer.header("x-amzn-requestid").or_else(|| answer.header("x-amz-request-id"));
    given.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

/// Adds both to a task's result.
pub(crate) fn add(result: &mut Map<String, Value>, answer: &Answer, request_id: &str) {
    let mut headers: Vec<(String, Vec<&str>)> = answer
        .headers
        .keys()
        .map(|name| {
            let values = answer.headers.get_all(name).iter();
            (spelled(name.as_str()), values.filter_map(|value| value.to_str().ok()).collect())
        })
        .collect();
    // What AWS never leaves out.
    for (name, value) in [("x-amzn-RequestId", request_id), ("Connection", "keep-alive")] {
        if !headers.iter().any(|(known, _)| known == name) {
            headers.push((name.to_owned(), vec![value]));
        }
    }
    headers.sort_by_cached_key(|(name, _)| name.to_lowercase());
    let all: Map<String, Value> =
        headers.iter().map(|(name, values)| (name.clone(), json!(values))).collect();
    let first: Map<String, Value> =
        headers.iter().map(|(name, values)| (name.clone(), json!(values.join(",")))).collect();
    let metadata = json!({
        "AllHttpHeaders": all,
        "HttpHeaders": first,
        "HttpStatusCode": answer.status,
    });
    result.insert("SdkHttpMetadata".into(), metadata);
    result.insert("SdkResponseMetadata".into(), json!({ "RequestId": request_id }));
}

fn spelled(name: &str) -> String {
    if let Some(known) = SPELLINGS.iter().find(|known| known.eq_ignore_ascii_case(name)) {
        return (*known).to_owned();
    }
    let capitalised = name.split('-').map(|part| {
        let mut letters = part.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
    });
    capitalised.collect::<Vec<String>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_spelled_as_aws_spells_them() {
        for (name, expected) in [
            ("content-type", "Content-Type"),
            ("date", "Date"),
            ("x-amzn-requestid", "x-amzn-RequestId"),
            ("x-amz-executed-version", "X-Amz-Executed-Version"),
        ] {
            assert_eq!(spelled(name), expected);
        }
    }
}
